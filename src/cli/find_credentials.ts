/** What every command that needs credentials does first: read the files, make the plan, carry it out. */
import { join } from "node:path";
import { NO_CACHE, openCache, USUAL_MIN_TTL } from "../cache/cache.ts";
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

export interface Found extends Planned, Resolution {
  readonly config: SharedConfig;
  /** Seconds that cached credentials need to live. */
  readonly minTtl: number;
}

/** A renewal by a server. */
export interface Unattended {
  /** Seconds that cached credentials need to live to be worth it. */
  readonly minTtl: number;
}

/**
 * @param wantsRegion whether the region matters beyond the roles.
 * @param unattended where nobody may be asked, and `--mfa-code` has been used: a code is good for one call.
 * @throws RolecallError whatever there is to say about files, profile, sources or STS.
 */
export async function findCredentials(
  options: CommandOptions,
  world: World,
  wantsRegion: boolean,
  unattended?: Unattended,
): Promise<Found> {
  const { effects } = world;
  const config: SharedConfig = world.readConfig();
  const settings = await world.readSettings(options.text("settings"));
  const given = credentialOptions(options, effects.readFile);
  const role = options.text("role");
  const planned = makePlan({
    options: role === undefined ? given : withSettingsRole(given, role, settings),
    environment: effects.environment,
    config,
    settings,
  });
  tracePlan(planned, world);
  const minTtl = minimumLife(options.text("min-ttl")) ?? settings?.minTtl?.value ?? USUAL_MIN_TTL;
  const cache = options.switch("no-cache")
    ? NO_CACHE
    : openCache(join(effects.home, ".aws", "cli", "cache"), Math.max(minTtl, unattended?.minTtl ?? 0), effects);
  const mfaCode = mfaCodes({
    given: unattended === undefined ? options.text("mfa-code") : undefined,
    // It may ask the person for something itself: a touch, a word.
    run: (words) => effects.run(words, {}, "shown"),
    mayAsk: unattended === undefined && !options.switch("no-input"),
    ask: effects.askSecret,
  });
  const resolution = await resolve(planned.plan, { config, effects, cache, mfaCode, wantsRegion });
  return { ...planned, ...resolution, config, minTtl };
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
  trace(`source ${plan.source.kind} (${describeOrigin(plan.source.from)})${setByOuterExec(plan)}`);
  for (const role of plan.roles) trace(`role ${role.roleArn.value} (${describeOrigin(role.from)})`);
  trace(
    plan.region === undefined
      ? `region ${plan.sts.region.value} for STS (${describeOrigin(plan.sts.region.from)})`
      : `region ${plan.region.value} (${describeOrigin(plan.region.from)})`,
  );
}

/** Inside another `exec` the credentials are those that the outer one has set, whoever that was. */
function setByOuterExec({ source }: Planned["plan"]): string {
  const set = source.kind === "environment" || source.kind === "container";
  return set && "variable" in source.from ? ", set by whoever started this: an outer exec, say" : "";
}
