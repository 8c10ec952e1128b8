/** Creates a folder for files that are written later, and checks that they can be. */
import { accessSync, constants } from "node:fs";
import { openFolder } from "./open_folder.ts";
import { rulesBelowHome } from "./owner.ts";

/**
 * Creates the folder with mode 0700 if it is missing.
 *
 * @param home as for `replaceFile`.
 * @throws UnsafePathError if another user could redirect a write to it.
 * @throws the system's error, with a `code` such as `EACCES` or `EROFS`, if files in it cannot be written.
 */
export function createWritableFolder(path: string, home: string): void {
  const folder = openFolder(path, { ...rulesBelowHome(home), create: true });
  try {
    accessSync(folder.at("."), constants.W_OK | constants.X_OK);
  } finally {
    folder.close();
  }
}
