/** Creates private folders, including the folders above them. */
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemErrorCode } from "../text/system_error.ts";

/**
 * Creates a folder and its missing parents. Each folder that it creates gets mode 0700, whatever the umask is: with a
 * umask that removes the owner's own rights, neither rolecall nor the AWS CLI could use the cache.
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
    // Another process may have created it in the meantime.
    if (isFolder(path)) return;
    mkdirSync(path, { mode: 0o700 });
  }
  chmodSync(path, 0o700);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
