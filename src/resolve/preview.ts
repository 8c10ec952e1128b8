/** Predicts what carrying out a plan would do, from the cached files alone: it sends no request and runs no program. */
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
import { lastCachedRole, rejectTemporaryKeys } from "./resolve.ts";

export interface Preview {
  readonly source: SourcePreview;
  readonly mfaSession: StepPreview | undefined;
  /** One for each role of the plan, in the same order. */
  readonly roles: readonly StepPreview[];
}

export interface SourcePreview extends StepPreview {
  /** The token of the last login, for SSO and `aws login`. */
  readonly token: TokenPreview | undefined;
}

export interface TokenPreview extends TokenState {
  /** The command that gets a new token. */
  readonly command: string;
}

export interface StepPreview {
  /** False if the step is skipped because the session of a later role is cached. */
  readonly isNeeded: boolean;
  /** Undefined if the step is never cached, or if its key depends on credentials that are not known yet. */
  readonly cache: CachePreview | undefined;
  /** Where the MFA code comes from; undefined if none is needed. */
  readonly mfa: MfaCodeSource | undefined;
}

export interface CachePreview {
  /** `ends-soon`: the entry is valid, but not for long enough. `off`: the cache is not used. */
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
 * Predicts the outcome of each step.
 *
 * @throws RolecallError for a plan that is certain to fail: an MFA session with temporary keys, or with expired keys in
 * the environment.
 */
export function preview(plan: Plan, dependencies: PreviewDependencies): Preview {
  const keys = plan.roles.map(roleStepKey);
  const cached = lastCachedRole(keys, dependencies.cache).index;
  const nextCodeSource = codeSources(dependencies.mfa);
  const isSourceNeeded = cached === -1;
  const lookUp = (key: string) => lookUpInCache(key, dependencies);
  return {
    source: {
      isNeeded: isSourceNeeded,
      cache: sourceCache(plan.source, lookUp),
      token: sourceToken(plan.source, dependencies.effects),
      mfa: undefined,
    },
    mfaSession:
      plan.mfaSession &&
      mfaSession(plan.mfaSession, isSourceNeeded, localCredentials(plan.source, dependencies), lookUp, nextCodeSource),
    roles: plan.roles.map((step, index) => ({
      isNeeded: index >= cached,
      cache: lookUp(keys[index] ?? ""),
      mfa: index > cached && plan.mfaSession === undefined ? nextCodeSource(step) : undefined,
    })),
  };
}

/**
 * Returns a function that is called for each role in order and returns the source of its MFA code. Only the first code
 * can be that of `--mfa-code`.
 */
function codeSources(
  options: MfaOptions,
): (step: Pick<AssumeRoleStep, "mfaSerial" | "mfaProcess">) => MfaCodeSource | undefined {
  let given = options.given;
  return ({ mfaSerial, mfaProcess }) => {
    if (mfaSerial === undefined) return undefined;
    const source = mfaCodeSource({ ...options, given }, mfaProcess);
    given = undefined;
    return source;
  };
}

function mfaSession(
  { serial, mfaProcess, from }: MfaSessionStep,
  isNeeded: boolean,
  caller: Credentials | undefined,
  lookUp: (key: string) => CachePreview,
  nextCodeSource: ReturnType<typeof codeSources>,
): StepPreview {
  if (caller !== undefined) rejectTemporaryKeys(caller, from);
  const cache = caller && lookUp(mfaSessionCacheKey(caller.accessKeyId, serial.value));
  const needsCode = isNeeded && cache?.state !== "hit";
  return { isNeeded, cache, mfa: needsCode ? nextCodeSource({ mfaSerial: serial, mfaProcess }) : undefined };
}

/** The source's credentials, if they are in the environment or a file. They are not part of the preview. */
function localCredentials(source: SourceStep, { config, effects }: PreviewDependencies): Credentials | undefined {
  switch (source.kind) {
    case "static":
      return staticCredentials(source, config);
    case "environment":
      return environmentCredentials(effects.environment, effects.now());
    default:
      return undefined;
  }
}

function sourceCache(source: SourceStep, lookUp: (key: string) => CachePreview): CachePreview | undefined {
  switch (source.kind) {
    case "web-identity":
      return lookUp(webIdentityStepKey(source));
    case "sso":
      return lookUp(ssoStepKey(source));
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

function lookUpInCache(key: string, { cache, effects }: PreviewDependencies): CachePreview {
  const found = cache.inspect(key);
  if (found === undefined) return { state: "off", key, file: undefined, until: undefined };
  const until = found.entry?.credentials.expiration;
  const state =
    until === undefined ? "miss" : found.isUsable ? "hit" : until <= effects.now() ? "expired" : "ends-soon";
  return { state, key, file: found.file, until };
}
