/** Carries out a plan: reads the cache, gets the source's credentials, then assumes each role in turn. */
import type { Cache } from "../cache/cache.ts";
import { mfaSessionCacheKey } from "../cache/key.ts";
import { roleParameters, roleStepKey } from "../cache/step_key.ts";
import { recordUsedSessions, type UsedSessions } from "../cache/used_sessions.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import { type Credentials, looksSwapped } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHECK_CLOCK, swapKeys } from "../domain/help_texts.ts";
import type { Origin, Sourced } from "../domain/origin.ts";
import type { AssumeRoleStep, MfaSessionStep, Plan, SourceStep } from "../plan/plan.ts";
import { validateRequests } from "../plan/roles/request_values.ts";
import { mfaSessionSigner, roleSigner, type Signer, sourceSigner } from "../plan/signer.ts";
import { openProvider } from "../sources/open_provider.ts";
import { rejectsCaller } from "../sts/invalid_caller.ts";
import { sessionName } from "../sts/session_name.ts";
import type { AssumeRoleRequest } from "../sts/sts.ts";

export interface Resolution {
  readonly credentials: Credentials;
  /** The configured region, otherwise the instance's if the credentials are from an EC2 instance. */
  readonly region: string | undefined;
  /** Describes the credentials in errors about requests that they sign. */
  readonly signer: Signer;
}

/** The first request that a command sends with the credentials. */
export type FirstRequest = (resolution: Resolution, plan: Plan) => Promise<void>;

export interface ResolveDependencies {
  readonly config: SharedConfig;
  readonly effects: Effects;
  readonly cache: Cache;
  /** Gets an MFA code for a device; `process` is the role's `mfa_process`. */
  mfaCode(serial: Sourced<string>, process: Sourced<readonly string[]> | undefined): Promise<string>;
  /** Whether the caller uses the region, so that an instance's region is read if none is configured. */
  readonly wantsRegion: boolean;
  /** Whether the first request is to STS. */
  readonly callsSts?: boolean | undefined;
}

/** The sources that wait for another service or program. In the meantime, a call of STS can be prepared. */
const WAITING_SOURCES: ReadonlySet<SourceStep["kind"]> = new Set(["ec2", "container", "process", "sso", "login"]);

/**
 * Gets the credentials of a plan. If the session of a role is cached, the steps before that role are skipped. A cached
 * session that AWS rejects as invalid, here or in the first request of the command, is replaced by a new one.
 *
 * @throws RolecallError if the source has no credentials or STS rejects a request.
 */
export async function resolve(
  plan: Plan,
  dependencies: ResolveDependencies,
  firstRequest: FirstRequest = async () => {},
): Promise<Resolution> {
  const sessions = recordUsedSessions(dependencies.cache);
  let dropped: string | undefined;
  for (;;) {
    try {
      const resolution = await resolveOnce(plan, dependencies, sessions);
      await signedBy(resolution.credentials, resolution.signer, firstRequest(resolution, plan));
      return resolution;
    } catch (error) {
      if (error instanceof InvalidCaller && sessions.drop(error.caller)) {
        dropped = error.signer.what;
        dependencies.effects.trace(`cache: AWS no longer accepts ${dropped}, so it is deleted and replaced`);
        continue;
      }
      const reason = error instanceof InvalidCaller ? error.reason : error;
      if (dropped === undefined || !(reason instanceof RolecallError)) throw reason;
      throw reason.noting(`AWS rejected ${dropped}, which was cached, so it was deleted from the cache`);
    }
  }
}

/** AWS rejected the credentials of a request as invalid. */
class InvalidCaller extends Error {
  readonly reason: RolecallError;
  readonly caller: Credentials;
  readonly signer: Signer;

  constructor(reason: RolecallError, caller: Credentials, signer: Signer) {
    super(reason.message);
    this.reason = reason;
    this.caller = caller;
    this.signer = signer;
  }
}

