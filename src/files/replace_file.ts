/** Replaces files atomically: a reader sees the old text or the new text, never a part. */
import { renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "./make_folder.ts";
import { temporaryBeside, writePrivateFile } from "./private_file.ts";

/**
 * Writes the text to a temporary file in the same folder and renames that to `path`. The file gets mode 0600, and
 * missing folders are created with mode 0700.
 *
 * @throws the system's error, with a `code` such as `EROFS`; the file is then unchanged.
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
