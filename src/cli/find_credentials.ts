/** What every command that needs credentials does first: read the files, make the plan, carry it out. */
import { cacheFolder, NO_CACHE, openCache, USUAL_MIN_TTL } from "../cache/cache.ts";
import type { Settings } from "../config/settings.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import { parseDuration } from "../duration.ts";
import { RolecallError } from "../errors.ts";
import { describeOrigin, type Sourced } from "../origin.ts";
import { makePlan, type Planned } from "../plan/make_plan.ts";
import { withSettingsRole } from "../plan/settings_role.ts";
import { type Resolution, resolve } from "../resolve.ts";
import { mfaCodes } from "../sts/mfa.ts";
import { type CommandOptions, credentialOptions } from "./options.ts";
import type { World } from "./world.ts";

export interface Found extends Planned, Resolution {}

/** A plan, and what it takes to carry it out. */
export interface Prepared extends Planned {
  readonly config: SharedConfig;
  readonly settings: Settings | undefined;
}

/**
 * Reads the files and makes the plan; asks nobody but, with `--pick`, the person for the profile.
 *
 * @throws RolecallError whatever there is to say about options, files and profile.
 */
export async function planCredentials(options: CommandOptions, world: World): Promise<Prepared> {
  const { effects } = world;
  const config: SharedConfig = world.readConfig();
  const settings = await world.readSettings(options.text("settings"));
  const picked = options.switch("pick") ? await (await import("./pick.ts")).pickProfile(options, config, effects) : {};
  const given = { ...credentialOptions(options, effects.readFile), ...picked };
  const role = options.text("role");
  const planned = makePlan({
    options: role === undefined ? given : withSettingsRole(given, role, settings),
    environment: effects.environment,
    config,
    settings,
  });
  tracePlan(planned, world);
  return { ...planned, config, settings };
}

/**
 * @param wantsRegion whether the region matters beyond the roles.
 * @throws RolecallError whatever there is to say about sources or STS.
 */
export async function carryOut(
  { plan, scope, config, settings }: Prepared,
  options: CommandOptions,
  world: World,
  wantsRegion: boolean,
): Promise<Found> {
  const { effects } = world;
  const minTtl = minimumLife(options.text("min-ttl")) ?? settings?.minTtl?.value ?? USUAL_MIN_TTL;
  const cache = options.switch("no-cache") ? NO_CACHE : openCache(cacheFolder(effects.home), minTtl, effects);
  const mfaCode = mfaCodes({
    given: options.text("mfa-code"),
    run: (words) => effects.run(words, {}),
    mayAsk: !options.switch("no-input"),
    ask: effects.askSecret,
  });
  return { plan, scope, ...(await resolve(plan, { config, effects, cache, mfaCode, wantsRegion })) };
}

/** Both in one: as `planCredentials` and `carryOut`. */
export async function findCredentials(options: CommandOptions, world: World, wantsRegion: boolean): Promise<Found> {
  return await carryOut(await planCredentials(options, world), options, world, wantsRegion);
}

/** Seconds that a cached session has to live. */
function minimumLife(option: Sourced<string> | undefined): number | undefined {
  if (option === undefined) return undefined;
  const seconds = parseDuration(option.value);
  if (seconds !== undefined) return seconds;
  throw new RolecallError("invalid-option", `"${option.value}" is no duration`, {
    at: option.from,
    help: ["it is written like 900, 15m or 1h"],
  });
}

function tracePlan({ plan, scope }: Planned, world: World): void {
  const { trace } = world.effects;
  trace(`profile ${scope.profileName.value} (${describeOrigin(scope.profileName.from)})`);
  trace(`source ${plan.source.kind} (${describeOrigin(plan.source.from)})`);
  for (const role of plan.roles) trace(`role ${role.roleArn.value} (${describeOrigin(role.from)})`);
  trace(
    plan.region === undefined
      ? `region ${plan.sts.region.value} for STS (${describeOrigin(plan.sts.region.from)})`
      : `region ${plan.region.value} (${describeOrigin(plan.region.from)})`,
  );
}
