/** Making a folder that its owner can use. */
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemErrorCode } from "../text/system_error.ts";

/**
 * Makes a folder, and the folders that lead to it, where they are not there. What it makes can be entered by its owner
 * and by nobody else, whatever the umask: one that takes away the owner's own rights would end the AWS CLI's cache.
 *
 * @throws the system's error, with a `code` such as `EROFS` or `ENOTDIR`.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST" && isFolder(path)) return;
    if (systemErrorCode(error) !== "ENOENT" || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    // Another process may have been faster.
    if (isFolder(path)) return;
    mkdirSync(path, { mode: 0o700 });
  }
  chmodSync(path, 0o700);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
