/** Converts unexpected errors into errors for people. */
import { RolecallError, SIGN_IN_CODES } from "../domain/errors.ts";
import { redactExcerpt } from "../text/redact.ts";

/**
 * The error itself, or `internal-error` if it is not a RolecallError. Such an error is a bug in rolecall. The stack is
 * not shown, because it does not help the user.
 */
export function asRolecallError(error: unknown): RolecallError {
  if (error instanceof RolecallError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new RolecallError("internal-error", text, {
    cause: error,
    help: ["report this bug in rolecall, with the command line that caused it"],
  });
}

/** The number of characters of a message in a response. A service may have sent a message of any length. */
const MAX_MESSAGE_LENGTH = 2000;

/**
 * The code and the message of any error, redacted, for the response of a server. If a sign-in is needed, which a server
 * cannot offer, the message names the command.
 */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message, help } = asRolecallError(error);
  const text = SIGN_IN_CODES.has(code) ? [message, ...help].join("; ") : message;
  return { code, message: redactExcerpt(text, MAX_MESSAGE_LENGTH) };
}
