/**
 * The sessions that a command took from the cache. AWS may no longer accept them before they expire: their role was
 * deleted, or its sessions were revoked.
 */
import type { Credentials } from "../domain/credentials.ts";
import type { Cache } from "./cache.ts";

export interface UsedSessions {
  /** The cache to use. It records the sessions that are read from it. */
  readonly cache: Cache;
  /** The file of the entry that the credentials were read from; undefined if they are not from the cache. */
  fileOf(credentials: Pick<Credentials, "accessKeyId">): string | undefined;
  /** Removes the credentials from the cache. @returns false if they are not from the cache. */
  drop(credentials: Pick<Credentials, "accessKeyId">): boolean;
}

export function recordUsedSessions(cache: Cache): UsedSessions {
  /** The cache keys, by access key ID. */
  const keys = new Map<string, string>();
  return {
    cache: {
      ...cache,
      read(key) {
        const entry = cache.read(key);
        if (entry !== undefined) keys.set(entry.credentials.accessKeyId, key);
        return entry;
      },
      async getOrCreate(key, what, create) {
        let isNew = false;
        const entry = await cache.getOrCreate(key, what, () => {
          isNew = true;
          return create();
        });
        if (!isNew) keys.set(entry.credentials.accessKeyId, key);
        return entry;
      },
    },
    fileOf({ accessKeyId }) {
      const key = keys.get(accessKeyId);
      return key === undefined ? undefined : cache.inspect(key)?.file;
    },
    drop({ accessKeyId }) {
      const key = keys.get(accessKeyId);
      if (key === undefined) return false;
      keys.delete(accessKeyId);
      cache.drop(key, accessKeyId);
      return true;
    },
  };
}