/** @throws InvalidCaller if AWS rejects the caller's credentials. */
async function signedBy<T>(caller: Credentials, signer: Signer, request: Promise<T>): Promise<T> {
  return await request.catch((error: unknown) => {
    throw rejectsCaller(error) ? new InvalidCaller(error, caller, signer) : error;
  });
}

async function resolveOnce(plan: Plan, dependencies: ResolveDependencies, sessions: UsedSessions): Promise<Resolution> {
  const { effects } = dependencies;
  const { cache } = sessions;
  const connectSts = async (instanceRegion?: string) => {
    const { connectPlannedSts } = await import("./connect_sts.ts");
    return await connectPlannedSts(plan, instanceRegion, effects);
  };
  const source = openProvider(plan.source, {
    config: dependencies.config,
    services: plan.services,
    effects,
    cache,
    sts: () => connectSts(),
  });

  const sourceCredentials = async () => {
    const credentials = await source.credentials().catch((error) => rethrowAfter(plan.passedOver, error));
    requireUsable(credentials, sourceSigner(plan.source));
    return credentials;
  };

  const mfaSession = async (step: MfaSessionStep): Promise<Credentials> => {
    const caller = await sourceCredentials();
    rejectTemporaryKeys(caller, step.from);
    const key = mfaSessionCacheKey(caller.accessKeyId, step.serial.value);
    const session = await cache.getOrCreate(key, `GetSessionToken ${step.serial.value}`, async () => {
      const sts = await connectSts();
      const code = await dependencies.mfaCode(step.serial, step.mfaProcess);
      const request = { SerialNumber: step.serial.value, TokenCode: code, DurationSeconds: step.durationSeconds.value };
      const origins = { at: step.serial.from, signer: sourceSigner(plan.source) };
      return await sts.sessionToken(request, caller, origins);
    });
    return session.credentials;
  };

  const roles = plan.roles.map((step) => roleRequest(step, plan.mfaSession !== undefined, dependencies));
  const cached = lastCachedRole(
    roles.map(({ key }) => key),
    cache,
  );
  validateRequests(plan, cached.index);
  traceCached(roles[cached.index], cached.credentials, effects);
  const missing = plan.roles.length - 1 - cached.index;
  const callsSts = missing > 0 || dependencies.callsSts === true;
  if (callsSts && cached.credentials === undefined && WAITING_SOURCES.has(plan.source.kind)) {
    const { prepareStsCall } = await import("./connect_sts.ts");
    await prepareStsCall(plan, effects);
  }
  const wantsRegion = plan.region === undefined && (dependencies.wantsRegion || missing > 0);
  const [start, instanceRegion] = await Promise.all([
    cached.credentials ?? (plan.mfaSession === undefined ? sourceCredentials() : mfaSession(plan.mfaSession)),
    wantsRegion ? source.region() : undefined,
  ]);
  let credentials = start;
  const withOrigin = (signer: Signer) => ({ ...signer, cacheFile: sessions.fileOf(credentials) });
  let signer = withOrigin(firstSigner(plan, cached.index));
  for (const { step, key, request } of roles.slice(cached.index + 1)) {
    const { value: arn, from: at } = step.roleArn;
    const caller = credentials;
    const callerSigner = signer;
    const origins = { at, length: arn.length, step, signer, hasMfaSession: plan.mfaSession !== undefined };
    const entry = await cache.getOrCreate(key, `AssumeRole ${arn}`, async () => {
      const sts = await connectSts(instanceRegion);
      return await signedBy(caller, callerSigner, sts.assumeRole(await request(), caller, origins));
    });
    credentials = entry.credentials;
    signer = withOrigin(roleSigner(arn, at));
  }
  requireUnexpired(credentials, effects);
  return { credentials, region: plan.region?.value ?? instanceRegion, signer };
}

/** The signer of the first AssumeRole call. */
function firstSigner({ source, mfaSession, roles }: Plan, cachedIndex: number): Signer {
  const cached = roles[cachedIndex];
  if (cached !== undefined) return roleSigner(cached.roleArn.value, cached.from);
  if (mfaSession !== undefined) return mfaSessionSigner(mfaSession.serial.value, mfaSession.serial.from);
  return sourceSigner(source);
}

