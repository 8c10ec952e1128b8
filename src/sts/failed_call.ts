/** What is known of a call of STS that failed, and what its refusal comes to. */
import type { Credentials } from "../domain/credentials.ts";
import type { ErrorDetails } from "../domain/errors.ts";
import type { Origin, Sourced } from "../domain/origin.ts";
import type { ClockOffset } from "../http/clock_offset.ts";
import type { AssumeRoleStep } from "../plan/plan.ts";
import type { Signer } from "../plan/signer.ts";

/** Where the parts of a call came from: an error about it names the place. */
export interface CallOrigins {
  /** What made the call: a role's ARN, a token file. */
  readonly at?: Origin;
  /** How many characters to underline there. */
  readonly length?: number;
  /** Whose credentials sign it; nobody's in an unsigned call. */
  readonly signer?: Signer;
  /** The role's settings. */
  readonly step?: AssumeRoleStep;
  /** Whether the signer's session began with an MFA code. */
  readonly hasMfaSession?: boolean;
  readonly tokenFile?: Sourced<string>;
}

/** The request's parameters, under STS's names, that a refusal may be about. */
export interface FailedRequest {
  readonly RoleArn?: string;
  readonly ExternalId?: string;
  readonly SerialNumber?: string;
  readonly Tags?: readonly unknown[];
  readonly SourceIdentity?: string;
}

export interface FailedCall {
  /** For messages: the action, and the role. */
  readonly what: string;
  readonly request: FailedRequest;
  readonly origins: CallOrigins;
  /** Who signs; nobody for an unsigned call. */
  readonly caller?: Credentials;
  /** What stands for a signature in an unsigned call. */
  readonly token?: string;
  /** Where it was sent. */
  readonly url: string;
  /** That it was signed for. */
  readonly region: Sourced<string>;
  /** How far this machine's clock is off, where the answer tells. */
  readonly clock: ClockOffset | undefined;
  /** What its message must not show: STS quotes the request. */
  readonly secrets: readonly (string | undefined)[];
}

/** What STS said. */
export interface StsErrorResponse {
  readonly name: string;
  /** Without secrets. */
  readonly message: string;
}

export interface ExplainedError extends Pick<ErrorDetails, "at" | "length" | "help"> {
  readonly message: string;
  readonly notes: readonly string[];
  /** Whether it is about who calls, rather than about the request. */
  readonly denied: boolean;
}
