/** Reads files that a setting or an option names, and that must therefore exist. */
import type { Effects } from "../domain/effects.ts";
import type { RolecallError } from "../domain/errors.ts";
import { systemErrorMessage } from "../text/system_error.ts";

/**
 * Reads a file that must exist.
 *
 * @param readFile as in `Effects`.
 * @param makeError makes the error to throw. `reason` continues a sentence whose subject is the file, such as
 *   "does not exist".
 * @throws the result of `makeError`.
 */
export function readRequiredFile(
  path: string,
  readFile: Effects["readFile"],
  makeError: (reason: string, cause?: unknown) => RolecallError,
): string {
  let bytes: Uint8Array | undefined;
  try {
    bytes = readFile(path);
  } catch (error) {
    throw makeError(`cannot be read: ${systemErrorMessage(error)}`, error);
  }
  if (bytes === undefined) throw makeError("does not exist");
  return new TextDecoder().decode(bytes);
}
