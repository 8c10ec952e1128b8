/** Where and how the AWS console is signed in to, as far as that can be known before anything is asked. */
import { invalidValue, RolecallError } from "../domain/errors.ts";
import { CHOOSE_ROLE } from "../domain/help_texts.ts";
import type { Sourced } from "../domain/origin.ts";
import { MAX_SESSION_SECONDS, MIN_SESSION_SECONDS } from "../domain/session_limits.ts";
import { parseArn } from "../text/arn.ts";
import { requireDuration } from "../text/duration.ts";
import { parseHttpUrl } from "../text/url.ts";
import type { Planned } from "./make_plan.ts";
import type { Plan } from "./plan.ts";
import { isChained } from "./roles/chained.ts";
import { serviceEndpoint } from "./services/endpoints.ts";
import { type PartitionName, partitionOfRegion } from "./services/partitions.ts";
import { signInHost } from "./services/service_hosts.ts";

export interface ConsoleStep {
  /** A page's URL, or a service's name. */
  readonly destination: Sourced<string> | undefined;
  readonly sessionSeconds: Sourced<number> | undefined;
  /** Where sign-in tokens are asked for instead of at AWS. */
  readonly endpoint: Sourced<string> | undefined;
}

export interface ConsoleOptions {
  readonly destination: Sourced<string> | undefined;
  readonly sessionDuration: Sourced<string> | undefined;
}

/**
 * Checks the options against the plan. The rules are those of AWS's federation endpoint ("Enable custom identity broker
 * access to the AWS console" in the IAM user guide).
 *
 * @throws RolecallError `invalid-option` for a value that AWS would refuse; `console-impossible` for credentials that it
 * would.
 */
export function planConsole({ plan, scope }: Planned, options: ConsoleOptions): ConsoleStep {
  if (plan.mfaSession !== undefined && plan.roles.length === 0) {
    throw new RolecallError("console-impossible", "an MFA session alone does not open the console", {
      at: plan.mfaSession.from,
      help: [CHOOSE_ROLE],
    });
  }
  return {
    destination: checkedDestination(options.destination),
    sessionSeconds: sessionSeconds(options.sessionDuration, plan),
    endpoint: serviceEndpoint(scope, "signin"),
  };
}

function checkedDestination(destination: Sourced<string> | undefined): Sourced<string> | undefined {
  if (destination === undefined) return undefined;
  if (parseHttpUrl(destination.value)?.protocol === "https:" || /^[a-z0-9][a-z0-9-]*$/.test(destination.value))
    return destination;
  throw invalidValue("console destination", destination, ["use a service, such as s3 or ec2, or an https:// URL"]);
}

function sessionSeconds(option: Sourced<string> | undefined, plan: Plan): Sourced<number> | undefined {
  if (option === undefined) return undefined;
  const seconds = requireDuration(option);
  if (seconds.value < MIN_SESSION_SECONDS || seconds.value > MAX_SESSION_SECONDS) {
    throw invalidValue("console session duration", option, ["use 15m to 12h"]);
  }
  if (isChained(plan)) {
    throw new RolecallError("invalid-option", "AWS takes no duration for the session of a chained role", {
      at: option.from,
      help: ["the role is assumed with a role's credentials: its console session lasts an hour; leave the option out"],
    });
  }
  return seconds;
}

/** By hand: botocore does not publish them. Nor does AWS those of the partitions that are missing here. */
const CONSOLE_HOSTS = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
  "aws-eusc": "console.amazonaws-eusc.eu",
} as const satisfies Partial<Record<PartitionName, string>>;

export interface ConsoleAddress {
  /** The sign-in service's base URL. */
  readonly signIn: string;
  /** The page that is shown first. */
  readonly page: string;
}

/**
 * The addresses in the partition of the last role, else of the region.
 *
 * @param region the configured one, else the instance's.
 * @throws RolecallError `console-impossible` for a partition whose console is not known.
 */
export function consoleAddress(step: ConsoleStep, plan: Plan, region: string | undefined): ConsoleAddress {
  const partition = partitionName(plan, region);
  if (!hasConsole(partition)) {
    throw new RolecallError("console-impossible", `rolecall knows no console of the partition "${partition}"`, {
      at: plan.roles.at(-1)?.from ?? plan.region?.from,
      help: ["it knows those of aws, aws-cn, aws-us-gov and aws-eusc"],
    });
  }
  return {
    signIn: step.endpoint?.value ?? `https://${federationHost(partition, region)}`,
    page: page(step.destination?.value, CONSOLE_HOSTS[partition], region),
  };
}

function page(destination: string | undefined, host: string, region: string | undefined): string {
  if (destination?.includes("/")) return destination;
  const query = region === undefined ? "" : `?region=${encodeURIComponent(region)}`;
  return `https://${host}/${destination ?? "console"}/home${query}`;
}

/**
 * The partition's own sign-in endpoint, not the region's: a sign-in token is good only where it was made, and this one
 * is there for every region. Only aws-eusc has none but its region's.
 */
function federationHost(partition: PartitionName, region = "eusc-de-east-1"): string {
  return partition === "aws-eusc" ? `${region}.${signInHost(partition)}` : signInHost(partition);
}

function hasConsole(partition: string): partition is keyof typeof CONSOLE_HOSTS {
  return Object.hasOwn(CONSOLE_HOSTS, partition);
}

function partitionName({ roles, source }: Plan, region = ""): string {
  const arn = roles.at(-1)?.roleArn.value ?? (source.kind === "web-identity" ? source.roleArn.value : "");
  return parseArn(arn)?.partition || partitionOfRegion(region);
}
