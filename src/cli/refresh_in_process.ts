/** Credentials that are served by this very process: found anew ahead of their end. */

import { renewing } from "../serve/refresh_timer.ts";
import type { Fresh } from "../serve/refresher.ts";
import type { CommandOptions } from "./args/options.ts";
import type { World } from "./context.ts";
import { type Found, findCredentials } from "./find_credentials.ts";
import { unattended } from "./non_interactive.ts";
import { explainFailure } from "./unexpected_error.ts";

/** @param found the credentials to begin with; who picked their profile is not asked again. */
export function keepFound({ credentials, picked }: Found, options: CommandOptions, world: World): Fresh {
  const end = new AbortController();
  const alone = unattended(world, end.signal);
  const fresh = renewing(credentials, alone.effects, {
    async renew(minTtl) {
      const found = await findCredentials(options, alone, { region: false }, { minTtl, profile: picked });
      return found.credentials;
    },
    explain: explainFailure,
  });
  return {
    now: fresh.now,
    stop() {
      fresh.stop();
      end.abort();
    },
  };
}
