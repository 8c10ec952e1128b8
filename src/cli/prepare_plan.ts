/** Reads the files, makes the plan and opens the cache, for every command that chooses credentials. */
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
  /** The profile that the user chose with `--pick`. */
  readonly picked: Sourced<string> | undefined;
  readonly config: SharedConfig;
  readonly cache: Cache;
  /** The minimum remaining lifetime of a cached session, in seconds. */
  readonly minTtl: Sourced<number>;
  readonly mfa: MfaOptions;
  /** Whether a server refreshes its credentials. */
  readonly isRefresh: boolean;
}

/** A refresh by a server. It never prompts. */
export interface RefreshRequest {
  /** The minimum remaining lifetime of cached credentials, in seconds. */
  readonly minTtl: number;
  /** The profile that the user chose with `--pick` at the start. */
  readonly profile: Sourced<string> | undefined;
}

/**
 * Prepares the plan. It reads files only, and prompts only for `--pick`.
 *
 * @param request.refresh for a refresh: without prompts, and without `--mfa-code`, because a code is valid for one call
 *   only.
 * @param request.listsIgnored as in `PlanInputs` (default: false).
 * @throws RolecallError for errors in options, files and profiles.
 */
export async function preparePlan(
  options: CommandOptions,
  context: Context,
  {
    refresh,
    listsIgnored = false,
  }: { readonly refresh?: RefreshRequest | undefined; readonly listsIgnored?: boolean } = {},
): Promise<PreparedPlan> {
  const { effects } = context;
  const config = context.readConfig();
  const settings = await context.readSettings(options.text("settings"));
  const minTtl = parseMinTtl(options.text("min-ttl")) ?? settings?.minTtl ?? builtInDefault(DEFAULT_MIN_TTL);
  const picked = refresh === undefined ? await pickedProfile(options, config, context) : refresh.profile;
  const typedOptions = credentialOptions(options, effects.readFile);
  const given = picked === undefined ? typedOptions : { ...typedOptions, profile: picked };
  const role = options.text("role");
  const planned = makePlan({
    options: role === undefined ? given : withSettingsRole(given, role, settings),
    environment: effects.environment,
    config,
    settings,
    listsIgnored,
  });
  const cache = options.switch("no-cache")
    ? NO_CACHE
    : openCache(cacheFolder(effects.home), Math.max(minTtl.value, refresh?.minTtl ?? 0), effects);
  const mfa = {
    given: refresh === undefined ? options.text("mfa-code") : undefined,
    canPrompt: refresh === undefined && !options.switch("no-input"),
  };
  return { ...planned, picked, config, cache, minTtl, mfa, isRefresh: refresh !== undefined };
}

async function pickedProfile(options: CommandOptions, config: SharedConfig, { effects }: Context) {
  return options.switch("pick")
    ? await (await import("./commands/pick.ts")).pickProfile(options, config, effects)
    : undefined;
}

/** @throws RolecallError `invalid-option` for an invalid duration. */
function parseMinTtl(option: Sourced<string> | undefined): Sourced<number> | undefined {
  return option === undefined ? undefined : requireDuration(option);
}
