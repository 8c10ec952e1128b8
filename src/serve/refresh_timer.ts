/** The world's side of `keepFresh`. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { type Fresh, type FreshNeeds, keepFresh } from "./refresher.ts";

/**
 * @param first the credentials to begin with.
 * @param renew and `explain`: as in `FreshNeeds`.
 */
export function renewing(
  first: Credentials,
  effects: Pick<Effects, "now" | "trace" | "warn">,
  { renew, explain }: Pick<FreshNeeds, "renew" | "explain">,
): Fresh {
  return keepFresh(first, {
    renew,
    explain,
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
