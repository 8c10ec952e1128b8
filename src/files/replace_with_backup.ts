/** Edits a person's own file: only its text changes, and a backup keeps the old text. */
import { chmodSync, chownSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { systemErrorCode } from "../text/system_error.ts";
import { temporaryBeside, writePrivateFile } from "./private_file.ts";

/**
 * Replaces the file's text atomically. The mode is kept, and so is the owner if the system allows it. If the path is a
 * symbolic link, the link is kept and its target is replaced.
 *
 * @param before the text that the edit is based on. A file that has another text by now is not changed.
 * @returns the path of the backup.
 * @throws the system's error, with a `code` such as `EROFS`, or an Error if the file has changed; the file is then
 *   unchanged.
 */
export function replaceWithBackup(path: string, before: string, after: string): string {
  const target = realpathSync(path);
  const stat = statSync(target);
  const temporary = temporaryBeside(target);
  let backup: string | undefined;
  try {
    writePrivateFile(temporary, after);
    keepOwner(temporary, stat);
    chmodSync(temporary, stat.mode & 0o7777);
    if (!readFileSync(target).equals(Buffer.from(before))) throw new Error("the file has changed in the meantime");
    backup = writeBackup(target, before);
    keepOwner(backup, stat);
    renameSync(temporary, target);
    return backup;
  } catch (error) {
    rmSync(temporary, { force: true });
    if (backup !== undefined) rmSync(backup, { force: true });
    throw error;
  }
}

/** @param mode the permission bits. */
export function changeMode(path: string, mode: number): void {
  chmodSync(path, mode);
}

/** Uses the first unused name of `config.backup`, `config.backup-2`, …. Mode 0600, because it may contain secrets. */
function writeBackup(target: string, text: string): string {
  for (let number = 1; ; number++) {
    const path = `${target}.backup${number === 1 ? "" : `-${number}`}`;
    try {
      writePrivateFile(path, text);
      return path;
    } catch (error) {
      if (systemErrorCode(error) === "EEXIST") continue;
      rmSync(path, { force: true });
      throw error;
    }
  }
}

/** Gives the file back to its owner. Only root can: for other users the file stays theirs. */
function keepOwner(path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  const current = statSync(path);
  if (current.uid === uid && current.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch {
    // The file now belongs to the user who runs rolecall.
  }
}
