/** Lists the files of the cache, without secrets, and deletes them. */
import { type Dirent, lstatSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { type OpenFolder, openFolder } from "../files/open_folder.ts";
import { rulesBelowHome } from "../files/owner.ts";
import { readRegularFile } from "../files/read_file.ts";
import { accountIdOf } from "../text/arn.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";
import { type CacheEntry, parseEntry } from "./entry.ts";
import { type Holder, isHeld, readHolder, removeLeftoverLock } from "./lock.ts";

export type CacheItem = CachedSession | UnreadableEntry | LockFile | LeftoverFile;

export interface CachedSession {
  /** `mfa-session`: a session of GetSessionToken. */
  readonly kind: "role" | "sso" | "mfa-session";
  readonly file: string;
  /** The ARN of a role session; the other kinds have none. */
  readonly session: string | undefined;
  readonly accountId: string | undefined;
  readonly expiration: Date | undefined;
}

/** A file with the name of an entry that cannot be read or is not a complete entry. */
export interface UnreadableEntry {
  readonly kind: "unreadable";
  readonly file: string;
  readonly why: string;
}

export interface LockFile {
  readonly kind: "lock";
  readonly file: string;
  /** Whether a process holds the lock. If not, the file was left behind. */
  readonly held: boolean;
  readonly holder: Holder | undefined;
}

/** A temporary file of an interrupted write, which was never renamed to its final name. */
export interface LeftoverFile {
  readonly kind: "left-over";
  readonly file: string;
}

/** An entry has about 2 KiB, mostly the session token. */
const MAX_ENTRY_BYTES = 1024 * 1024;

/** The age at which a temporary file counts as left behind. A write takes one or two milliseconds. */
const ABANDONED_AFTER_MS = 5 * 60 * 1000;

/**
 * Lists the files that the AWS CLI or rolecall has written to the folder, by file name. Other files are ignored. A
 * folder that does not exist is empty.
 *
 * @throws RolecallError `file-unreadable` if the folder cannot be read.
 */
export async function listCacheFiles(folder: string, effects: Effects): Promise<CacheItem[]> {
  const items: CacheItem[] = [];
  for (const entry of folderEntries(folder)) {
    const file = join(folder, entry.name);
    if (!entry.isFile()) continue;
    if (entry.name.endsWith(".json")) items.push(readEntry(file));
    else if (entry.name.endsWith(".lock")) {
      items.push({ kind: "lock", file, held: await isHeld(file, effects), holder: readHolder(file) });
    } else if (entry.name.endsWith(".tmp") && isAbandoned(file, effects.now())) items.push({ kind: "left-over", file });
  }
  return items;
}

export interface Cleared {
  readonly removed: readonly CacheItem[];
  /** Locks that are held and, without `all`, unreadable entries. */
  readonly kept: readonly CacheItem[];
}

/**
 * Deletes sessions, locks that no process holds and left-over files. Logins are in other folders and are not deleted.
 *
 * @param all whether to delete unreadable entries as well.
 * @throws RolecallError `write-failed` if a file cannot be deleted. The others are deleted first.
 */
export async function clearCache(folder: string, all: boolean, effects: Effects): Promise<Cleared> {
  const removed: CacheItem[] = [];
  const kept: CacheItem[] = [];
  const opened = openToClear(folder, effects);
  if (opened === undefined) return { removed, kept };
  let firstError: RolecallError | undefined;
  try {
    for (const item of await listCacheFiles(folder, effects)) {
      try {
        const list = (await remove(item, opened, all, effects)) ? removed : kept;
        list.push(item);
      } catch (error) {
        firstError ??= failed(item.file, "removed", error);
      }
    }
  } finally {
    opened.close();
  }
  if (firstError !== undefined) throw firstError;
  return { removed, kept };
}

/**
 * Opens the folder, so that another user cannot redirect the deletion to other files with a link.
 *
 * @returns undefined if it does not exist.
 */
function openToClear(folder: string, { home }: Effects): OpenFolder | undefined {
  try {
    return openFolder(folder, { ...rulesBelowHome(home), acceptsWriters: "any" });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw failed(folder, "cleared", error);
  }
}

function failed(path: string, what: "removed" | "cleared", cause: unknown): RolecallError {
  return new RolecallError("write-failed", `${path} cannot be ${what}: ${systemErrorMessage(cause)}`, { cause });
}

async function remove(item: CacheItem, folder: OpenFolder, all: boolean, effects: Effects): Promise<boolean> {
  if (item.kind === "lock") return await removeLeftoverLock(item.file, effects);
  if (item.kind === "unreadable" && !all) return false;
  rmSync(folder.at(basename(item.file)), { force: true });
  return true;
}

function readEntry(file: string): CachedSession | UnreadableEntry {
  let entry: CacheEntry | undefined;
  try {
    entry = parseEntry(readRegularFile(file, MAX_ENTRY_BYTES));
  } catch (error) {
    return { kind: "unreadable", file, why: systemErrorMessage(error) };
  }
  if (entry === undefined) return { kind: "unreadable", file, why: "not a complete cache entry" };
  const { credentials, assumedRoleUser, providerType } = entry;
  return {
    kind: assumedRoleUser !== undefined ? "role" : providerType === "sso" ? "sso" : "mfa-session",
    file,
    session: assumedRoleUser?.arn,
    accountId: credentials.accountId ?? accountIdOf(assumedRoleUser?.arn),
    expiration: credentials.expiration,
  };
}

function isAbandoned(file: string, now: Date): boolean {
  const modified = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return modified !== undefined && now.getTime() - modified > ABANDONED_AFTER_MS;
}

function folderEntries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new RolecallError("file-unreadable", `${folder} cannot be read: ${systemErrorMessage(error)}`, {
      cause: error,
    });
  }
}
