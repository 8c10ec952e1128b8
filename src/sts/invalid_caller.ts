/** Detects that AWS rejected the credentials of a request, rather than its action or its parameters. */
import { RolecallError } from "../domain/errors.ts";

/** The error codes of AWS services for an access key or a session token that is unknown, revoked or expired. */
const CODES: ReadonlySet<string> = new Set([
  "InvalidClientTokenId",
  "UnrecognizedClient",
  "InvalidAccessKeyId",
  "ExpiredToken",
]);

/** @param error an error of a call to STS. The SDK adds `Exception` to some codes. */
export function rejectsCaller(error: unknown): error is RolecallError {
  if (!(error instanceof RolecallError) || !(error.cause instanceof Error)) return false;
  return CODES.has(error.cause.name.replace(/Exception$/, ""));
}
