/** The cache that we share with the AWS CLI: role sessions by key, one flight a key across processes. */
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { Effects } from "../domain/effects.ts";
import { makeFolder } from "../files/make_folder.ts";
import { replaceFile } from "../files/replace_file.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { type CacheEntry, formatEntry, parseEntry } from "./entry.ts";
import { acquireLock, type Holder } from "./lock.ts";

export interface Cache {
  /** A cached entry that lives long enough. */
  read(key: string): CacheEntry | undefined;
  /** What there is under a key, usable or not; undefined where the cache is not used at all. */
  inspect(key: string): InspectedEntry | undefined;
  /**
   * The cached entry, else what `make` makes, which is then cached. Of several processes that want the same, one makes
   * it and the others get that. Without a writable folder it is made all the same.
   *
   * @param what is made, for whoever has to wait for it.
   */
  getOrCreate(key: string, what: string, make: () => Promise<CacheEntry>): Promise<CacheEntry>;
}

export interface InspectedEntry {
  readonly file: string;
  /** Undefined where the file is not there, or is no whole entry. */
  readonly entry: CacheEntry | undefined;
  /** Whether it lives long enough. */
  readonly isUsable: boolean;
}

/** Seconds: the AWS CLI uses what has at least a quarter of an hour to live. */
export const DEFAULT_MIN_TTL = 15 * 60;

/** Milliseconds: a person may be typing an MFA code. */
const LOCK_DEADLINE_MS = 5 * 60 * 1000;

/** Where the AWS CLI has its cache. */
export function cacheFolder(home: string): string {
  return join(home, ".aws", "cli", "cache");
}

/**
 * @param folder where the AWS CLI has its cache: `~/.aws/cli/cache`.
 * @param minTtl seconds that an entry has to live.
 */
export function openCache(folder: string, minTtl: number, effects: Effects): Cache {
  const inspect = (key: string): InspectedEntry => {
    const file = join(folder, `${key}.json`);
    const text = readText(file, effects);
    const entry = text === undefined ? undefined : parseEntry(text);
    const left = ((entry?.credentials.expiration?.getTime() ?? 0) - effects.now().getTime()) / 1000;
    return { file, entry, isUsable: entry !== undefined && left >= minTtl };
  };
  const read = (key: string): CacheEntry | undefined => {
    const { entry, isUsable } = inspect(key);
    return isUsable ? entry : undefined;
  };
  return {
    read,
    inspect,
    async getOrCreate(key, what, make) {
      const release = await lock(join(folder, `${key}.lock`), what, effects);
      try {
        const made = read(key);
        if (made !== undefined) {
          effects.trace(`cache ${key}: made by another process meanwhile`);
          return made;
        }
        const entry = await make();
        write(join(folder, `${key}.json`), entry, effects);
        return entry;
      } finally {
        release?.();
      }
    },
  };
}

/** A cache that holds nothing: for `--no-cache`. */
export const NO_CACHE: Cache = {
  read: () => undefined,
  inspect: () => undefined,
  getOrCreate: (_key, _what, make) => make(),
};

function readText(path: string, effects: Effects): string | undefined {
  try {
    const bytes = effects.readFile(path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  } catch (error) {
    effects.trace(`cache ${path}: cannot be read (${systemErrorMessage(error)})`);
    return undefined;
  }
}

function write(path: string, entry: CacheEntry, effects: Effects): void {
  try {
    replaceFile(path, formatEntry(entry));
  } catch (error) {
    // A container's home is often read-only, or not there at all.
    effects.trace(`cache ${path}: cannot be written (${systemErrorMessage(error)}); going on without`);
  }
}

async function lock(path: string, what: string, effects: Effects): Promise<(() => void) | undefined> {
  try {
    makeFolder(dirname(path));
  } catch (error) {
    effects.trace(`cache ${path}: cannot be written (${systemErrorMessage(error)}); going on without`);
    return undefined;
  }
  return await acquireLock(path, {
    deadlineMs: LOCK_DEADLINE_MS,
    tryLock: effects.tryLock,
    sleep: effects.sleep,
    now: effects.now,
    trace: effects.trace,
    waiting: (holder) => effects.warn(`waiting for ${nameOf(holder)}, which does the same: ${what}`),
  });
}

/** A process id says nothing on another machine, or in another container. */
function nameOf(holder: Holder | undefined): string {
  if (holder === undefined) return "another process";
  return `process ${holder.pid}${holder.host === hostname() ? "" : ` of ${holder.host}`}`;
}
