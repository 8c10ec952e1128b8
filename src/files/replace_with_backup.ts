/** Edits a person's own file: only its text changes, and a backup keeps the old text. */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../text/system_error.ts";
import { type OpenFolder, openFolderOf, openOwnFolder } from "./open_folder.ts";
import { removeLeftovers, temporaryName, writePrivateFile } from "./private_file.ts";
import { withRegularFile } from "./regular_file.ts";

/**
 * Replaces the file's text atomically. The mode is kept, and so is the owner if the system allows it. If the path is a
 * symbolic link, the link is kept and its target is replaced.
 *
 * @param before the text that the edit is based on. A file whose text has changed since then is not replaced.
 * @returns the path of the backup.
 * @throws UnsafePathError if another user could redirect the write or replace its result.
 * @throws the system's error, with a `code` such as `EROFS`, or an Error if the file has changed; the file is then
 *   unchanged.
 */
export function replaceWithBackup(path: string, before: string, after: string): string {
  const { folder, name } = openFolderOf(path, {});
  try {
    removeLeftovers(folder, name);
    const { stat, bytes } = withRegularFile(folder, name, constants.O_RDONLY, (fd, opened) => ({
      stat: opened,
      bytes: readFileSync(fd),
    }));
    const temporary = folder.at(temporaryName(name));
    let backup: string | undefined;
    try {
      writePrivateFile(temporary, after, (fd) => {
        keepOwner(fd, stat);
        fchmodSync(fd, stat.mode & 0o7777);
      });
      if (!bytes.equals(Buffer.from(before))) throw new Error("the file has changed in the meantime");
      backup = writeBackup(folder, name, before, stat);
      renameSync(temporary, folder.at(name));
      return join(folder.path, backup);
    } catch (error) {
      rmSync(temporary, { force: true });
      if (backup !== undefined) rmSync(folder.at(backup), { force: true });
      throw error;
    }
  } finally {
    folder.close();
  }
}

/**
 * Changes the mode of a file, or of a folder of this user.
 *
 * @param mode the permission bits.
 * @throws UnsafePathError if another user could have put another file in its place.
 * @throws the system's error, with a `code`.
 */
export function changeMode(path: string, mode: number): void {
  const own = openOwnFolder(path);
  if (own !== undefined) {
    try {
      fchmodSync(own, mode);
    } finally {
      closeSync(own);
    }
    return;
  }
  const { folder, name } = openFolderOf(path, {});
  try {
    withRegularFile(folder, name, constants.O_RDONLY, (fd) => fchmodSync(fd, mode));
  } finally {
    folder.close();
  }
}

/**
 * Uses the first unused name of `config.backup`, `config.backup-2`, …. Mode 0600, because it may contain secrets.
 *
 * @returns the name.
 */
function writeBackup(folder: OpenFolder, name: string, text: string, owner: Stats): string {
  for (let number = 1; ; number++) {
    const backup = `${name}.backup${number === 1 ? "" : `-${number}`}`;
    try {
      writePrivateFile(folder.at(backup), text, (fd) => keepOwner(fd, owner));
      return backup;
    } catch (error) {
      if (systemErrorCode(error) === "EEXIST") continue;
      rmSync(folder.at(backup), { force: true });
      throw error;
    }
  }
}

/** Gives the file to the owner of the old one. Only root can: for other users the file stays theirs. */
function keepOwner(fd: number, { uid, gid }: Stats): void {
  const current = fstatSync(fd);
  if (current.uid === uid && current.gid === gid) return;
  try {
    fchownSync(fd, uid, gid);
  } catch {
    // The file now belongs to the user who runs rolecall.
  }
}
