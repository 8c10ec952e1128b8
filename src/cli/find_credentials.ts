/** What every command that needs credentials does first: make the plan, and carry it out. */
import type { SharedConfig } from "../config/shared_config.ts";
import { describeOrigin } from "../origin.ts";
import type { Planned } from "../plan/make_plan.ts";
import { type Resolution, resolve } from "../resolve.ts";
import { mfaCodes } from "../sts/mfa.ts";
import type { CommandOptions } from "./options.ts";
import { prepare, type Unattended } from "./prepare.ts";
import type { World } from "./world.ts";

export interface Found extends Planned, Resolution {
  readonly config: SharedConfig;
  /** Seconds that cached credentials need to live. */
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
  const { plan, scope, config, cache, minTtl, mfa } = await prepare(options, world, unattended);
  tracePlan({ plan, scope }, world);
  // A program may ask the person for something itself: a touch, a word.
  const run = (words: readonly string[]) => effects.run(words, {}, "shown");
  const mfaCode = mfaCodes({ ...mfa, run, ask: effects.askSecret });
  const resolution = await resolve(plan, { config, effects, cache, mfaCode, wantsRegion });
  return { plan, scope, ...resolution, config, minTtl: minTtl.value };
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
