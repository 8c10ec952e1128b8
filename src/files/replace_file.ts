/** Replaces files atomically: a reader sees the old text or the new text, never a part. */
import { renameSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { openFolder } from "./open_folder.ts";
import { giveToOwner, rulesBelowHome } from "./owner.ts";
import { removeLeftovers, temporaryName, writePrivateFile } from "./private_file.ts";

/**
 * Writes the text to a temporary file in the same folder and renames that to `path`. The file gets mode 0600 and the
 * owner of the folder. Missing folders are created with mode 0700.
 *
 * @param path below `home`.
 * @throws UnsafePathError if another user could redirect the write or replace its result.
 * @throws the system's error, with a `code` such as `EROFS`; the file is then unchanged.
 */
export function replaceFile(path: string, text: string, home: string): void {
  const name = basename(path);
  const folder = openFolder(dirname(path), { ...rulesBelowHome(home), create: true });
  try {
    removeLeftovers(folder, name);
    const temporary = folder.at(temporaryName(name));
    try {
      writePrivateFile(temporary, text, (fd) => giveToOwner(fd, folder.stat));
      renameSync(temporary, folder.at(name));
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  } finally {
    folder.close();
  }
}
