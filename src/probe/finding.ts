/** The result of probing one source. */
import type { Credentials } from "../domain/credentials.ts";
import type { ErrorCode, RolecallError } from "../domain/errors.ts";
import { shortOrigin } from "../domain/origin.ts";
import { MetadataError } from "../metadata/error.ts";
import { formatDuration } from "../text/duration.ts";

export type ProbeSource = "environment" | "shared-files" | "web-identity" | "container" | "ec2" | "sts";

export type ProbeState =
  /** It has credentials, or everything that is needed to get them. */
  | "available"
  /** It is not configured. */
  | "absent"
  /** It is configured in a way that cannot work. */
  | "misconfigured"
  /** There is no response. */
  | "unreachable"
  /** It returns an error, or its credentials have expired. */
  | "refused";

export interface Finding {
  readonly state: ProbeState;
  /** One line. Never contains a secret. */
  readonly detail: string;
  /** What to do, and other facts: one sentence each. */
  readonly hints: readonly string[];
  /** For a service that can be reached in several ways: the result of each. */
  readonly ways?: readonly ProbeWay[];
  /** Seconds. Positive if this machine's clock is ahead of that of the service, negative if it is behind. */
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

/** The finding for an error of the source or of its plan. */
export function errorFinding(error: RolecallError): Finding {
  return finding(stateOf(error), `${error.message}${positionText(error)}`, [...error.notes, ...error.help]);
}

/** The position in parentheses, unless the message contains it. */
function positionText({ at, message }: RolecallError): string {
  if (at === undefined || "default" in at) return "";
  const position = shortOrigin(at);
  return message.includes(position) ? "" : ` (${position})`;
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

/** Whether the keys are temporary, the end of the key id (as `aws configure list` shows it) and when they expire. */
export function describeKeys({ accessKeyId, sessionToken, expiration }: Credentials, now: Date): string {
  const kind = sessionToken === undefined ? "access key" : "temporary access key";
  const lifetime = expiration === undefined ? "" : `, ${describeLifetime(expiration, now)}`;
  return `${kind} …${accessKeyId.slice(-4)}${lifetime}`;
}

/** `42 min left`, `expired 3 h ago`. */
export function describeLifetime(expiration: Date, now: Date): string {
  const seconds = Math.round((expiration.getTime() - now.getTime()) / 1000);
  return seconds > 0 ? `${formatDuration(seconds)} left` : `expired ${formatDuration(-seconds)} ago`;
}
