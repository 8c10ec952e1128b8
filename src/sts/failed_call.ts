/** The facts about a failed call to STS, and its explanation. */
import type { Credentials } from "../domain/credentials.ts";
import type { ErrorDetails } from "../domain/errors.ts";
import type { Origin, Sourced } from "../domain/origin.ts";
import type { ClockOffset } from "../http/clock_offset.ts";
import type { AssumeRoleStep } from "../plan/plan.ts";
import type { Signer } from "../plan/signer.ts";

/** The origins of a call's parts, so that an error can name the setting that it is about. */
export interface CallOrigins {
  /** The setting that caused the call: a role's ARN, a token file. */
  readonly at?: Origin;
  /** The number of characters to underline at `at`. */
  readonly length?: number;
  /** The credentials that sign the request; undefined for an unsigned request. */
  readonly signer?: Signer;
  /** The settings of the role. */
  readonly step?: AssumeRoleStep;
  /** Whether the signer's session was created with an MFA code. */
  readonly hasMfaSession?: boolean;
  readonly tokenFile?: Sourced<string>;
}

/** The parameters of the request that an error response can be about, under their names in the STS API. */
export interface FailedRequest {
  readonly RoleArn?: string;
  readonly ExternalId?: string;
  readonly SerialNumber?: string;
  readonly Tags?: readonly unknown[];
  readonly SourceIdentity?: string;
}

export interface FailedCall {
  /** The action, and the role if there is one, for messages. */
  readonly what: string;
  readonly request: FailedRequest;
  readonly origins: CallOrigins;
  /** The credentials that signed the request; undefined for an unsigned request. */
  readonly caller?: Credentials;
  /** The web identity token of an unsigned request. */
  readonly token?: string;
  /** The URL of the request, without a path. */
  readonly url: string;
  /** The configured endpoint; undefined if the endpoint is that of the region. */
  readonly endpoint: Sourced<string> | undefined;
  /** The region of the call. */
  readonly region: Sourced<string>;
  /** The region that the request was signed for: that of the call, unless the endpoint is the global one. */
  readonly signingRegion: string;
  /** Whether STS sent the response, rather than a proxy or another server. */
  readonly isFromSts: boolean;
  /** How far this machine's clock is off, if the response has a `Date` header. */
  readonly clock: ClockOffset | undefined;
  /** The secrets to remove from the message, because STS can quote the request. */
  readonly secrets: readonly (string | undefined)[];
}

/** The error in a response of STS. */
export interface StsErrorResponse {
  /** The error code, in some cases with the SDK's suffix `Exception`. */
  readonly name: string;
  /** The message, without secrets. */
  readonly message: string;
}

export interface ExplainedError extends Pick<ErrorDetails, "at" | "length" | "help"> {
  readonly message: string;
  readonly notes: readonly string[];
  /** Whether the error is about the caller (`sts-denied`) rather than the request (`sts-rejected`). */
  readonly denied: boolean;
}
