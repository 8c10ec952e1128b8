/** Carries a plan out: the cache, the source, then each role in turn. */
import type { Cache } from "../cache/cache.ts";
import { mfaSessionCacheKey } from "../cache/key.ts";
import { roleParameters, roleStepKey } from "../cache/step_key.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHECK_CLOCK } from "../domain/help_texts.ts";
import type { Origin, Sourced } from "../domain/origin.ts";
import type { AssumeRoleStep, MfaSessionStep, Plan } from "../plan/plan.ts";
import { mfaSessionSigner, roleSigner, type Signer, sourceSigner } from "../plan/signer.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { openProvider } from "../sources/open_provider.ts";
import { sessionName } from "../sts/session_name.ts";
import type { AssumeRoleRequest, Sts } from "../sts/sts.ts";

export interface Resolution {
  readonly credentials: Credentials;
  /** The configured region, else the instance's where the credentials came from one. */
  readonly region: string | undefined;
  /** Whose credentials they are, in words. */
  readonly signer: Signer;
}

export interface ResolveDependencies {
  readonly config: SharedConfig;
  readonly effects: Effects;
  readonly cache: Cache;
  /** Yields an MFA code for a device, from the program where there is one. */
  mfaCode(serial: Sourced<string>, process: Sourced<readonly string[]> | undefined): Promise<string>;
  /** Whether the region matters to the caller, so that an instance is asked for its own. */
  readonly wantsRegion: boolean;
}

/**
 * Gets the credentials that the plan promises. A cached role is used at once: nothing behind it is looked at.
 *
 * @throws RolecallError when a source holds none, or when STS refuses a role.
 */
export async function resolve(plan: Plan, needs: ResolveDependencies): Promise<Resolution> {
  const { cache, effects } = needs;
  // The SDK is loaded while the source is asked; without a role, or with a cached one, not at all.
  let loading: ReturnType<typeof loadSts> | undefined;
  const load = () => {
    loading ??= loadSts();
    loading.catch(() => {});
    return loading;
  };
  const source = openProvider(plan.source, {
    config: needs.config,
    services: plan.services,
    effects,
    cache,
    sts: async () => connect(plan, undefined, effects, load()),
  });

  const sourceCredentials = () => source.credentials().catch((error) => failAfter(plan.passedOver, error));

  const mfaSession = async (step: MfaSessionStep): Promise<Credentials> => {
    const caller = await sourceCredentials();
    rejectTemporaryKeys(caller, step.from);
    const key = mfaSessionCacheKey(caller.accessKeyId, step.serial.value);
    const made = await cache.getOrCreate(key, `GetSessionToken ${step.serial.value}`, async () => {
      const sts = await connect(plan, undefined, effects, load());
      const code = await needs.mfaCode(step.serial, step.mfaProcess);
      const request = { SerialNumber: step.serial.value, TokenCode: code, DurationSeconds: step.durationSeconds.value };
      const origins = { at: step.serial.from, signer: sourceSigner(plan.source) };
      return await sts.sessionToken(request, caller, origins);
    });
    return made.credentials;
  };

  const roles = plan.roles.map((step) => roleRequest(step, plan.mfaSession !== undefined, needs));
  const cached = nearestCached(
    roles.map(({ key }) => key),
    cache,
  );
  traceCached(roles[cached.index], cached.credentials, effects);
  const missing = plan.roles.length - 1 - cached.index;
  if (missing > 0) load();
  const wantsRegion = plan.region === undefined && (needs.wantsRegion || missing > 0);
  const [start, instanceRegion] = await Promise.all([
    cached.credentials ?? (plan.mfaSession === undefined ? sourceCredentials() : mfaSession(plan.mfaSession)),
    wantsRegion ? source.region() : undefined,
  ]);
  let credentials = start;
  let signer = firstSigner(plan, cached.index);
  for (const { step, key, request } of roles.slice(cached.index + 1)) {
    const { value: arn, from: at } = step.roleArn;
    const caller = credentials;
    const origins = { at, length: arn.length, step, signer, hasMfaSession: plan.mfaSession !== undefined };
    const entry = await cache.getOrCreate(key, `AssumeRole ${arn}`, async () => {
      const sts = await connect(plan, instanceRegion, effects, load());
      return await sts.assumeRole(await request(), caller, origins);
    });
    credentials = entry.credentials;
    signer = roleSigner(arn, at);
  }
  refuseExpired(credentials, effects);
  return { credentials, region: plan.region?.value ?? instanceRegion, signer };
}

