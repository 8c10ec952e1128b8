/** Appends secrets to a file that another program reads, such as the one that GITHUB_ENV names. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../text/system_error.ts";
import { type FileInFolder, openFolderOf } from "./open_folder.ts";
import { giveToOwner, isTrustedOwner } from "./owner.ts";
import { writeAllTo } from "./private_file.ts";
import { withPrivateUmask } from "./private_umask.ts";
import { UnsafePathError } from "./unsafe_path_error.ts";

const APPEND = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Appends the text. A file that does not exist is created with mode 0600; the mode of an existing one is kept. Root may
 * write to the folder of any user: the steps of a container job run as root, and the file belongs to the runner.
 *
 * @throws UnsafePathError if the file is not a regular file of this user or of the folder's owner, or if other users can
 *   write to the folder.
 * @throws the system's error, with a `code`.
 */
export function appendToFile(path: string, text: string): void {
  const file = openFolderOf(path, { acceptsOwner: () => true, acceptsWriters: "sticky" });
  try {
    const fd = openForAppending(file);
    try {
      writeAllTo(fd, text);
    } finally {
      closeSync(fd);
    }
  } finally {
    file.folder.close();
  }
}

function openForAppending({ folder, name }: FileInFolder): number {
  const path = folder.at(name);
  let fd: number;
  try {
    fd = openSync(path, APPEND);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    fd = withPrivateUmask(() => openSync(path, APPEND | constants.O_CREAT | constants.O_EXCL, 0o600));
    giveToOwner(fd, folder.stat);
    return fd;
  }
  const stat = fstatSync(fd);
  const isAccepted = isTrustedOwner(stat.uid) || stat.uid === folder.stat.uid || process.platform === "win32";
  const reason = !stat.isFile()
    ? "is not a regular file"
    : !isAccepted
      ? `belongs to another user (uid ${stat.uid})`
      : stat.nlink > 1
        ? "has more than one name (hard links)"
        : undefined;
  if (reason === undefined) return fd;
  closeSync(fd);
  throw new UnsafePathError(`${join(folder.path, name)} ${reason}`);
}
