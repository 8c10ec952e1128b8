/** What the probe found out about one source. */
import type { Credentials } from "../domain/credentials.ts";
import type { ErrorCode, RolecallError } from "../domain/errors.ts";
import { shortOrigin } from "../domain/origin.ts";
import { MetadataError } from "../metadata/error.ts";
import { formatDuration } from "../text/duration.ts";

export type ProbeSource = "environment" | "shared-files" | "web-identity" | "container" | "ec2" | "sts";

export type ProbeState =
  /** It holds credentials, or what it takes to get some. */
  | "available"
  /** Nobody has set it up. */
  | "absent"
  /** It is set up, but in a way that cannot work. */
  | "misconfigured"
  /** Nobody answers there. */
  | "unreachable"
  /** It is there, and says no; or what it holds has expired. */
  | "refused";

export interface Finding {
  readonly state: ProbeState;
  /** One line for a person; never a secret. */
  readonly detail: string;
  /** What to do about it, and what else there is to know: a sentence each. */
  readonly hints: readonly string[];
  /** For a service that may be asked in several ways: what came of each. */
  readonly ways?: readonly ProbeWay[];
  /** Seconds that this machine's clock is ahead of the service's; negative: behind. */
  readonly clockOffsetSeconds?: number;
}

export interface ProbeWay {
  readonly way: "IMDSv2" | "IMDSv1" | "IPv4" | "IPv6";
  readonly detail: string;
  readonly ms: number;
}

export function finding(state: ProbeState, detail: string, hints: readonly string[] = []): Finding {
  return { state, detail, hints };
}

/** What an error of a source, or of the plan, says of it. */
export function errorFinding(error: RolecallError): Finding {
  return finding(stateOf(error), `${error.message}${placeText(error)}`, error.help);
}

/** The place in brackets, unless the message names it already. */
function placeText({ at, message }: RolecallError): string {
  if (at === undefined || "default" in at) return "";
  const place = shortOrigin(at);
  return message.includes(place) ? "" : ` (${place})`;
}

const STATES: Readonly<Partial<Record<ErrorCode, ProbeState>>> = {
  "credentials-expired": "refused",
  "credential-source-empty": "absent",
  "sso-login-needed": "absent",
  "login-needed": "absent",
};

function stateOf({ code, cause }: RolecallError): ProbeState {
  if (!(cause instanceof MetadataError)) return STATES[code] ?? "misconfigured";
  return cause.reason === "unreachable" || cause.reason === "no-response" ? "unreachable" : "refused";
}

/** The keys without saying them: whether they are temporary, how the key id ends (as `aws configure list` shows it), how long they last. */
export function describeKeys({ accessKeyId, sessionToken, expiration }: Credentials, now: Date): string {
  const kind = sessionToken === undefined ? "access key" : "temporary access key";
  const life = expiration === undefined ? "" : `, ${describeLifetime(expiration, now)}`;
  return `${kind} …${accessKeyId.slice(-4)}${life}`;
}

/** `42 min left`, `expired 3 h ago`. */
export function describeLifetime(expiration: Date, now: Date): string {
  const seconds = Math.round((expiration.getTime() - now.getTime()) / 1000);
  return seconds > 0 ? `${formatDuration(seconds)} left` : `expired ${formatDuration(-seconds)} ago`;
}
