/** What every command that needs credentials does first: make the plan, and carry it out. */
import { describeOrigin } from "../origin.ts";
import type { Planned } from "../plan/make_plan.ts";
import { type Resolution, resolve } from "../resolve.ts";
import { mfaCodes } from "../sts/mfa.ts";
import type { CommandOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import type { World } from "./world.ts";

export interface Found extends Planned, Resolution {}

/**
 * @param wantsRegion whether the region matters beyond the roles.
 * @throws RolecallError whatever there is to say about files, profile, sources or STS.
 */
export async function findCredentials(options: CommandOptions, world: World, wantsRegion: boolean): Promise<Found> {
  const { effects } = world;
  const { plan, scope, config, cache, mfa } = await prepare(options, world);
  tracePlan({ plan, scope }, world);
  const mfaCode = mfaCodes({ ...mfa, run: (words) => effects.run(words, {}), ask: effects.askSecret });
  return { plan, scope, ...(await resolve(plan, { config, effects, cache, mfaCode, wantsRegion })) };
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
