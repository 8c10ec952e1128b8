/** Watching a process that is not our child. */
import { readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "../../text/system_error.ts";
import { readIfExists } from "../read_if_exists.ts";

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system counts: tells it from a later process with its id. It outlasts `execve`. */
  readonly started: string | undefined;
}

/** Milliseconds between two looks. */
const LOOK_AGAIN_MS = 400;

/** A process that runs now, for telling later whether it still does. */
export function identify(pid: number): ProcessIdentity {
  return { pid, started: readStat(pid)?.started };
}

/** @returns when the process has ended, less than half a second later. */
export async function waitForExit(process: ProcessIdentity): Promise<void> {
  while (!hasExited(process)) await sleep(LOOK_AGAIN_MS);
}

/** A process that nobody has waited for yet (a zombie) has ended, too. */
export function hasExited({ pid, started }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  if (stat === undefined) return isGone(pid);
  if (started !== undefined && stat.started !== started) return true;
  // The first thread of a process may end before the others.
  return "ZX".includes(stat.state) && stat.threads <= 1;
}

/** For systems without a /proc that knows our processes, and for processes that may not be looked at. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemErrorCode(error) === "ESRCH";
  }
}

/** proc_pid_stat(5): fields 3, 20 and 22, counted after the name, which may hold anything. */
function readStat(pid: number): { state: string; threads: number; started: string } | undefined {
  if (!knowsOurIds()) return undefined;
  const text = readIfExists(`/proc/${pid}/stat`)?.toString("utf8");
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, threads, started] = [fields[0], fields[17], fields[19]];
  if (state === undefined || threads === undefined || started === undefined) return undefined;
  return { state, threads: Number(threads), started };
}

/** In a PID namespace of its own (`unshare --pid`) a process still sees the /proc of outside, where ids are others. */
function knowsOurIds(): boolean {
  try {
    return readlinkSync("/proc/self") === String(process.pid);
  } catch {
    return false;
  }
}
