/** Refreshes the credentials that this process serves. */
import { type Refresher, SYSTEM_TIMER, startRefresher } from "../serve/refresher.ts";
import type { CommandOptions } from "./args/options.ts";
import type { Context } from "./context.ts";
import { type FoundCredentials, findCredentials } from "./find_credentials.ts";
import { nonInteractiveContext } from "./non_interactive.ts";
import { describeError } from "./unexpected_error.ts";

/**
 * Starts to refresh the credentials.
 *
 * @param found the first credentials. A profile that the user picked for them is kept, without another prompt.
 */
export function refreshInProcess(
  { credentials, picked }: FoundCredentials,
  options: CommandOptions,
  context: Context,
): Refresher {
  const stopped = new AbortController();
  const refreshContext = nonInteractiveContext(context, stopped.signal);
  const { now, trace, warn } = refreshContext.effects;
  const refresher = startRefresher(credentials, {
    ...SYSTEM_TIMER,
    now,
    trace,
    warn,
    async refresh(minTtl) {
      const found = await findCredentials(options, refreshContext, { region: false }, { minTtl, profile: picked });
      return found.credentials;
    },
    describeError,
  });
  return {
    now: refresher.now,
    stop() {
      refresher.stop();
      stopped.abort();
    },
  };
}
