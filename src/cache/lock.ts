/**
 * A lock between processes: a file next to the cache entry that it protects, locked by the kernel (`flock`). The kernel
 * releases the lock of a process that ends in any way, in any container, so a dead process never blocks the others. The
 * file names the holder, for the message of the processes that wait.
 */
import { lstatSync, readFileSync, unlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { LockedFile } from "../domain/effects.ts";
import { readRegularFile } from "../files/read_file.ts";
import { UnsafePathError } from "../files/unsafe_path_error.ts";
import { equalJitterDelay } from "../text/backoff.ts";
import { parseJsonObject } from "../text/json_object.ts";
import { systemErrorMessage } from "../text/system_error.ts";

export interface Holder {
  readonly pid: number;
  readonly host: string;
}

export interface LockOptions {
  /** Milliseconds to wait for the lock. */
  readonly deadlineMs: number;
  /** These five are as in `Effects`. */
  tryLock(path: string): Promise<LockedFile | undefined>;
  sleep(ms: number): Promise<void>;
  now(): Date;
  trace(line: string): void;
  warn(line: string): void;
  /**
   * Called once, after a second of waiting.
   *
   * @param holder undefined if the file does not name one.
   */
  onWait(holder: Holder | undefined): void;
  /** Called each time that the holder is found to be stopped, such as by Ctrl-Z. */
  onStopped(holder: Holder): void;
}

const REPORT_WAIT_AFTER_MS = 1000;

/** How long to wait for a holder that is stopped: not as long as for a running one, because it may never continue. */
export const STOPPED_DEADLINE_MS = 30_000;
const BACKOFF = { baseMs: 25, maxMs: 250 };

/**
 * Waits for the lock.
 *
 * @returns a function that releases the lock; undefined if the lock is unavailable (a read-only folder, a file system
 * without locks) or the deadline has passed. The caller then continues without the lock.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<(() => void) | undefined> {
  const start = options.now().getTime();
  let hasReported = false;
  let stoppedSince: number | undefined;
  for (let failures = 1; ; failures++) {
    const locked = await attempt(path, options);
    if (locked === "unavailable") return undefined;
    if (locked !== "held") {
      writeHolder(locked);
      return () => release(path, locked);
    }
    const now = options.now().getTime();
    const waitedMs = now - start;
    const holder = waitedMs >= REPORT_WAIT_AFTER_MS ? readHolder(path) : undefined;
    const isStopped = holder !== undefined && isStoppedProcess(holder);
    if (isStopped && stoppedSince === undefined) {
      stoppedSince = now;
      hasReported = true;
      options.onStopped(holder);
    }
    if (!isStopped) stoppedSince = undefined;
    if (waitedMs >= options.deadlineMs || (stoppedSince !== undefined && now - stoppedSince >= STOPPED_DEADLINE_MS)) {
      options.trace(`${path}: still locked after ${Math.round(waitedMs / 1000)} s; continuing without the lock`);
      return undefined;
    }
    if (waitedMs >= REPORT_WAIT_AFTER_MS && !hasReported) {
      hasReported = true;
      options.onWait(holder);
    }
    await options.sleep(equalJitterDelay(failures, BACKOFF, Math.random()));
  }
}

/** Whether the holder is stopped by a signal. False if that is unknown: on another host, or without `/proc`. */
function isStoppedProcess({ pid, host }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    // proc_pid_stat(5): the state follows the name in parentheses. T is stopped, t is stopped by a debugger.
    return /\) [Tt] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The options for a single attempt, without waiting. */
export type LockTry = Pick<LockOptions, "tryLock" | "trace" | "warn">;

/** Whether a process holds the lock, or the file was left behind. If that is unknown, the lock counts as held. */
export async function isHeld(path: string, options: LockTry): Promise<boolean> {
  const locked = await attempt(path, options);
  if (typeof locked === "string") return true;
  locked.close();
  return false;
}

/** Removes a lock file that no process holds. @returns false if a process may hold it. */
export async function removeLeftoverLock(path: string, options: LockTry): Promise<boolean> {
  const locked = await attempt(path, options);
  if (typeof locked === "string") return false;
  release(path, locked);
  return true;
}

/**
 * Tries to lock the file once. A holder deletes the file before it unlocks it, so the file that was just locked may no
 * longer be the one at this path: then the attempt is repeated.
 */
async function attempt(path: string, options: LockTry): Promise<LockedFile | "held" | "unavailable"> {
  for (;;) {
    try {
      const locked = await options.tryLock(path);
      if (locked === undefined) return "held";
      if (locked.inode === undefined || locked.inode === inodeOf(path)) return locked;
      locked.close();
    } catch (error) {
      if (error instanceof UnsafePathError) options.warn(`continuing without a lock: ${error.message}`);
      else options.trace(`${path}: cannot be locked (${systemErrorMessage(error)}); continuing without the lock`);
      return "unavailable";
    }
  }
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}

function release(path: string, locked: LockedFile): void {
  try {
    // Only the holder deletes the file, and only before it unlocks it.
    unlinkSync(path);
  } catch {
    // A file that is left behind does no harm.
  }
  locked.close();
}

function writeHolder(locked: LockedFile): void {
  try {
    locked.write(JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
  } catch {
    // If the disk is full, for example, the file does not name the holder.
  }
}

/** Far more than the longest host name needs. */
const MAX_HOLDER_BYTES = 4096;

/** @returns undefined if the file does not name a holder. */
export function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host } = parseJsonObject(readRegularFile(path, MAX_HOLDER_BYTES)) ?? {};
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}
