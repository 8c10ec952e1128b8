/** What every command that needs credentials does first: make the plan, and carry it out. */
import { describeOrigin } from "../origin.ts";
import type { Planned } from "../plan/make_plan.ts";
import { type Resolution, resolve } from "../resolve.ts";
import { mfaCodes } from "../sts/mfa.ts";
import type { CommandOptions } from "./options.ts";
import { type Prepared, prepare, type Unattended } from "./prepare.ts";
import type { World } from "./world.ts";

export interface Found extends Planned, Resolution, Pick<Prepared, "picked" | "config"> {
  /** Seconds that cached credentials need to live. */
  readonly minTtl: number;
}

/**
 * Reads the files and makes the plan; asks nobody but, with `--pick`, the person for the profile.
 *
 * @throws RolecallError whatever there is to say about options, files and profile.
 */
export async function planCredentials(
  options: CommandOptions,
  world: World,
  unattended?: Unattended,
): Promise<Prepared> {
  const prepared = await prepare(options, world, unattended);
  tracePlan(prepared, world);
  return prepared;
}

/**
 * @param wantsRegion whether the region matters beyond the roles.
 * @throws RolecallError whatever there is to say about sources or STS.
 */
export async function carryOut(
  { plan, scope, picked, config, cache, minTtl, mfa }: Prepared,
  { effects }: World,
  wantsRegion: boolean,
): Promise<Found> {
  // A program may ask the person for something itself: a touch, a word.
  const run = (words: readonly string[]) => effects.run(words, {}, "shown");
  const mfaCode = mfaCodes({ ...mfa, run, ask: effects.askSecret });
  const resolution = await resolve(plan, { config, effects, cache, mfaCode, wantsRegion });
  return { plan, scope, picked, ...resolution, config, minTtl: minTtl.value };
}

/** Both in one: as `planCredentials` and `carryOut`. */
export async function findCredentials(
  options: CommandOptions,
  world: World,
  wantsRegion: boolean,
  unattended?: Unattended,
): Promise<Found> {
  return await carryOut(await planCredentials(options, world, unattended), world, wantsRegion);
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
