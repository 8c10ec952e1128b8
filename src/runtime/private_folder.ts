/**
 * Private temporary folders with the files of one command. The process that uses a folder keeps a lock in it. A folder
 * without a lock was left behind by a process that was killed. Unlike a recorded process id, a lock is also meaningful in
 * another container.
 */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { LockedFile } from "../domain/effects.ts";
import { openFolder } from "../files/open_folder.ts";
import { openLockFile } from "../files/open_lock_file.ts";
import { writePrivateFile } from "../files/private_file.ts";
import { withPrivateUmask } from "../files/private_umask.ts";
import type { TryLock } from "./file_lock.ts";

const FOLDER_PREFIX = "rolecall-";
const LOCK_FILE = "lock";
/** A younger folder may belong to a process that has not locked it yet. */
const MIN_LEFTOVER_AGE_MS = 60_000;

/**
 * Creates a folder with mode 0700, and in it the given files with mode 0600.
 *
 * @param files the text of each file, by name.
 * @returns the folder's path.
 * @throws UnsafePathError if other users could replace the folder.
 * @throws the system's error, with a `code`.
 */
export function makePrivateFolder(parent: string, files: ReadonlyMap<string, string>): string {
  const opened = openFolder(parent, { acceptsSticky: true });
  try {
    const folder = withPrivateUmask(() => mkdtempSync(opened.at(FOLDER_PREFIX)));
    for (const [name, text] of [...files, [LOCK_FILE, ""] as const]) writePrivateFile(join(folder, name), text);
    return join(parent, basename(folder));
  } finally {
    opened.close();
  }
}

/**
 * Marks the folder as in use until the returned file is closed.
 *
 * @param tryLock undefined if the runtime has no locks. Then no folder counts as left over.
 * @returns undefined if the folder could not be locked, or is in use by another process.
 */
export function lockFolder(folder: string, tryLock: TryLock | undefined): LockedFile | undefined {
  try {
    const path = join(folder, LOCK_FILE);
    return tryLock?.(openLockFile(path), path);
  } catch {
    return undefined;
  }
}

/**
 * Removes this user's folders that no process uses any more, as far as that is possible.
 *
 * @param now milliseconds since 1970.
 */
export function removeLeftoverFolders(parent: string, now: number, tryLock: TryLock | undefined): void {
  for (const name of namesIn(parent)) {
    const folder = join(parent, name);
    if (!name.startsWith(FOLDER_PREFIX) || !mayBeLeftover(folder, now)) continue;
    const lock = lockFolder(folder, tryLock);
    if (lock === undefined) continue;
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // It stays: the command at hand does not need it gone.
    } finally {
      lock.close();
    }
  }
}

/** Whether it is a folder of this user, is old enough, and contains a lock file. */
function mayBeLeftover(folder: string, now: number): boolean {
  try {
    const stat = lstatSync(folder);
    const isOld = now - stat.mtimeMs > MIN_LEFTOVER_AGE_MS;
    return (
      stat.isDirectory() && stat.uid === process.getuid?.() && isOld && lstatSync(join(folder, LOCK_FILE)).isFile()
    );
  } catch {
    return false;
  }
}

function namesIn(parent: string): string[] {
  try {
    return readdirSync(parent);
  } catch {
    return [];
  }
}