/** Whose credentials the first call is signed with. */
function firstSigner({ source, mfaSession, roles }: Plan, cachedRole: number): Signer {
  const cached = roles[cachedRole];
  if (cached !== undefined) return roleSigner(cached.roleArn.value, cached.from);
  if (mfaSession !== undefined) return mfaSessionSigner(mfaSession.serial.value, mfaSession.serial.from);
  return sourceSigner(source);
}

/** A source's error tells what was passed over on the way to it. */
function failAfter(passedOver: readonly string[], error: unknown): never {
  throw error instanceof RolecallError ? error.after(passedOver) : error;
}

/** Nobody could use them, and whoever asked again would get the same. */
function refuseExpired({ expiration }: Credentials, effects: Effects): void {
  if (expiration === undefined || expiration > effects.now()) return;
  const when = expiration.toISOString();
  throw new RolecallError("credentials-expired", `the credentials had expired when they came: at ${when}`, {
    help: [`${CHECK_CLOCK}: it says ${effects.now().toISOString()}`],
  });
}

interface RoleRequest {
  readonly step: AssumeRoleStep;
  readonly key: string;
  /** All parameters; asks for the MFA code. */
  request(): Promise<AssumeRoleRequest>;
}

/** The role nearest to the end whose session is cached; -1 and nothing where none is. */
export function nearestCached(
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

/** @param hasMfaSession whether the caller has shown an MFA code already. The key is the same: so is the session. */
function roleRequest(step: AssumeRoleStep, hasMfaSession: boolean, needs: ResolveDependencies): RoleRequest {
  const { mfaSerial, mfaProcess } = step;
  return {
    step,
    key: roleStepKey(step),
    request: async () => ({
      RoleSessionName: sessionName(needs.effects.now()),
      ...roleParameters(step),
      ...(mfaSerial === undefined || hasMfaSession
        ? {}
        : { SerialNumber: mfaSerial.value, TokenCode: await needs.mfaCode(mfaSerial, mfaProcess) }),
    }),
  };
}

/** @param from what asked for the MFA session. */
export function rejectTemporaryKeys(caller: Credentials, from: Origin): void {
  if (caller.sessionToken === undefined) return;
  throw new RolecallError("mfa-session-impossible", "STS gives an MFA session only for keys that are not temporary", {
    at: from,
    help: ["leave out --mfa-session, or use a source with the access keys of a user"],
  });
}

/** STS as the plan wants it; loads the SDK. */
export async function connectPlannedSts(
  plan: Pick<Plan, "sts" | "services">,
  instanceRegion: string | undefined,
  effects: Effects,
): Promise<Sts> {
  return connect(plan, instanceRegion, effects, loadSts());
}

function loadSts() {
  return import("../sts/sts.ts");
}

async function connect(
  plan: Pick<Plan, "sts" | "services">,
  instanceRegion: string | undefined,
  effects: Effects,
  loading: ReturnType<typeof loadSts>,
): Promise<Sts> {
  const { connectSts } = await loading;
  const calls = { attempts: plan.services.attempts.value, ca: readCaBundle(plan.services, effects) };
  if (instanceRegion === undefined || !plan.sts.regionFromInstance) {
    return connectSts(plan.sts, plan.sts.region.value, calls, effects);
  }
  const regional = { value: false, from: { default: "the instance's region" } };
  return connectSts({ ...plan.sts, global: regional }, instanceRegion, calls, effects);
}
