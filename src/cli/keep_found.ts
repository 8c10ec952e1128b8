/** Credentials that are served by this very process: found anew ahead of their end. */
import type { Fresh } from "../serve/fresh.ts";
import { renewing } from "../serve/renewing.ts";
import { explainFailure } from "./failure.ts";
import { type Found, findCredentials } from "./find_credentials.ts";
import type { CommandOptions } from "./options.ts";
import type { World } from "./world.ts";

/** @param found the credentials to begin with; who picked their profile is not asked again. */
export function keepFound({ credentials, picked }: Found, options: CommandOptions, world: World): Fresh {
  return renewing(credentials, world.effects, {
    async renew(minTtl) {
      const unattended = { minTtl, profile: picked };
      const found = await findCredentials(options, unseen(world), { region: false }, unattended);
      return found.credentials;
    },
    explain: explainFailure,
  });
}

/** The same world, where nobody sees what is waited for: by now the terminal may be someone else's. */
function unseen(world: World): World {
  return { ...world, effects: { ...world.effects, waitingFor: () => () => {} } };
}
