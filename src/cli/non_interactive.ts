/** The world of a renewal: nobody looks on, and nobody would end what hangs. */
import type { World } from "./context.ts";

/** A program that hangs must not be the end of all renewals. */
const LONGEST_RENEWAL_MS = 5 * 60 * 1000;

/** @returns what ends a program that renewal runs: too long a time, or the end of the server. */
export function endOfRenewal(stopped: AbortSignal): AbortSignal {
  return AbortSignal.any([stopped, AbortSignal.timeout(LONGEST_RENEWAL_MS)]);
}

/** The same world, where programs have an end, and no progress is shown: by now the terminal may be someone else's. */
export function unattended(world: World, stopped: AbortSignal): World {
  const { run } = world.effects;
  return {
    ...world,
    effects: {
      ...world.effects,
      waitingFor: () => () => {},
      run: (words, extra, stderr) => run(words, extra, stderr, endOfRenewal(stopped)),
    },
  };
}
