/**
 * Lets one process make a call while the others that need its result wait for it: a lock beside the file of the result.
 */
import { hostname } from "node:os";
import type { Effects } from "../domain/effects.ts";
import { acquireLock, type Holder, STOPPED_DEADLINE_MS } from "./lock.ts";

export interface Flight {
  /** The lock file. Its folder must exist. */
  readonly lockFile: string;
  /** The call, for the message that is shown while a process waits. */
  readonly what: string;
  /** How long to wait for the process that makes the call. */
  readonly deadlineMs: number;
}

/**
 * Waits until no other process makes the same call.
 *
 * @returns a function that ends the flight; undefined if there is no lock, or if the deadline has passed. The caller
 *   then makes the call itself.
 */
export async function joinFlight(
  { lockFile, what, deadlineMs }: Flight,
  effects: Effects,
): Promise<(() => void) | undefined> {
  return await acquireLock(lockFile, {
    deadlineMs,
    tryLock: effects.tryLock,
    sleep: effects.sleep,
    now: effects.now,
    trace: effects.trace,
    warn: effects.warn,
    onWait: (holder) => effects.warn(`waiting for ${describeHolder(holder)} to finish the same call: ${what}`),
    onStopped: ({ pid }) =>
      effects.warn(
        `waiting up to ${STOPPED_DEADLINE_MS / 1000} s for process ${pid} to finish the same call: ${what}; the process is stopped (resume it with: kill -CONT ${pid})`,
      ),
  });
}

/** A process id is valid only on its own machine or in its own container, so another host is named, too. */
function describeHolder(holder: Holder | undefined): string {
  if (holder === undefined) return "another process";
  return `process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`}`;
}
