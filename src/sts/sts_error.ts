/** Turns an error of the AWS SDK's STS client into an error for the user. */
import { type ErrorCode, type ErrorDetails, RolecallError } from "../domain/errors.ts";
import { CHECK_INTERCEPTION } from "../domain/help_texts.ts";
import { HttpError, networkHelp } from "../http/error.ts";
import { explainErrorResponse } from "./error_response.ts";
import type { FailedCall } from "./failed_call.ts";

/** @returns `sts-denied`, `sts-rejected` or `sts-unreachable`; a RolecallError unchanged. */
export function stsError(error: unknown, call: FailedCall): RolecallError {
  if (error instanceof RolecallError) return error;
  const unreachable = (message: string, help: string) =>
    new RolecallError("sts-unreachable", message, { cause: error, help: [help], isTemporary: true });
  if (error instanceof HttpError) {
    return unreachable(`${call.what}: STS at ${call.url} cannot be reached: ${error.message}`, networkHelp(error));
  }
  const { name, message, status } = describe(error);
  // Not an error response of STS: another server responded, or STS itself is failing.
  if (status === undefined || status >= 500 || status < 400) {
    return unreachable(
      `${call.what}: ${call.url} did not send a usable response${statusText(status)}`,
      status === undefined || status < 400
        ? "check that this is the address of STS"
        : `try again: ${call.isFromSts ? "STS" : "STS, or a proxy in front of it,"} is failing`,
    );
  }
  if (!call.isFromSts) {
    const response = `${call.what}: the response from ${call.url} is not from STS${statusText(status)}`;
    return unreachable(response, CHECK_INTERCEPTION);
  }
  const stsMessage = redactMessage(message, call.secrets);
  const explained = explainErrorResponse({ name, message: stsMessage }, call);
  const code: ErrorCode = (explained?.denied ?? status === 403) ? "sts-denied" : "sts-rejected";
  const isTemporary = status === 429 || TEMPORARY_ERRORS.test(name);
  if (explained === undefined) {
    const { at, length } = call.origins;
    const text = `${call.what}: STS says: ${stsMessage} (${name})`;
    return new RolecallError(code, text, { at, length, isTemporary, cause: error });
  }
  const details: ErrorDetails = {
    ...explained,
    notes: [`STS says: ${stsMessage} (${name})`, ...explained.notes],
    isTemporary,
    cause: error,
  };
  return new RolecallError(code, explained.message, details);
}

/**
 * Error codes with status 400 after which another attempt can succeed: limits, and an identity provider that does not
 * respond.
 */
const TEMPORARY_ERRORS =
  /^(?:Throttling|ThrottledException|TooManyRequests|RequestLimitExceeded|SlowDown|IDPCommunicationError)/;

function describe(error: unknown): { name: string; message: string; status: number | undefined } {
  if (!(error instanceof Error)) return { name: "unknown", message: String(error), status: undefined };
  const metadata = "$metadata" in error ? error.$metadata : undefined;
  const status =
    typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata
      ? metadata.httpStatusCode
      : undefined;
  return { name: error.name, message: error.message, status: typeof status === "number" ? status : undefined };
}

function statusText(status: number | undefined): string {
  return status === undefined ? "" : ` (HTTP ${status})`;
}

/**
 * The first line of the message, without the secrets. If a signature is wrong, STS quotes the whole request in the
 * lines that follow, including the session token.
 */
function redactMessage(message: string, secrets: FailedCall["secrets"]): string {
  let text = (message.split("\n")[0] ?? "").trim();
  for (const secret of secrets) {
    if (secret) text = text.replaceAll(secret, "***");
  }
  return text;
}
