/** Makes the plan and carries it out, for every command that needs credentials. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { variable } from "../domain/environment.ts";
import { RolecallError, SIGN_IN_CODES } from "../domain/errors.ts";
import { ACTIVE_VARIABLE } from "../domain/option_table.ts";
import { describeOrigin, type Sourced, shortOrigin } from "../domain/origin.ts";
import { ignoredLookalikes } from "../plan/ignored.ts";
import type { Planned } from "../plan/make_plan.ts";
import type { Plan } from "../plan/plan.ts";
import { requireHostLabel } from "../plan/scope.ts";
import { type FirstRequest, type Resolution, resolve } from "../resolve/resolve.ts";
import { mfaCodes } from "../sts/mfa.ts";
import { formatDuration } from "../text/duration.ts";
import type { CommandOptions } from "./args/options.ts";
import type { Context } from "./context.ts";
import { type PreparedPlan, preparePlan, type RefreshRequest } from "./prepare_plan.ts";

export interface FoundCredentials extends Planned, Resolution, Pick<PreparedPlan, "picked" | "config"> {
  /** The minimum remaining lifetime of cached credentials, in seconds. */
  readonly minTtl: number;
}

export interface FindOptions {
  /** Whether the command needs a region of its own, beyond the one for STS. */
  readonly region: boolean;
  /** Makes the command's first request. If AWS rejects a cached session there, it is replaced, and called again. */
  readonly firstRequest?: FirstRequest;
  /** Whether that request is to STS, so that it can be prepared. */
  readonly callsSts?: boolean;
  /** Whether a server asks, which does not offer a person to sign in. */
  readonly isServer?: boolean;
}

/**
 * Makes the plan and carries it out.
 *
 * @param refresh as for `preparePlan`.
 * @throws RolecallError for errors in options, files and profiles, and errors of sources and STS.
 */
export async function findCredentials(
  options: CommandOptions,
  context: Context,
  findOptions: FindOptions,
  refresh?: RefreshRequest,
): Promise<FoundCredentials> {
  return await resolvePlan(await preparePlan(options, context, { refresh }), context, findOptions);
}

/**
 * Carries a plan out. For commands that look at the plan first.
 *
 * @throws RolecallError for errors of sources and STS.
 */
export async function resolvePlan(
  prepared: PreparedPlan,
  context: Context,
  findOptions: FindOptions,
): Promise<FoundCredentials> {
  const { plan, scope, picked, config, cache, minTtl, mfa } = prepared;
  const effects = mfa.canPrompt ? context.effects : withoutPrompts(context.effects);
  // Before any prompt, and only if the region is used: as in the AWS CLI.
  if (findOptions.region && plan.region !== undefined) requireHostLabel(plan.region);
  tracePlan(prepared, effects.trace);
  if (!prepared.isRefresh) warnIfOuterExecOverrides(prepared, effects);
  if (findOptions.region && plan.region === undefined) warnAboutLookalikes(prepared, effects.warn);
  // Standard error is shown, because the program may prompt there, such as for a touch of a security key.
  const run = (argv: readonly string[]) => effects.run(argv, {}, "inherited");
  const mfaCode = mfaCodes({ ...mfa, run, prompt: effects.readSecret });
  const { region: wantsRegion, callsSts, firstRequest } = findOptions;
  const attempt = async (current: Plan) => ({
    plan: current,
    ...(await resolve(current, { config, effects, cache, mfaCode, wantsRegion, callsSts }, firstRequest)),
  });
  const resolved = await attempt(plan).catch(async (error: unknown) => {
    if (findOptions.isServer || !mfa.canPrompt || !needsSignIn(error)) throw error;
    const { offerSignIn } = await import("./offer_sign_in.ts");
    return await attempt(await offerSignIn(error, prepared, context));
  });
  if (!prepared.isRefresh) warnIfShort(resolved.credentials, minTtl, effects);
  return { scope, picked, ...resolved, config, minTtl: minTtl.value };
}

/** The programs that run, such as a credential_process that is rolecall itself, must not prompt either. */
function withoutPrompts(effects: Effects): Effects {
  return {
    ...effects,
    run: (argv, extra, ...rest) => effects.run(argv, { ...extra, ROLECALL_NO_INPUT: "1" }, ...rest),
  };
}

/** Whether a sign-in gets credentials. It needs the network, too, so it does not help after a temporary error. */
function needsSignIn(error: unknown): error is RolecallError {
  return error instanceof RolecallError && SIGN_IN_CODES.has(error.code) && !error.isTemporary;
}

/** A session that is requested for exactly the minimum is a little older once it arrives. */
const SLACK_SECONDS = 60;

/** New credentials cannot last longer than their source allows. They are used anyway, with a warning. */
function warnIfShort({ expiration }: Credentials, minTtl: Sourced<number>, { now, warn }: Effects): void {
  if (expiration === undefined || "default" in minTtl.from) return;
  const ttl = (expiration.getTime() - now().getTime()) / 1000;
  if (ttl >= minTtl.value - SLACK_SECONDS) return;
  const [left, required] = [ttl, minTtl.value].map(formatDuration);
  warn(
    `the credentials expire in ${left}, sooner than the minimum of ${required} (${shortOrigin(minTtl.from)}): ` +
      "their source cannot provide a longer lifetime",
  );
}

/**
 * Inside `exec`, the credentials that the outer one passes on come before a profile that has none, and keys also before
 * `AWS_PROFILE`, as in the AWS CLI. Without a warning, COMMAND would run as another identity than the profile's.
 */
function warnIfOuterExecOverrides({ plan, scope }: Planned, { environment, warn }: Effects): void {
  const outer = variable(environment, ACTIVE_VARIABLE);
  const { value: name, from } = scope.profileName;
  const isUsed = plan.roles.some(({ profile }) => profile === name);
  if (outer === undefined || outer === name || "default" in from || isUsed || !isFromVariable(plan)) return;
  warn(
    `the credentials are not those of the profile "${name}" (${shortOrigin(from)}), but those that the outer exec of ` +
      `"${outer}" set (${shortOrigin(plan.source.from)})`,
  );
}

function tracePlan({ plan, scope }: Planned, trace: (line: string) => void): void {
  trace(`profile ${scope.profileName.value} (${describeOrigin(scope.profileName.from)})`);
  trace(`source ${plan.source.kind} (${describeOrigin(plan.source.from)})${inheritedNote(plan)}`);
  for (const role of plan.roles) trace(`role ${role.roleArn.value} (${describeOrigin(role.from)})`);
  trace(
    plan.sts.regionFromInstance
      ? "region of the instance, if its metadata has one"
      : plan.region === undefined
        ? `region ${plan.sts.region.value} for STS (${describeOrigin(plan.sts.region.from)})`
        : `region ${plan.region.value} (${describeOrigin(plan.region.from)})`,
  );
}

/** The region was probably expected from one of these. */
function warnAboutLookalikes({ scope }: Planned, warn: (line: string) => void): void {
  for (const { what, from, why } of ignoredLookalikes(scope)) {
    warn(`no region is set, and ${what} (${describeOrigin(from)}) is ignored: ${why}`);
  }
}

/** Variables come from the parent process: inside another `exec`, they are the ones that it set. */
function inheritedNote(plan: Planned["plan"]): string {
  return isFromVariable(plan) ? ", set by the parent process, such as an outer exec" : "";
}

function isFromVariable({ source }: Planned["plan"]): boolean {
  return (source.kind === "environment" || source.kind === "container") && "variable" in source.from;
}
