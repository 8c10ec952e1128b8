/** Why a metadata service returned no credentials. */
import type { HttpResponse } from "../domain/http.ts";
import type { HttpError, HttpErrorKind } from "../http/error.ts";

export type MetadataErrorReason =
  /** No connection: this is not an EC2 instance, or a firewall blocks the address. */
  | "unreachable"
  /** A connection, but no complete response. */
  | "no-response"
  /** There is no IMDSv2 token, and IMDSv1 is disabled by a setting. */
  | "v1-forbidden"
  /** The service requires an IMDSv2 token, but there is none. */
  | "token-missing"
  /** The instance has no role. */
  | "no-role"
  /** An error status, or a response that cannot be read. */
  | "unexpected-response"
  /** An error document of the service, with a code and a message. */
  | "reported-error";

export class MetadataError extends Error {
  override readonly name = "MetadataError";
  readonly reason: MetadataErrorReason;
  /** The response, if there was one. It may contain a secret. */
  readonly response: HttpResponse | undefined;

  constructor(reason: MetadataErrorReason, message: string, cause?: unknown, response?: HttpResponse) {
    super(message, { cause });
    this.reason = reason;
    this.response = response;
  }

  /** Whether the service could not be reached or was busy, so that it may have credentials later. */
  get isTemporary(): boolean {
    const status = this.response?.status ?? 0;
    return this.reason === "unreachable" || this.reason === "no-response" || status === 429 || status >= 500;
  }
}

const CONNECTION_ERRORS: readonly HttpErrorKind[] = ["connect-timeout", "refused", "unreachable", "forbidden", "dns"];

/**
 * The error for a request without a response: `unreachable` or `no-response`.
 *
 * @param service the name and address of the service.
 */
export function requestError(service: string, error: HttpError): MetadataError {
  return CONNECTION_ERRORS.includes(error.kind)
    ? new MetadataError("unreachable", `cannot reach ${service}: ${error.message}`, error)
    : new MetadataError("no-response", `the request to ${service} failed: ${error.message}`, error);
}
