/** Changes the text of a person's own file, as a tool such as `aws configure set` would. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { systemErrorCode } from "../text/system_error.ts";
import { type OpenFolder, openFolderOf } from "./open_folder.ts";
import { giveToOwner, ownUid, rulesBelowHome } from "./owner.ts";
import { removeLeftovers, temporaryName, writeAllTo, writePrivateFile } from "./private_file.ts";
import { withRegularFile } from "./regular_file.ts";

/** The text of the file has changed since the edit was computed. */
export class FileChangedError extends Error {
  override readonly name = "FileChangedError";
}

/**
 * Replaces the file's text atomically, and keeps its mode and owner. A symbolic link is kept and its target is replaced.
 * If the folder does not allow that, as for a file that is mounted into a container, the file is written in place.
 *
 * @param before the text that the edit is based on; undefined if there was no file, which is then created.
 * @param home as for `replaceFile`.
 * @throws FileChangedError; the file is then unchanged.
 * @throws UnsafePathError if another user could redirect the write or replace its result.
 * @throws the system's error, with a `code` such as `EROFS`.
 */
export function updateFile(path: string, before: string | undefined, after: string, home: string): void {
  const { folder, name } = openFolderOf(path, { ...rulesBelowHome(home), create: before === undefined });
  try {
    replace(folder, name, before, after);
  } catch (error) {
    if (before === undefined || !IN_PLACE_AFTER.has(systemErrorCode(error) ?? "")) throw error;
    withRegularFile(folder, name, constants.O_RDONLY, (fd) => requireText(readFileSync(fd), before));
    withRegularFile(folder, name, constants.O_WRONLY, (fd) => {
      writeAllTo(fd, after);
      ftruncateSync(fd, Buffer.byteLength(after));
      fsyncSync(fd);
    });
  } finally {
    folder.close();
  }
}

/** Errors of creating or renaming a file, in a folder that another user owns or for a file that is a mount point. */
const IN_PLACE_AFTER = new Set(["EACCES", "EPERM", "EROFS", "EBUSY", "EXDEV"]);

function replace(folder: OpenFolder, name: string, before: string | undefined, after: string): void {
  removeLeftovers(folder, name);
  const old = before === undefined ? undefined : withRegularFile(folder, name, constants.O_RDONLY, (_fd, stat) => stat);
  const temporary = folder.at(temporaryName(name));
  try {
    writePrivateFile(temporary, after, (fd) => {
      if (old === undefined) giveToOwner(fd, folder.stat);
      else keepOwnerAndMode(fd, old);
    });
    if (before !== undefined) {
      withRegularFile(folder, name, constants.O_RDONLY, (fd) => requireText(readFileSync(fd), before));
    } else if (existsSync(folder.at(name))) throw new FileChangedError("another program has created the file");
    renameSync(temporary, folder.at(name));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Only root can keep another owner. For all other users, the file becomes theirs. */
function keepOwnerAndMode(fd: number, { uid, gid, mode }: Stats): void {
  if (ownUid() === 0) fchownSync(fd, uid, gid);
  fchmodSync(fd, mode & 0o7777);
}

function requireText(bytes: Buffer, text: string): void {
  if (!bytes.equals(Buffer.from(text))) throw new FileChangedError("the file has changed in the meantime");
}

/**
 * Whether `updateFile` can write the regular file, or create it.
 *
 * @param home as for `replaceFile`.
 */
export function isWritable(path: string, home: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    if (stat !== undefined && !stat.isFile()) return false;
    // Not access(2), which Deno emulates with the mode alone.
    if (stat !== undefined) closeSync(openSync(path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0)));
    else accessSync(folder, constants.W_OK);
    if (existsSync(dirname(path))) openFolderOf(path, rulesBelowHome(home)).folder.close();
    return true;
  } catch {
    return false;
  }
}
