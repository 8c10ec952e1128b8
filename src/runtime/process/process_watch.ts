/** Watches a process that is not a child of this one. */
import { readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "../../text/system_error.ts";
import { readIfExists } from "../read_if_exists.ts";

export interface ProcessIdentity {
  readonly pid: number;
  /**
   * The start time, in the system's own unit. It distinguishes the process from a later one with the same pid, and does
   * not change with `execve`. Undefined if the system has no /proc.
   */
  readonly started: string | undefined;
}

const POLL_MS = 400;

/**
 * Identifies a running process, to check later whether it still runs. The process that checks must call it: to a process
 * itself, the user-mode emulation of QEMU shows another start time than to others.
 */
export function identify(pid: number): ProcessIdentity {
  return { pid, started: readStat(pid)?.started };
}

/**
 * Resolves at most half a second after the process has ended.
 *
 * @param meanwhile called about twice a second until then.
 */
export async function waitForExit(process: ProcessIdentity, meanwhile?: () => Promise<void>): Promise<void> {
  while (!hasExited(process)) {
    await sleep(POLL_MS);
    await meanwhile?.();
  }
}

/** A zombie, which its parent has not waited for yet, has exited. */
export function hasExited({ pid, started }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  if (stat === undefined) return !exists(pid);
  if (started !== undefined && stat.started !== started) return true;
  // The first thread of a process may end before the others: the process then looks like a zombie.
  return "ZX".includes(stat.state) && stat.threads <= 1;
}

/** For systems without a usable /proc, and for processes that /proc hides. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) !== "ESRCH";
  }
}

/** proc_pid_stat(5): fields 3, 20 and 22. They are counted from the end of the name, which may contain anything. */
function readStat(pid: number): { state: string; threads: number; started: string } | undefined {
  if (!isProcOfOwnNamespace()) return undefined;
  const text = readIfExists(`/proc/${pid}/stat`)?.toString("utf8");
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, threads, started] = [fields[0], fields[17], fields[19]];
  if (state === undefined || threads === undefined || started === undefined) return undefined;
  return { state, threads: Number(threads), started };
}

/** In a new PID namespace (`unshare --pid`) the mounted /proc is still that of the parent namespace, with other pids. */
function isProcOfOwnNamespace(): boolean {
  try {
    return readlinkSync("/proc/self") === String(process.pid);
  } catch {
    return false;
  }
}
