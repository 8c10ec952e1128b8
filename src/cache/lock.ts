/**
 * One flight across processes. A lock is a file beside what it guards, locked by the kernel, so that a holder that ends
 * in any way at all, in any container, blocks nobody. It says who holds it, for whoever waits.
 */
import { chmodSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import type { LockedFile } from "../domain/effects.ts";
import { equalJitterDelay } from "../text/backoff.ts";
import { systemErrorMessage } from "../text/system_error.ts";

export interface Holder {
  readonly pid: number;
  readonly host: string;
}

export interface LockOptions {
  /** Milliseconds to wait for the holder. */
  readonly deadlineMs: number;
  /** As in `Effects`; so are the next three. */
  tryLock(path: string): Promise<LockedFile | undefined>;
  sleep(ms: number): Promise<void>;
  now(): Date;
  trace(line: string): void;
  /**
   * Called once, after a second of waiting.
   *
   * @param holder undefined where its name cannot be read.
   */
  waiting(holder: Holder | undefined): void;
}

const PATIENCE_BEFORE_WORD_MS = 1000;
const BACKOFF = { baseMs: 25, maxMs: 250 };

/**
 * Waits for the lock.
 *
 * @returns a function that gives it back; undefined where there can be none (a read-only folder, a file system without
 * locks), or when the deadline has passed: the caller goes on without one.
 */
export async function acquireLock(path: string, needs: LockOptions): Promise<(() => void) | undefined> {
  const begun = needs.now().getTime();
  let told = false;
  for (let failures = 1; ; failures++) {
    const locked = await attempt(path, needs);
    if (locked === "impossible") return undefined;
    if (locked !== "held") {
      writeHolder(path);
      return () => release(path, locked);
    }
    const waited = needs.now().getTime() - begun;
    if (waited >= needs.deadlineMs) {
      needs.trace(`${path}: still locked after ${Math.round(waited / 1000)} s; going on without`);
      return undefined;
    }
    if (waited >= PATIENCE_BEFORE_WORD_MS && !told) {
      told = true;
      needs.waiting(readHolder(path));
    }
    await needs.sleep(equalJitterDelay(failures, BACKOFF, Math.random()));
  }
}

/** What a lock needs that nobody waits for. */
export type LockTry = Pick<LockOptions, "tryLock" | "trace">;

/** Whether a process has the lock, rather than that one has left it behind. Where nobody can tell it counts as held. */
export async function isHeld(path: string, needs: LockTry): Promise<boolean> {
  const locked = await attempt(path, needs);
  if (typeof locked === "string") return true;
  locked.close();
  return false;
}

/** Removes a lock that nobody has. @returns false where somebody may have it. */
export async function removeLeftoverLock(path: string, needs: LockTry): Promise<boolean> {
  const locked = await attempt(path, needs);
  if (typeof locked === "string") return false;
  release(path, locked);
  return true;
}

/** A holder removes its file before it lets go: what was locked may be no more than a file without a name. */
async function attempt(path: string, needs: LockTry): Promise<LockedFile | "held" | "impossible"> {
  for (;;) {
    try {
      const locked = await needs.tryLock(path);
      if (locked === undefined) return "held";
      if (locked.inode === undefined || locked.inode === inodeOf(path)) return locked;
      locked.close();
    } catch (error) {
      needs.trace(`${path}: cannot be locked (${systemErrorMessage(error)}); going on without`);
      return "impossible";
    }
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function release(path: string, locked: LockedFile): void {
  try {
    // Only who has it locked removes it, and only while it is locked.
    unlinkSync(path);
  } catch {
    // A left-over file is in nobody's way.
  }
  locked.close();
}

function writeHolder(path: string): void {
  try {
    // A umask may take away what the others, who wait, need.
    chmodSync(path, 0o600);
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
  } catch {
    // A full disk: the lock holds, it only does not say for whom.
  }
}

/** @returns undefined where the file says nothing, or nothing whole. */
export function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host }: Partial<Holder> = JSON.parse(readFileSync(path, "utf8"));
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}
