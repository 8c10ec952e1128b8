/** Replacing a file so that a reader sees the old text or the new, and never half of one. */
import { renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "./make_folder.ts";
import { temporaryBeside, writePrivateFile } from "./private_file.ts";

/**
 * Writes the text beside the file and renames it into place. The file can be read by its owner only, and folders that
 * are made for it can be entered by nobody else.
 *
 * @throws the system's error, with a `code` such as `EROFS`; the file is as it was then.
 */
export function replaceFile(path: string, text: string): void {
  makeFolder(dirname(path));
  const temporary = temporaryBeside(path);
  try {
    writePrivateFile(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
