/** What every command that needs credentials does first: make the plan, and carry it out. */
import { describeOrigin } from "../domain/origin.ts";
import type { Planned } from "../plan/make_plan.ts";
import { type Resolution, resolve } from "../resolve/resolve.ts";
import { mfaCodes } from "../sts/mfa.ts";
import type { CommandOptions } from "./args/options.ts";
import type { Context } from "./context.ts";
import { type PreparedPlan, preparePlan, type RefreshRequest } from "./prepare_plan.ts";

export interface FoundCredentials extends Planned, Resolution, Pick<PreparedPlan, "picked" | "config"> {
  /** Seconds that cached credentials need to live. */
  readonly minTtl: number;
}

export interface Wanted {
  /** Whether the region matters beyond the roles. */
  readonly region: boolean;
}

/**
 * Makes the plan and carries it out.
 *
 * @param unattended as for `preparePlan`.
 * @throws RolecallError whatever there is to say about options, files, profile, sources or STS.
 */
export async function findCredentials(
  options: CommandOptions,
  context: Context,
  wanted: Wanted,
  unattended?: RefreshRequest,
): Promise<FoundCredentials> {
  return await resolvePlan(await preparePlan(options, context, unattended), context, wanted);
}

/**
 * The second half, for a command that has something to say about the plan before.
 *
 * @throws RolecallError whatever there is to say about sources or STS.
 */
export async function resolvePlan(
  prepared: PreparedPlan,
  { effects }: Context,
  wanted: Wanted,
): Promise<FoundCredentials> {
  const { plan, scope, picked, config, cache, minTtl, mfa } = prepared;
  tracePlan(prepared, effects.trace);
  // A program may ask the person for something itself: a touch, a word.
  const run = (words: readonly string[]) => effects.run(words, {}, "shown");
  const mfaCode = mfaCodes({ ...mfa, run, prompt: effects.readSecret });
  const resolution = await resolve(plan, { config, effects, cache, mfaCode, wantsRegion: wanted.region });
  return { plan, scope, picked, ...resolution, config, minTtl: minTtl.value };
}

function tracePlan({ plan, scope }: Planned, trace: (line: string) => void): void {
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
