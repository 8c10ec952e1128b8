/** Opens a file of a folder only if it is a regular file. */
import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { OpenFolder } from "./open_folder.ts";
import { UnsafePathError } from "./unsafe_path_error.ts";

/**
 * Opens the file, calls `use` and closes the file. Symbolic links are not followed, and a pipe does not block.
 *
 * @param flags the access mode of open(2), such as `O_RDONLY`.
 * @throws UnsafePathError if it is not a regular file.
 * @throws the system's error, with a `code`: `ELOOP` for a symbolic link.
 */
export function withRegularFile<T>(
  folder: OpenFolder,
  name: string,
  flags: number,
  use: (fd: number, stat: Stats) => T,
): T {
  const fd = openSync(folder.at(name), flags | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new UnsafePathError(`${join(folder.path, name)} is not a regular file`);
    return use(fd, stat);
  } finally {
    closeSync(fd);
  }
}
