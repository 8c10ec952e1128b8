/** The world of a renewal: nobody looks on, and nobody would end what hangs. */
import type { Context } from "./context.ts";

/** A program that hangs must not be the end of all renewals. */
const LONGEST_RENEWAL_MS = 5 * 60 * 1000;

/** @returns what ends a program that renewal runs: too long a time, or the end of the server. */
export function refreshTimeout(stopped: AbortSignal): AbortSignal {
  return AbortSignal.any([stopped, AbortSignal.timeout(LONGEST_RENEWAL_MS)]);
}

/** The same world, where programs have an end, and no progress is shown: by now the terminal may be someone else's. */
export function nonInteractiveContext(context: Context, stopped: AbortSignal): Context {
  const { run } = context.effects;
  return {
    ...context,
    effects: {
      ...context.effects,
      showProgress: () => () => {},
      run: (words, extra, stderr) => run(words, extra, stderr, refreshTimeout(stopped)),
    },
  };
}
