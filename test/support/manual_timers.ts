/** Timers that the test lets run out, in place of the clock: time limits that are neither waited for nor exceeded by chance. */
import { spyOn } from "bun:test";

export interface ManualTimers {
  /** Lets time pass: the timers that were started with at most this delay, in milliseconds, run out. */
  pass(ms: number): void;
  /** Restores the real timers. */
  restore(): void;
}

/** Replaces `setTimeout` and `clearTimeout` in this process. */
export function startManualTimers(): ManualTimers {
  const timers = new Map<object, { leftMs: number; readonly call: () => void }>();
  const setSpy = spyOn(globalThis, "setTimeout").mockImplementation(((
    call: (...args: unknown[]) => void,
    ms = 0,
    ...args: unknown[]
  ) => {
    // A server in this process sets a timer for its idle connections, with these methods.
    const timer = { ref: () => timer, unref: () => timer, refresh: () => timer };
    timers.set(timer, { leftMs: ms, call: () => call(...args) });
    return timer;
  }) as typeof setTimeout);
  const clearSpy = spyOn(globalThis, "clearTimeout").mockImplementation(((timer: object) => {
    timers.delete(timer);
  }) as typeof clearTimeout);
  return {
    pass(ms) {
      for (const [timer, pending] of timers) {
        pending.leftMs -= ms;
        if (pending.leftMs > 0) continue;
        timers.delete(timer);
        pending.call();
      }
    },
    restore() {
      setSpy.mockRestore();
      clearSpy.mockRestore();
    },
  };
}
