/** What carrying a plan out would come to, told from the cache alone: nobody is asked, and nothing is run. */
import type { Cache } from "../cache/cache.ts";
import { mfaSessionCacheKey } from "../cache/key.ts";
import { roleStepKey, ssoStepKey, webIdentityStepKey } from "../cache/step_key.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import type { AssumeRoleStep, MfaSessionStep, Plan, SourceStep } from "../plan/plan.ts";
import { loginCommand, ssoLoginCommand } from "../plan/sources/login_command.ts";
import type { TokenLook } from "../sources/cached_token.ts";
import { environmentCredentials } from "../sources/environment.ts";
import { lookAtLogin } from "../sources/login.ts";
import { lookAtSsoToken } from "../sources/sso.ts";
import { staticCredentials } from "../sources/static.ts";
import { type MfaAnswerer, type MfaOptions, mfaAnswerer } from "../sts/mfa.ts";
import { nearestCached, refuseTemporary } from "./resolve.ts";

export interface Forecast {
  readonly source: SourceForecast;
  readonly mfaSession: StepForecast | undefined;
  /** As many as the plan has, in its order. */
  readonly roles: readonly StepForecast[];
}

export interface SourceForecast extends StepForecast {
  /** What a login has left: for SSO and `aws login`. */
  readonly token: TokenForecast | undefined;
}

export interface TokenForecast extends TokenLook {
  /** What the person runs to have a new one. */
  readonly command: string;
}

export interface StepForecast {
  /** False where a role after it is cached: nobody looks here then. */
  readonly isNeeded: boolean;
  /** Undefined for what is never cached, or whose key only its caller's credentials tell. */
  readonly cache: CacheForecast | undefined;
  /** Who yields the MFA code; undefined where none is asked for. */
  readonly mfa: MfaAnswerer | undefined;
}

export interface CacheForecast {
  /** `ends-soon`: it is there, and lives, but not for as long as it has to. `off`: the cache is not used. */
  readonly state: "hit" | "miss" | "expired" | "ends-soon" | "off";
  readonly key: string;
  readonly file: string | undefined;
  readonly until: Date | undefined;
}

export interface ForecastNeeds {
  readonly config: SharedConfig;
  readonly cache: Cache;
  readonly effects: Effects;
  readonly mfa: MfaOptions;
}

/**
 * @throws RolecallError for what is known to fail without asking anybody: an MFA session of keys that are temporary, or
 * that have expired in the environment.
 */
export function forecast(plan: Plan, needs: ForecastNeeds): Forecast {
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
): (step: Pick<AssumeRoleStep, "mfaSerial" | "mfaProcess">) => MfaAnswerer | undefined {
  let given = options.given;
  return ({ mfaSerial, mfaProcess }) => {
    if (mfaSerial === undefined) return undefined;
    const answerer = mfaAnswerer({ ...options, given }, mfaProcess);
    given = undefined;
    return answerer;
  };
}

function mfaSession(
  { serial, mfaProcess, from }: MfaSessionStep,
  isNeeded: boolean,
  caller: Credentials | undefined,
  look: (key: string) => CacheForecast,
  questions: ReturnType<typeof mfaQuestions>,
): StepForecast {
  if (caller !== undefined) refuseTemporary(caller, from);
  const cache = caller && look(mfaSessionCacheKey(caller.accessKeyId, serial.value));
  const asks = isNeeded && cache?.state !== "hit";
  return { isNeeded, cache, mfa: asks ? questions({ mfaSerial: serial, mfaProcess }) : undefined };
}

/** The source's credentials, where they can be had without asking anybody. They go no further than this file. */
function knownCaller(source: SourceStep, { config, effects }: ForecastNeeds): Credentials | undefined {
  switch (source.kind) {
    case "static":
      return staticCredentials(source, config);
    case "environment":
      return environmentCredentials(effects.environment, effects.now());
    default:
      return undefined;
  }
}

function sourceCache(source: SourceStep, look: (key: string) => CacheForecast): CacheForecast | undefined {
  switch (source.kind) {
    case "web-identity":
      return look(webIdentityStepKey(source));
    case "sso":
      return look(ssoStepKey(source));
    default:
      return undefined;
  }
}

function sourceToken(source: SourceStep, effects: Effects): TokenForecast | undefined {
  switch (source.kind) {
    case "sso":
      return { ...lookAtSsoToken(source, effects), command: ssoLoginCommand(source) };
    case "login":
      return { ...lookAtLogin(source, effects), command: loginCommand(source) };
    default:
      return undefined;
  }
}

function lookInCache(key: string, { cache, effects }: ForecastNeeds): CacheForecast {
  const found = cache.inspect(key);
  if (found === undefined) return { state: "off", key, file: undefined, until: undefined };
  const until = found.entry?.credentials.expiration;
  const state =
    until === undefined ? "miss" : found.isUsable ? "hit" : until <= effects.now() ? "expired" : "ends-soon";
  return { state, key, file: found.file, until };
}
