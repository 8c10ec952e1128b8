/** What lies in the cache's folder, without the secrets, and how to be rid of it. */
import { type Dirent, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { accountIdOf } from "../text/arn.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";
import { type CacheEntry, parseEntry } from "./entry.ts";
import { type Holder, isHeld, readHolder, removeLeftoverLock } from "./lock.ts";

export type CacheItem = CachedSession | UnreadableEntry | LockFile | LeftoverFile;

export interface CachedSession {
  /** `mfa-session`: what GetSessionToken gave. */
  readonly kind: "role" | "sso" | "mfa-session";
  readonly file: string;
  /** The ARN of a role session; the others have none. */
  readonly session: string | undefined;
  readonly accountId: string | undefined;
  readonly expiration: Date | undefined;
}

/** A file in an entry's place that is no whole entry. */
export interface UnreadableEntry {
  readonly kind: "unreadable";
  readonly file: string;
  readonly why: string;
}

export interface LockFile {
  readonly kind: "lock";
  readonly file: string;
  /** Whether a process has it now; else one has left it behind. */
  readonly held: boolean;
  readonly holder: Holder | undefined;
}

/** Half of an entry that was never renamed into place. */
export interface LeftoverFile {
  readonly kind: "left-over";
  readonly file: string;
}

/** Milliseconds after which whoever wrote a temporary file has surely ended: it takes one or two. */
const ABANDONED_AFTER_MS = 5 * 60 * 1000;

/**
 * Everything in the folder that the AWS CLI or rolecall has put there, by file name; what else is there is not looked at.
 *
 * @throws RolecallError `file-unreadable` for a folder that cannot be read. One that is not there is empty.
 */
export async function listCacheFiles(folder: string, effects: Effects): Promise<CacheItem[]> {
  const items: CacheItem[] = [];
  for (const entry of listing(folder)) {
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
  /** What stays: locks that are held, and without `all` what cannot be read. */
  readonly kept: readonly CacheItem[];
}

/**
 * Removes sessions, locks that nobody has and left-over files. Logins, which are in other folders, stay.
 *
 * @param all whether files in an entry's place that cannot be read are removed, too.
 * @throws RolecallError `write-failed` when something cannot be removed; the rest is gone then all the same.
 */
export async function clearCache(folder: string, all: boolean, effects: Effects): Promise<Cleared> {
  const removed: CacheItem[] = [];
  const kept: CacheItem[] = [];
  let failure: RolecallError | undefined;
  for (const item of await listCacheFiles(folder, effects)) {
    try {
      const list = (await remove(item, all, effects)) ? removed : kept;
      list.push(item);
    } catch (error) {
      failure ??= new RolecallError("write-failed", `${item.file} cannot be removed: ${systemErrorMessage(error)}`, {
        cause: error,
      });
    }
  }
  if (failure !== undefined) throw failure;
  return { removed, kept };
}

async function remove(item: CacheItem, all: boolean, effects: Effects): Promise<boolean> {
  if (item.kind === "lock") return await removeLeftoverLock(item.file, effects);
  if (item.kind === "unreadable" && !all) return false;
  rmSync(item.file, { force: true });
  return true;
}

function readEntry(file: string): CachedSession | UnreadableEntry {
  let entry: CacheEntry | undefined;
  try {
    entry = parseEntry(readFileSync(file, "utf8"));
  } catch (error) {
    return { kind: "unreadable", file, why: systemErrorMessage(error) };
  }
  if (entry === undefined) return { kind: "unreadable", file, why: "it is no whole entry" };
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
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && now.getTime() - written > ABANDONED_AFTER_MS;
}

function listing(folder: string): Dirent[] {
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
