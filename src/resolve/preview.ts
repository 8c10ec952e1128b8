/** What carrying a plan out would come to, told from the cache alone: nobody is asked, and nothing is run. */
import type { Cache } from "../cache/cache.ts";
import { mfaSessionCacheKey } from "../cache/key.ts";
import { roleStepKey, ssoStepKey, webIdentityStepKey } from "../cache/step_key.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import type { AssumeRoleStep, MfaSessionStep, Plan, SourceStep } from "../plan/plan.ts";
import { loginCommand, ssoLoginCommand } from "../plan/sources/login_command.ts";
import { environmentCredentials } from "../sources/environment.ts";
import { inspectLogin } from "../sources/login.ts";
import { inspectSsoToken } from "../sources/sso.ts";
import { staticCredentials } from "../sources/static.ts";
import type { TokenState } from "../sources/token_refresh.ts";
import { type MfaCodeSource, type MfaOptions, mfaCodeSource } from "../sts/mfa.ts";
import { nearestCached, rejectTemporaryKeys } from "./resolve.ts";

export interface Preview {
  readonly source: SourcePreview;
  readonly mfaSession: StepPreview | undefined;
  /** As many as the plan has, in its order. */
  readonly roles: readonly StepPreview[];
}

export interface SourcePreview extends StepPreview {
  /** What a login has left: for SSO and `aws login`. */
  readonly token: TokenPreview | undefined;
}

export interface TokenPreview extends TokenState {
  /** What the person runs to have a new one. */
  readonly command: string;
}

export interface StepPreview {
  /** False where a role after it is cached: nobody looks here then. */
  readonly isNeeded: boolean;
  /** Undefined for what is never cached, or whose key only its caller's credentials tell. */
  readonly cache: CachePreview | undefined;
  /** Who yields the MFA code; undefined where none is asked for. */
  readonly mfa: MfaCodeSource | undefined;
}

export interface CachePreview {
  /** `ends-soon`: it is there, and lives, but not for as long as it has to. `off`: the cache is not used. */
  readonly state: "hit" | "miss" | "expired" | "ends-soon" | "off";
  readonly key: string;
  readonly file: string | undefined;
  readonly until: Date | undefined;
}

export interface PreviewDependencies {
  readonly config: SharedConfig;
  readonly cache: Cache;
  readonly effects: Effects;
  readonly mfa: MfaOptions;
}

/**
 * @throws RolecallError for what is known to fail without asking anybody: an MFA session of keys that are temporary, or
 * that have expired in the environment.
 */
export function preview(plan: Plan, needs: PreviewDependencies): Preview {
  const keys = plan.roles.map(roleStepKey);
  const cached = nearestCached(keys, needs.cache).index;
  const questions = mfaQuestions(needs.mfa);
  const beforeRoles = cached === -1;
  const look = (key: string) => lookInCache(key, needs);
  return {
    source: {
      isNeeded: beforeRoles,
      cache: sourceCache(plan.source, look),
      token: sourceToken(plan.source, needs.effects),
      mfa: undefined,
    },
    mfaSession:
      plan.mfaSession && mfaSession(plan.mfaSession, beforeRoles, knownCaller(plan.source, needs), look, questions),
    roles: plan.roles.map((step, index) => ({
      isNeeded: index >= cached,
      cache: look(keys[index] ?? ""),
      mfa: index > cached && plan.mfaSession === undefined ? questions(step) : undefined,
    })),
  };
}

/** Answers one question after the other: a code that was given is good for the first only. */
function mfaQuestions(
  options: MfaOptions,
): (step: Pick<AssumeRoleStep, "mfaSerial" | "mfaProcess">) => MfaCodeSource | undefined {
  let given = options.given;
  return ({ mfaSerial, mfaProcess }) => {
    if (mfaSerial === undefined) return undefined;
    const answerer = mfaCodeSource({ ...options, given }, mfaProcess);
    given = undefined;
    return answerer;
  };
}

function mfaSession(
  { serial, mfaProcess, from }: MfaSessionStep,
  isNeeded: boolean,
  caller: Credentials | undefined,
  look: (key: string) => CachePreview,
  questions: ReturnType<typeof mfaQuestions>,
): StepPreview {
  if (caller !== undefined) rejectTemporaryKeys(caller, from);
  const cache = caller && look(mfaSessionCacheKey(caller.accessKeyId, serial.value));
  const asks = isNeeded && cache?.state !== "hit";
  return { isNeeded, cache, mfa: asks ? questions({ mfaSerial: serial, mfaProcess }) : undefined };
}

/** The source's credentials, where they can be had without asking anybody. They go no further than this file. */
function knownCaller(source: SourceStep, { config, effects }: PreviewDependencies): Credentials | undefined {
  switch (source.kind) {
    case "static":
      return staticCredentials(source, config);
    case "environment":
      return environmentCredentials(effects.environment, effects.now());
    default:
      return undefined;
  }
}

function sourceCache(source: SourceStep, look: (key: string) => CachePreview): CachePreview | undefined {
  switch (source.kind) {
    case "web-identity":
      return look(webIdentityStepKey(source));
    case "sso":
      return look(ssoStepKey(source));
    default:
      return undefined;
  }
}

function sourceToken(source: SourceStep, effects: Effects): TokenPreview | undefined {
  switch (source.kind) {
    case "sso":
      return { ...inspectSsoToken(source, effects), command: ssoLoginCommand(source) };
    case "login":
      return { ...inspectLogin(source, effects), command: loginCommand(source) };
    default:
      return undefined;
  }
}

function lookInCache(key: string, { cache, effects }: PreviewDependencies): CachePreview {
  const found = cache.inspect(key);
  if (found === undefined) return { state: "off", key, file: undefined, until: undefined };
  const until = found.entry?.credentials.expiration;
  const state =
    until === undefined ? "miss" : found.isUsable ? "hit" : until <= effects.now() ? "expired" : "ends-soon";
  return { state, key, file: found.file, until };
}
