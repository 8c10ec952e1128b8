/** The world's side of `startRefresher`. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { type Refresher, type RefresherDependencies, startRefresher } from "./refresher.ts";

/**
 * @param first the credentials to begin with.
 * @param renew and `explain`: as in `RefresherDependencies`.
 */
export function refresherWithTimer(
  first: Credentials,
  effects: Pick<Effects, "now" | "trace" | "warn">,
  { refresh, describeError }: Pick<RefresherDependencies, "refresh" | "describeError">,
): Refresher {
  return startRefresher(first, {
    refresh,
    describeError,
    now: effects.now,
    random: Math.random,
    later: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    trace: effects.trace,
    warn: effects.warn,
  });
}
