/**
 * Folders with files for one command, for its user alone. Who uses one holds a lock in it, so that what was left behind by
 * somebody who was killed can be told from what is in use, in whatever container.
 */
import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LockedFile } from "../domain/effects.ts";
import type { TryLock } from "./file_lock.ts";

const PREFIX = "rolecall-";
const LOCK = "lock";
/** Milliseconds within which whoever made a folder has locked it. */
const LOCKED_WITHIN_MS = 60_000;

/**
 * @param files by name, with their texts.
 * @returns the folder.
 * @throws the system's error, with a `code`.
 */
export function makePrivateFolder(parent: string, files: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(parent, PREFIX));
  // A umask may take away what the owner needs.
  chmodSync(folder, 0o700);
  for (const [name, text] of [...files, [LOCK, ""] as const]) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    chmodSync(join(folder, name), 0o600);
  }
  return folder;
}

/** Marks the folder as in use, until the file is closed. Where there are no locks no folder is taken for left over. */
export function lockFolder(folder: string, tryLock: TryLock | undefined): LockedFile | undefined {
  try {
    return tryLock?.(join(folder, LOCK));
  } catch {
    return undefined;
  }
}

/**
 * Removes this user's folders that nobody uses any more. What cannot be removed stays.
 *
 * @param now milliseconds since 1970.
 */
export function removeLeftoverFolders(parent: string, now: number, tryLock: TryLock | undefined): void {
  for (const name of names(parent)) {
    const folder = join(parent, name);
    if (!name.startsWith(PREFIX) || !isOld(folder, now)) continue;
    const held = lockFolder(folder, tryLock);
    if (held === undefined) continue;
    rmSync(folder, { recursive: true, force: true });
    held.close();
  }
}

/** Whether it is a folder of this user's with a lock in it, from some time ago. */
function isOld(folder: string, now: number): boolean {
  try {
    const stat = lstatSync(folder);
    const isOurs = stat.isDirectory() && stat.uid === process.getuid?.() && now - stat.mtimeMs > LOCKED_WITHIN_MS;
    return isOurs && lstatSync(join(folder, LOCK)).isFile();
  } catch {
    return false;
  }
}

function names(parent: string): string[] {
  try {
    return readdirSync(parent);
  } catch {
    return [];
  }
}
