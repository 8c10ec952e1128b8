/** Why a metadata service gave nothing. */
import type { HttpAnswer } from "../http/request.ts";

export type MetadataFailureReason =
  /** Nobody took the connection: this is no EC2 instance, or something blocks the way. */
  | "unreachable"
  /** It took the connection, and then did not answer in time. */
  | "silent"
  /** No IMDSv2 token was to be had, and IMDSv1 is forbidden. */
  | "v1-forbidden"
  /** It insists on an IMDSv2 token, which was not to be had. */
  | "token-missing"
  /** It answers, but there is no role. */
  | "no-role"
  /** It answered with an error status, or with something that is not the answer. */
  | "wrong-answer"
  /** It answered with an error of its own: a code and a message. */
  | "reported-error";

export class MetadataFailure extends Error {
  override readonly name = "MetadataFailure";
  readonly reason: MetadataFailureReason;
  /** What was answered, where anything was. It may hold a secret. */
  readonly answer: HttpAnswer | undefined;

  constructor(reason: MetadataFailureReason, message: string, cause?: unknown, answer?: HttpAnswer) {
    super(message, { cause });
    this.reason = reason;
    this.answer = answer;
  }
}
