/** Whatever was thrown, as an error for people. */
import { RolecallError } from "../domain/errors.ts";
import { redact } from "../text/redact.ts";

/** What is no RolecallError is a defect of rolecall. Its stack goes nowhere: it would say nothing to a person. */
export function asRolecallError(error: unknown): RolecallError {
  if (error instanceof RolecallError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new RolecallError("internal-error", text, {
    cause: error,
    help: ["this is a defect in rolecall: please report it with the command line that led here"],
  });
}

/** In one line, for a server's answer. */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = asRolecallError(error);
  return { code, message: redact(message) };
}
