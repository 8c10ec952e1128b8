/** Replacing a file so that a reader sees the old text or the new, and never half of one. */
import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "./make_folder.ts";

/**
 * Writes the text beside the file and renames it into place. The file can be read by its owner only, and folders that
 * are made for it can be entered by nobody else.
 *
 * @throws the system's error, with a `code` such as `EROFS`; the file is as it was then.
 */
export function replaceFile(path: string, text: string): void {
  makeFolder(dirname(path));
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
    // A umask may take away what the owner needs.
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
