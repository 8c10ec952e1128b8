/** Opens lock files. Only regular files of this user are accepted, because rolecall also writes to a lock file. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { systemErrorCode } from "../text/system_error.ts";
import { openFolder } from "./open_folder.ts";
import { giveToOwner, ownUid } from "./owner.ts";
import { withPrivateUmask } from "./private_umask.ts";
import { UnsafePathError } from "./unsafe_path_error.ts";

const OPEN = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a lock file, and creates it with mode 0600 if it does not exist. Its folder must exist.
 *
 * @returns the file descriptor.
 * @throws UnsafePathError if it is a link, not a regular file, or a file of another user.
 * @throws the system's error, with a `code`.
 */
export function openLockFile(path: string): number {
  const folder = openFolder(dirname(path), { acceptsOwner: () => true });
  const name = basename(path);
  const unsafe = (reason: string) => new UnsafePathError(`${join(folder.path, name)} ${reason}`);
  try {
    const fd = withPrivateUmask(() => openSync(folder.at(name), OPEN, 0o600));
    const stat = fstatSync(fd);
    const isOwn = stat.uid === ownUid() || stat.uid === folder.stat.uid || ownUid() === undefined;
    if (!stat.isFile() || !isOwn || stat.nlink > 1) {
      closeSync(fd);
      throw unsafe(isOwn ? "is not a regular file with one name" : `belongs to another user (uid ${stat.uid})`);
    }
    if (stat.uid !== folder.stat.uid) giveToOwner(fd, folder.stat);
    return fd;
  } catch (error) {
    // ELOOP: O_NOFOLLOW. ENXIO: a socket.
    throw systemErrorCode(error) === "ELOOP" ? unsafe("is a symbolic link") : error;
  } finally {
    folder.close();
  }
}
