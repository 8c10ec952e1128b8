/** Creates a cache entry, in one process at a time, and writes it. */
import { basename, dirname } from "node:path";
import type { Effects } from "../domain/effects.ts";
import { openFolder } from "../files/open_folder.ts";
import { rulesBelowHome } from "../files/owner.ts";
import { replaceFile } from "../files/replace_file.ts";
import { UnsafePathError } from "../files/unsafe_path_error.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { type CacheEntry, formatEntry, parseEntry } from "./entry.ts";
import { type Flight, joinFlight } from "./single_flight.ts";

/**
 * As `Cache.getOrCreate`.
 *
 * @param file the entry's file.
 * @param read returns the entry if it is usable.
 */
export async function createOnce(
  file: string,
  flight: Flight,
  read: () => CacheEntry | undefined,
  create: () => Promise<CacheEntry>,
  effects: Effects,
): Promise<CacheEntry> {
  if (!createFolder(dirname(file), effects)) return await create();
  const release = await joinFlight(flight, effects);
  try {
    const cached = read();
    if (cached !== undefined) {
      effects.trace(`cache ${basename(file, ".json")}: created by another process`);
      return cached;
    }
    const entry = await create();
    write(file, entry, effects);
    return entry;
  } finally {
    release?.();
  }
}

/** @returns false if the cache cannot be used. */
function createFolder(folder: string, effects: Effects): boolean {
  try {
    openFolder(folder, { ...rulesBelowHome(effects.home), create: true }).close();
    return true;
  } catch (error) {
    reportUnwritable(folder, error, effects);
    return false;
  }
}

function write(path: string, entry: CacheEntry, effects: Effects): void {
  const text = formatEntry(entry);
  // An entry that could not be read back must not replace one that can.
  if (parseEntry(text) === undefined) return;
  try {
    replaceFile(path, text, effects.home);
  } catch (error) {
    reportUnwritable(path, error, effects);
  }
}

/** In a container the home folder is often read-only or does not exist, which is not worth a warning. */
function reportUnwritable(path: string, error: unknown, { trace, warn }: Effects): void {
  const reason = systemErrorMessage(error);
  if (error instanceof UnsafePathError) warn(`continuing without the cache: ${reason}`);
  else trace(`cache ${path}: cannot be written (${reason}); continuing without the cache`);
}
