/** The settings and addresses for signing in to the AWS console. */
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
  /** A configured endpoint of the sign-in service. */
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
 * @throws RolecallError `invalid-option` for a value, or `console-impossible` for credentials, that AWS would reject.
 */
export function planConsole({ plan, scope }: Planned, options: ConsoleOptions): ConsoleStep {
  if (plan.mfaSession !== undefined && plan.roles.length === 0) {
    throw new RolecallError("console-impossible", "an MFA session alone does not open the console", {
      at: plan.mfaSession.from,
      help: [CHOOSE_ROLE],
    });
  }
  return {
    destination: validDestination(options.destination),
    sessionSeconds: sessionSeconds(options.sessionDuration, plan),
    endpoint: serviceEndpoint(scope, "signin"),
  };
}

function validDestination(destination: Sourced<string> | undefined): Sourced<string> | undefined {
  if (destination === undefined) return undefined;
  const isUrl = parseHttpUrl(destination.value)?.protocol === "https:";
  if (isUrl || /^[a-z0-9][a-z0-9-]*$/.test(destination.value)) return destination;
  throw invalidValue("console destination", destination, ["use a service, such as s3 or ec2, or an https:// URL"]);
}

function sessionSeconds(option: Sourced<string> | undefined, plan: Plan): Sourced<number> | undefined {
  if (option === undefined) return undefined;
  const seconds = requireDuration(option);
  if (seconds.value < MIN_SESSION_SECONDS || seconds.value > MAX_SESSION_SECONDS) {
    throw invalidValue("console session duration", option, ["use 15m to 12h"]);
  }
  if (isChained(plan)) {
    throw new RolecallError("invalid-option", "the console session of a chained role has a fixed duration of 1 hour", {
      at: option.from,
      help: ["remove the option: the role is assumed with the credentials of another role"],
    });
  }
  return seconds;
}

/** Not in botocore's data, so maintained by hand. AWS does not publish the hosts of the other partitions. */
const CONSOLE_HOSTS = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
  "aws-eusc": "console.amazonaws-eusc.eu",
} as const satisfies Partial<Record<PartitionName, string>>;

export interface ConsoleAddress {
  /** The sign-in service's base URL. */
  readonly signIn: string;
  /** The URL of the page to open after the sign-in. */
  readonly page: string;
}

/**
 * The addresses in the partition of the last role, else of the region.
 *
 * @param region the configured region, else the instance's.
 * @throws RolecallError `console-impossible` if the console of the partition is not known.
 */
export function consoleAddress(step: ConsoleStep, plan: Plan, region: string | undefined): ConsoleAddress {
  const partition = partitionName(plan, region);
  if (!hasConsole(partition)) {
    throw new RolecallError(
      "console-impossible",
      `the address of the console in the partition "${partition}" is not known`,
      {
        at: plan.roles.at(-1)?.from ?? plan.region?.from,
        help: [`use a role or a region of ${Object.keys(CONSOLE_HOSTS).join(", ")}`],
      },
    );
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
 * The sign-in host of the whole partition rather than of a region: a sign-in token is valid only at the host that
 * issued it, and this host works for every region. aws-eusc has only hosts of regions.
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
