/**
 * One flight across processes. A lock is a file beside what it guards, made by linking a whole file into place, so that
 * it is never seen half-written. It says who holds it; a holder that is gone blocks nobody.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";

export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as the system counts; tells a process from a later one with its id. */
  readonly started: string | undefined;
  /** What it does, for whoever waits. */
  readonly what: string;
}

export interface LockNeeds {
  /** What is done under the lock. */
  readonly what: string;
  /** Milliseconds to wait for a living holder. */
  readonly deadlineMs: number;
  /** @param ms milliseconds. */
  sleep(ms: number): Promise<void>;
  now(): Date;
  /** Called once, after a second of waiting. */
  waiting(holder: Holder): void;
}

const PATIENCE_BEFORE_WORD_MS = 1000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 200;

/**
 * Waits for the lock.
 *
 * @returns a function that gives it back; undefined where there can be none (a read-only folder, a file system without
 * links), or when the deadline has passed: the caller goes on without one.
 */
export async function acquireLock(path: string, needs: LockNeeds): Promise<(() => void) | undefined> {
  const own: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid), what: needs.what };
  const begun = needs.now().getTime();
  let pause = FIRST_PAUSE_MS;
  let told = false;
  for (;;) {
    const taken = tryToTake(path, JSON.stringify(own));
    if (taken === "impossible") return undefined;
    if (taken === "taken") return () => rmSync(path, { force: true });
    const seen = read(path);
    if (seen === "gone") continue;
    // Somebody else's file: nobody can tell who holds it.
    if (seen === "unreadable") return undefined;
    const holder = parseHolder(seen.text);
    if (holder === undefined || isGone(holder)) {
      remove(path, seen.text);
      continue;
    }
    const waited = needs.now().getTime() - begun;
    if (waited >= needs.deadlineMs) return undefined;
    if (waited >= PATIENCE_BEFORE_WORD_MS && !told) {
      told = true;
      needs.waiting(holder);
    }
    await needs.sleep(pause * (0.5 + Math.random()));
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
  }
}

function tryToTake(path: string, text: string): "taken" | "held" | "impossible" {
  const whole = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    writeFileSync(whole, text, { mode: 0o600, flag: "wx" });
    linkSync(whole, path);
    return "taken";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EEXIST" ? "held" : "impossible";
  } finally {
    rmSync(whole, { force: true });
  }
}

/** Takes away the lock of a holder that is gone, if it is still that one's: another may have been quicker. */
function remove(path: string, seen: string): void {
  const aside = `${path}.${process.pid}.gone`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (typeof moved === "string" || moved.text !== seen) {
    try {
      linkSync(aside, path);
    } catch {
      // Somebody has the lock by now; the one whose lock this was shares the flight, which costs one call at most.
    }
  }
  rmSync(aside, { force: true });
}

function read(path: string): { readonly text: string } | "gone" | "unreadable" {
  try {
    return { text: readFileSync(path, "utf8") };
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? "gone" : "unreadable";
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, started, what }: Partial<Holder> = JSON.parse(text);
    if (typeof pid !== "number" || typeof host !== "string" || typeof what !== "string") return undefined;
    return { pid, host, started, what };
  } catch {
    return undefined;
  }
}

/** Whether the process has ended. Of one on another machine nobody can tell: it counts as alive until the deadline. */
function isGone({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
  return started !== undefined && startOf(pid) !== started;
}

/** Field 22 of /proc/PID/stat, after the name, which may hold anything; undefined where there is no such file. */
function startOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return typeof stat === "string" ? undefined : stat.text.slice(stat.text.lastIndexOf(")") + 2).split(" ")[19];
}
