/** Changing a file that a person has made: nothing about it changes but its text, and the old text is kept beside it. */
import { chmodSync, chownSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { systemErrorCode } from "../text/system_error.ts";
import { temporaryBeside, writePrivateFile } from "./private_file.ts";

/**
 * Replaces the file's text so that a reader sees the old one or the new. Its mode stays, its owner where the system
 * allows it. Where the path is a symbolic link it is the file behind it that is replaced.
 *
 * @param before the text that the change was made from: a file that has another by now is left alone.
 * @returns the path of the backup.
 * @throws the system's error, with a `code` such as `EROFS`, or an Error for a file that has changed; it is as it was then.
 */
export function replaceWithBackup(path: string, before: string, after: string): string {
  const target = realpathSync(path);
  const facts = statSync(target);
  const temporary = temporaryBeside(target);
  let backup: string | undefined;
  try {
    writePrivateFile(temporary, after);
    keepOwner(temporary, facts);
    chmodSync(temporary, facts.mode & 0o7777);
    if (!readFileSync(target).equals(Buffer.from(before))) throw new Error("it has changed meanwhile");
    backup = writeBackup(target, before);
    keepOwner(backup, facts);
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

/** The first free name of `config.backup`, `config.backup-2` …; for its owner only, since it may hold secrets. */
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

/** Only root may give a file away; for everybody else it is their own already, or stays it. */
function keepOwner(path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  const now = statSync(path);
  if (now.uid === uid && now.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch {
    // It belongs to whoever mends it then.
  }
}
