/**
 * Private temporary folders with the files of one command. The process that uses a folder keeps a lock in it. A folder
 * without a lock was left behind by a process that was killed. Unlike a recorded process id, a lock is also meaningful in
 * another container.
 */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { LockedFile } from "../domain/effects.ts";
import { openFolder } from "../files/open_folder.ts";
import { openLockFile } from "../files/open_lock_file.ts";
import { ownUid } from "../files/owner.ts";
import { writeTemporaryFile } from "../files/private_file.ts";
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
  const opened = openFolder(parent, { acceptsWriters: "sticky" });
  let folder: string | undefined;
  try {
    folder = join(parent, basename(withPrivateUmask(() => mkdtempSync(opened.at(FOLDER_PREFIX)))));
    for (const [name, text] of [...files, [LOCK_FILE, ""] as const]) writeTemporaryFile(join(folder, name), text);
    return folder;
  } catch (error) {
    if (folder !== undefined) removePrivateFolder(folder);
    throw error;
  } finally {
    opened.close();
  }
}

/** The name of the folder, in a private folder, with the files that the user cannot write. */
const READ_ONLY_FOLDER = "read-only";

/**
 * Makes files of a private folder read-only. They move to a folder of their own, in which no program can replace them.
 *
 * @returns that folder, and whether writing to the files fails: root can write all files.
 * @throws the system's error, with a `code`.
 */
export function makeReadOnly(folder: string, names: readonly string[]): { folder: string; isEffective: boolean } {
  const readOnly = join(folder, READ_ONLY_FOLDER);
  withPrivateUmask(() => mkdirSync(readOnly));
  for (const name of names) {
    chmodSync(join(folder, name), 0o400);
    renameSync(join(folder, name), join(readOnly, name));
  }
  chmodSync(readOnly, 0o500);
  return { folder: readOnly, isEffective: ownUid() !== 0 };
}

/** Removes the folder, as far as that is possible. */
export function removePrivateFolder(folder: string): void {
  try {
    chmodSync(join(folder, READ_ONLY_FOLDER), 0o700);
  } catch {
    // It has no such files.
  }
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // A later run removes it.
  }
}

/** As `removePrivateFolder`, for a folder that this process has locked. Windows keeps a folder with an open file in it. */
export function removeLockedFolder(folder: string, lock: LockedFile | undefined): void {
  if (process.platform === "win32") lock?.close();
  removePrivateFolder(folder);
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
 * @param isDisposable saves what is needed from a locked folder, and returns whether the folder can be removed.
 */
export async function removeLeftoverFolders(
  parent: string,
  now: number,
  tryLock: TryLock | undefined,
  isDisposable: (folder: string) => Promise<boolean>,
): Promise<void> {
  for (const name of namesIn(parent)) {
    const folder = join(parent, name);
    if (!name.startsWith(FOLDER_PREFIX) || !mayBeLeftover(folder, now)) continue;
    const lock = lockFolder(folder, tryLock);
    if (lock === undefined) continue;
    try {
      if (await isDisposable(folder)) removeLockedFolder(folder, lock);
    } finally {
      lock.close();
    }
  }
}

/** Whether it is a private folder of this user, is old enough, and contains a lock file. */
function mayBeLeftover(folder: string, now: number): boolean {
  try {
    const stat = lstatSync(folder);
    const isOld = now - stat.mtimeMs > MIN_LEFTOVER_AGE_MS;
    // On Windows the folder for temporary files is the user's own.
    const isPrivate = ownUid() === undefined || (stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0);
    return stat.isDirectory() && isPrivate && isOld && lstatSync(join(folder, LOCK_FILE)).isFile();
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
