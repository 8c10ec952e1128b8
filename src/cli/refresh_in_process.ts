/** Credentials that are served by this very process: found anew ahead of their end. */

import { type Refresher, SYSTEM_TIMER, startRefresher } from "../serve/refresher.ts";
import type { CommandOptions } from "./args/options.ts";
import type { Context } from "./context.ts";
import { type FoundCredentials, findCredentials } from "./find_credentials.ts";
import { nonInteractiveContext } from "./non_interactive.ts";
import { describeError } from "./unexpected_error.ts";

/** @param found the credentials to begin with; who picked their profile is not asked again. */
export function refreshInProcess(
  { credentials, picked }: FoundCredentials,
  options: CommandOptions,
  context: Context,
): Refresher {
  const end = new AbortController();
  const alone = nonInteractiveContext(context, end.signal);
  const { now, trace, warn } = alone.effects;
  const refresher = startRefresher(credentials, {
    ...SYSTEM_TIMER,
    now,
    trace,
    warn,
    async refresh(minTtl) {
      const found = await findCredentials(options, alone, { region: false }, { minTtl, profile: picked });
      return found.credentials;
    },
    describeError,
  });
  return {
    now: refresher.now,
    stop() {
      refresher.stop();
      end.abort();
    },
  };
}
