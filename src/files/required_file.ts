/** Files that a setting or an option names: they have to be there. */
import type { Effects } from "../domain/effects.ts";
import type { RolecallError } from "../domain/errors.ts";
import { systemErrorMessage } from "../text/system_error.ts";

/**
 * The text of a file that has to be there.
 *
 * @param readFile as in `Effects`.
 * @param unusable makes the error; `why` ends a sentence that begins with the file: "does not exist", say.
 * @throws what `unusable` made.
 */
export function readRequiredFile(
  path: string,
  readFile: Effects["readFile"],
  unusable: (why: string, cause?: unknown) => RolecallError,
): string {
  let bytes: Uint8Array | undefined;
  try {
    bytes = readFile(path);
  } catch (error) {
    throw unusable(`cannot be read: ${systemErrorMessage(error)}`, error);
  }
  if (bytes === undefined) throw unusable("does not exist");
  return new TextDecoder().decode(bytes);
}