/** Rethrows the error of a source, together with the sources that were tried before it. */
function rethrowAfter(passedOver: readonly string[], error: unknown): never {
  throw error instanceof RolecallError ? error.after(passedOver) : error;
}

/** Rejects expired credentials, because another attempt would return the same ones. */
function requireUnexpired({ expiration }: Credentials, effects: Effects): void {
  if (expiration === undefined || expiration > effects.now()) return;
  const when = expiration.toISOString();
  throw new RolecallError("credentials-expired", `the credentials were received after they had expired at ${when}`, {
    help: [`${CHECK_CLOCK}: it says ${effects.now().toISOString()}`],
  });
}

/**
 * Rejects credentials that must not be passed on. A variable of COMMAND ends at a NUL, so COMMAND would get half a
 * secret. A secret in place of the access key ID would be shown in every error about the request.
 */
function requireUsable({ accessKeyId, secretAccessKey, sessionToken = "" }: Credentials, { what, at }: Signer): void {
  const values = {
    "access key ID": accessKeyId,
    "secret access key": secretAccessKey,
    "session token": sessionToken,
  };
  for (const [name, value] of Object.entries(values)) {
    if (!value.includes("\0")) continue;
    throw new RolecallError("unsafe-value", `the ${name} of ${what} contains a NUL character`, {
      at,
      help: ["copy it again: AWS credentials contain no control characters"],
    });
  }
  if (!looksSwapped(accessKeyId, secretAccessKey)) return;
  throw new RolecallError("unsafe-value", `the access key ID of ${what} looks like a secret access key`, {
    at,
    help: [swapKeys("the two keys")],
  });
}

interface RoleRequest {
  readonly step: AssumeRoleStep;
  readonly key: string;
  /** Returns all parameters. It gets the MFA code first, and may prompt for it. */
  request(): Promise<AssumeRoleRequest>;
}

/** The last role whose session is cached; the index is -1 if there is none. */
export function lastCachedRole(
  keys: readonly string[],
  cache: Pick<Cache, "read">,
): { readonly index: number; readonly credentials: Credentials | undefined } {
  for (let index = keys.length - 1; index >= 0; index--) {
    const entry = cache.read(keys[index] ?? "");
    if (entry !== undefined) return { index, credentials: entry.credentials };
  }
  return { index: -1, credentials: undefined };
}

function traceCached(role: RoleRequest | undefined, credentials: Credentials | undefined, { trace }: Effects): void {
  if (role === undefined) return;
  trace(`cache ${role.key}: a session of ${role.step.roleArn.value}, until ${credentials?.expiration?.toISOString()}`);
}

/**
 * @param hasMfaSession whether the caller's session was created with an MFA code, so that the role needs no code of its
 * own. The cache key does not depend on it, because the resulting session is the same.
 */
function roleRequest(step: AssumeRoleStep, hasMfaSession: boolean, dependencies: ResolveDependencies): RoleRequest {
  const { mfaSerial, mfaProcess } = step;
  return {
    step,
    key: roleStepKey(step),
    request: async () => ({
      RoleSessionName: sessionName(dependencies.effects.now()),
      ...roleParameters(step),
      ...(mfaSerial === undefined || hasMfaSession
        ? {}
        : { SerialNumber: mfaSerial.value, TokenCode: await dependencies.mfaCode(mfaSerial, mfaProcess) }),
    }),
  };
}

/**
 * Checks that the keys can create an MFA session: GetSessionToken rejects temporary credentials.
 *
 * @param from the origin of the option that requests the MFA session.
 * @throws RolecallError `mfa-session-impossible`.
 */
export function rejectTemporaryKeys(caller: Credentials, from: Origin): void {
  if (caller.sessionToken === undefined) return;
  throw new RolecallError("mfa-session-impossible", "an MFA session cannot be created with temporary credentials", {
    at: from,
    help: ["omit --mfa-session, or use a source that has the access keys of a user"],
  });
}
