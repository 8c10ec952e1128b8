/** The cache shared with the AWS CLI: sessions by key, each created by one process at a time. */
import { statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Effects } from "../domain/effects.ts";
import { rulesBelowHome, untrustedBecause } from "../files/owner.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { type CacheEntry, parseEntry } from "./entry.ts";

export interface Cache {
  /** The entry, if it is valid for long enough. */
  read(key: string): CacheEntry | undefined;
  /** The entry, even if it is not usable; undefined if the cache is off. */
  inspect(key: string): InspectedEntry | undefined;
  /**
   * Returns the cached entry, or creates and caches one. If several processes request the same entry, one of them
   * creates it and the others use it. If the cache cannot be written, the entry is created but not cached.
   *
   * @param what the call that creates the entry, for the message that other processes show while they wait.
   */
  getOrCreate(key: string, what: string, create: () => Promise<CacheEntry>): Promise<CacheEntry>;
  /** Deletes the entry if it has these credentials, and does not return them again even if they cannot be deleted. */
  drop(key: string, accessKeyId: string): void;
}

export interface InspectedEntry {
  readonly file: string;
  /** Undefined if the file does not exist or is not a complete entry. */
  readonly entry: CacheEntry | undefined;
  /** Whether the entry is valid for long enough. */
  readonly isUsable: boolean;
}

/** Seconds. The AWS CLI also refreshes credentials that expire within 15 minutes. */
export const DEFAULT_MIN_TTL = 15 * 60;

/** The process that holds the lock may be waiting for a person to type an MFA code. */
const LOCK_DEADLINE_MS = 5 * 60 * 1000;

/** The folder of the AWS CLI's cache. */
export function cacheFolder(home: string): string {
  return join(home, ".aws", "cli", "cache");
}

/**
 * @param folder the folder of the AWS CLI's cache: `~/.aws/cli/cache`.
 * @param minTtl seconds that an entry must still be valid for.
 */
export function openCache(folder: string, minTtl: number, effects: Effects): Cache {
  const dropped = new Set<string>();
  const inspect = (key: string): InspectedEntry => {
    const file = join(folder, `${key}.json`);
    const text = readText(file, effects);
    const entry = text === undefined ? undefined : parseEntry(text);
    const ttl = ((entry?.credentials.expiration?.getTime() ?? 0) - effects.now().getTime()) / 1000;
    const isUsable =
      entry !== undefined &&
      ttl >= minTtl &&
      !dropped.has(entry.credentials.accessKeyId) &&
      folderUntrustedBecause(folder, effects.home) === undefined;
    return { file, entry, isUsable };
  };
  const read = (key: string): CacheEntry | undefined => {
    const { entry, isUsable } = inspect(key);
    return isUsable ? entry : undefined;
  };
  return {
    read,
    inspect,
    async getOrCreate(key, what, create) {
      // Loaded only here, because most runs find a usable entry.
      const { createOnce } = await import("./create_once.ts");
      const flight = { lockFile: join(folder, `${key}.lock`), what, deadlineMs: LOCK_DEADLINE_MS };
      return await createOnce(join(folder, `${key}.json`), flight, () => read(key), create, effects);
    },
    drop(key, accessKeyId) {
      dropped.add(accessKeyId);
      const { file, entry } = inspect(key);
      // Another process may have replaced the entry since.
      if (entry?.credentials.accessKeyId === accessKeyId) remove(file, effects);
    },
  };
}

/** A cache that stores nothing, for `--no-cache`. */
export const NO_CACHE: Cache = {
  read: () => undefined,
  inspect: () => undefined,
  getOrCreate: (_key, _what, create) => create(),
  drop: () => {},
};

/** If another user can write to the folder, an entry may contain that user's credentials: another identity. */
function folderUntrustedBecause(folder: string, home: string): string | undefined {
  try {
    const stat = statSync(folder, { throwIfNoEntry: false });
    return stat === undefined ? undefined : untrustedBecause(folder, stat, rulesBelowHome(home));
  } catch {
    // The folder cannot be used. The code that uses it reports why.
    return undefined;
  }
}

function readText(path: string, effects: Effects): string | undefined {
  try {
    const bytes = effects.readFile(path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  } catch (error) {
    effects.trace(`cache ${path}: cannot be read (${systemErrorMessage(error)})`);
    return undefined;
  }
}

function remove(path: string, effects: Effects): void {
  try {
    unlinkSync(path);
  } catch (error) {
    effects.trace(`cache ${path}: cannot be deleted (${systemErrorMessage(error)})`);
  }
}
