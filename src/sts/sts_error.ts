/** What STS's refusals, and failures on the way to it, mean to a person. */
import { type ErrorCode, type ErrorDetails, RolecallError } from "../domain/errors.ts";
import { CHECK_NETWORK } from "../domain/help_texts.ts";
import { HttpError } from "../http/error.ts";
import { explainErrorResponse } from "./error_response.ts";
import type { FailedCall } from "./failed_call.ts";

/** Turns what the SDK throws into an error for the user. A RolecallError passes as it is. */
export function stsError(error: unknown, call: FailedCall): RolecallError {
  if (error instanceof RolecallError) return error;
  const unreachable = (message: string, help: readonly string[]) =>
    new RolecallError("sts-unreachable", message, { cause: error, help });
  if (error instanceof HttpError) {
    return unreachable(`${call.what}: STS at ${call.url} cannot be reached: ${error.message}`, [CHECK_NETWORK]);
  }
  const { name, message, status } = describe(error);
  // No answer of STS in it at all: something else sits at that address.
  if (status === undefined || status >= 500 || status < 400) {
    return unreachable(
      `${call.what}: ${call.url} gave no usable answer${statusText(status)}`,
      status === undefined || status < 400 ? ["is that address really STS?"] : ["STS has trouble; try again"],
    );
  }
  const said = withoutOwnSecrets(message, call.secrets);
  const explained = explainErrorResponse({ name, message: said }, call);
  const code: ErrorCode = status === 403 || explained?.denied === true ? "sts-denied" : "sts-rejected";
  if (explained === undefined) {
    const { at, length } = call.origins;
    return new RolecallError(code, `${call.what}: STS says: ${said} (${name})`, { at, length, cause: error });
  }
  const details: ErrorDetails = {
    ...explained,
    notes: [`STS says: ${said} (${name})`, ...explained.notes],
    cause: error,
  };
  return new RolecallError(code, explained.message, details);
}

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
 * STS quotes the request it got when a signature is wrong, the session token included. So only the first line of its
 * message is shown, and the call's own secrets never.
 */
function withoutOwnSecrets(message: string, secrets: FailedCall["secrets"]): string {
  let text = (message.split("\n")[0] ?? "").trim();
  for (const secret of secrets) {
    if (secret) text = text.replaceAll(secret, "***");
  }
  return text;
}
