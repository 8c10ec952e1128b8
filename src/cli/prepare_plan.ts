/** What every command that chooses credentials begins with: read the files, make the plan, open the cache. */
import { type Cache, cacheFolder, DEFAULT_MIN_TTL, NO_CACHE, openCache } from "../cache/cache.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { Sourced } from "../domain/origin.ts";
import { makePlan, type Planned } from "../plan/make_plan.ts";
import { withSettingsRole } from "../plan/roles/settings_role.ts";
import { builtInDefault } from "../plan/scope.ts";
import type { MfaOptions } from "../sts/mfa.ts";
import { requireDuration } from "../text/duration.ts";
import { type CommandOptions, credentialOptions } from "./args/options.ts";
import type { Context } from "./context.ts";

export interface PreparedPlan extends Planned {
  /** What the person chose of the list of `--pick`. */
  readonly picked: Sourced<string> | undefined;
  readonly config: SharedConfig;
  readonly cache: Cache;
  /** Seconds that a cached session has to live. */
  readonly minTtl: Sourced<number>;
  readonly mfa: MfaOptions;
}

/** A renewal by a server. */
export interface RefreshRequest {
  /** Seconds that cached credentials need to live to be worth it. */
  readonly minTtl: number;
  /** What the person chose, where `--pick` had asked. */
  readonly profile: Sourced<string> | undefined;
}

/**
 * Asks nobody but, with `--pick`, the person for the profile: files are read, and that is all.
 *
 * @param unattended where nobody may be asked, and `--mfa-code` has been used: a code is good for one call.
 * @throws RolecallError whatever there is to say about options, files and profile.
 */
export async function preparePlan(
  options: CommandOptions,
  context: Context,
  unattended?: RefreshRequest,
): Promise<PreparedPlan> {
  const { effects } = context;
  const config = context.readConfig();
  const settings = await context.readSettings(options.text("settings"));
  const minTtl = minimumLife(options.text("min-ttl")) ?? settings?.minTtl ?? builtInDefault(DEFAULT_MIN_TTL);
  const picked = unattended === undefined ? await pickedProfile(options, config, context) : unattended.profile;
  const typed = credentialOptions(options, effects.readFile);
  const given = picked === undefined ? typed : { ...typed, profile: picked };
  const role = options.text("role");
  const planned = makePlan({
    options: role === undefined ? given : withSettingsRole(given, role, settings),
    environment: effects.environment,
    config,
    settings,
  });
  const cache = options.switch("no-cache")
    ? NO_CACHE
    : openCache(cacheFolder(effects.home), Math.max(minTtl.value, unattended?.minTtl ?? 0), effects);
  const mfa = {
    given: unattended === undefined ? options.text("mfa-code") : undefined,
    canPrompt: unattended === undefined && !options.switch("no-input"),
  };
  return { ...planned, picked, config, cache, minTtl, mfa };
}

async function pickedProfile(options: CommandOptions, config: SharedConfig, { effects }: Context) {
  return options.switch("pick")
    ? await (await import("./commands/pick.ts")).pickProfile(options, config, effects)
    : undefined;
}

function minimumLife(option: Sourced<string> | undefined): Sourced<number> | undefined {
  return option === undefined ? undefined : requireDuration(option);
}
