/** Why a metadata service gave nothing. */
import type { HttpResponse } from "../http/request.ts";

export type MetadataErrorReason =
  /** Nobody took the connection: this is no EC2 instance, or something blocks the way. */
  | "unreachable"
  /** It took the connection, and then did not answer in time. */
  | "no-response"
  /** No IMDSv2 token was to be had, and IMDSv1 is forbidden. */
  | "v1-forbidden"
  /** It insists on an IMDSv2 token, which was not to be had. */
  | "token-missing"
  /** It answers, but there is no role. */
  | "no-role"
  /** It answered with an error status, or with something that is not the answer. */
  | "unexpected-response"
  /** It answered with an error of its own: a code and a message. */
  | "reported-error";

export class MetadataError extends Error {
  override readonly name = "MetadataError";
  readonly reason: MetadataErrorReason;
  /** What was answered, where anything was. It may hold a secret. */
  readonly response: HttpResponse | undefined;

  constructor(reason: MetadataErrorReason, message: string, cause?: unknown, answer?: HttpResponse) {
    super(message, { cause });
    this.reason = reason;
    this.response = answer;
  }
}
