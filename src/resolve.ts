/** Carries a plan out: the cache, the source, then each role in turn. */
import type { Cache } from "./cache/cache.ts";
import type { CacheEntry } from "./cache/entry.ts";
import { mfaSessionCacheKey, roleCacheKey } from "./cache/key.ts";
import type { SharedConfig } from "./config/shared_config.ts";
import type { Credentials } from "./credentials.ts";
import type { Effects } from "./effects.ts";
import { RolecallError } from "./errors.ts";
import type { Sourced } from "./origin.ts";
import type { AssumeRoleStep, MfaSessionStep, Plan, SessionSettings } from "./plan/plan.ts";
import { readCaBundle } from "./sources/ca_bundle.ts";
import { openSource } from "./sources/open_source.ts";
import { sessionName } from "./sts/session_name.ts";
import type { AssumeRoleRequest, Sts } from "./sts/sts.ts";

export interface Resolution {
  readonly credentials: Credentials;
  /** The configured region, else the instance's where the credentials came from one. */
  readonly region: string | undefined;
}

export interface ResolveNeeds {
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
export async function resolve(plan: Plan, needs: ResolveNeeds): Promise<Resolution> {
  const { cache, effects } = needs;
  // The SDK is loaded while the source is asked; without a role, or with a cached one, not at all.
  let loading: ReturnType<typeof loadSts> | undefined;
  const load = () => {
    loading ??= loadSts();
    loading.catch(() => {});
    return loading;
  };
  const source = openSource(plan.source, {
    config: needs.config,
    services: plan.services,
    effects,
    cache,
    sts: async () => connect(plan, undefined, effects, load()),
  });

  const mfaSession = async (step: MfaSessionStep): Promise<Credentials> => {
    const caller = await source.credentials();
    refuseTemporary(caller, step);
    const key = mfaSessionCacheKey(caller.accessKeyId, step.serial.value);
    const made = await cache.share(key, `GetSessionToken ${step.serial.value}`, async () => {
      const sts = await connect(plan, undefined, effects, load());
      const code = await needs.mfaCode(step.serial, step.mfaProcess);
      const request = { SerialNumber: step.serial.value, TokenCode: code, DurationSeconds: step.durationSeconds.value };
      return await sts.sessionToken(request, caller);
    });
    return made.credentials;
  };

  const roles = plan.roles.map((step) => roleRequest(step, plan.mfaSession !== undefined, needs));
  const cached = lastCached(roles, needs);
  const missing = plan.roles.length - 1 - cached.index;
  if (missing > 0) load();
  const wantsRegion = plan.region === undefined && (needs.wantsRegion || missing > 0);
  const [start, instanceRegion] = await Promise.all([
    cached.credentials ?? (plan.mfaSession === undefined ? source.credentials() : mfaSession(plan.mfaSession)),
    wantsRegion ? source.region() : undefined,
  ]);
  let credentials = start;
  for (const step of roles.slice(cached.index + 1)) {
    const caller = credentials;
    const entry = await cache.share(step.key, `AssumeRole ${step.roleArn}`, async () => {
      const sts = await connect(plan, instanceRegion, effects, load());
      return await sts.assumeRole(await step.request(), caller);
    });
    credentials = entry.credentials;
  }
  refuseExpired(credentials, effects);
  return { credentials, region: plan.region?.value ?? instanceRegion };
}

/** Nobody could use them, and whoever asked again would get the same. */
function refuseExpired({ expiration }: Credentials, effects: Effects): void {
  if (expiration === undefined || expiration > effects.now()) return;
  const when = expiration.toISOString();
  throw new RolecallError("credentials-expired", `the credentials had expired when they came: at ${when}`, {
    help: [`is this machine's clock right? it says ${effects.now().toISOString()}`],
  });
}

interface RoleRequest {
  readonly roleArn: string;
  readonly key: string;
  /** All parameters; asks for the MFA code. */
  request(): Promise<AssumeRoleRequest>;
}

/** The role nearest to the end whose session is cached; -1 and nothing where none is. */
function lastCached(
  roles: readonly RoleRequest[],
  { cache, effects }: ResolveNeeds,
): { readonly index: number; readonly credentials: Credentials | undefined } {
  for (let index = roles.length - 1; index >= 0; index--) {
    const role = roles[index];
    const entry: CacheEntry | undefined = role === undefined ? undefined : cache.read(role.key);
    if (role === undefined || entry === undefined) continue;
    effects.trace(
      `cache ${role.key}: a session of ${role.roleArn}, until ${entry.credentials.expiration?.toISOString()}`,
    );
    return { index, credentials: entry.credentials };
  }
  return { index: -1, credentials: undefined };
}

/** @param hasMfaSession whether the caller has shown an MFA code already. The key is the same: so is the session. */
function roleRequest(step: AssumeRoleStep, hasMfaSession: boolean, needs: ResolveNeeds): RoleRequest {
  const { roleArn, roleSessionName, externalId, durationSeconds, mfaSerial, mfaProcess } = step;
  const configured = {
    RoleArn: roleArn.value,
    ...(roleSessionName === undefined ? {} : { RoleSessionName: roleSessionName.value }),
    ...(externalId === undefined ? {} : { ExternalId: externalId.value }),
    ...(durationSeconds === undefined ? {} : { DurationSeconds: durationSeconds.value }),
    ...sessionParameters(step.session),
  };
  const serial = mfaSerial === undefined ? {} : { SerialNumber: mfaSerial.value };
  return {
    roleArn: roleArn.value,
    key: roleCacheKey({ ...configured, ...serial }),
    request: async () => ({
      RoleSessionName: sessionName(needs.effects.now()),
      ...configured,
      ...(mfaSerial === undefined || hasMfaSession
        ? {}
        : { ...serial, TokenCode: await needs.mfaCode(mfaSerial, mfaProcess) }),
    }),
  };
}

function refuseTemporary(caller: Credentials, step: MfaSessionStep): void {
  if (caller.sessionToken === undefined) return;
  throw new RolecallError("mfa-session-impossible", "STS gives an MFA session only for keys that are not temporary", {
    at: step.from,
    help: ["leave out --mfa-session, or use a source with the access keys of a user"],
  });
}

/** Under STS's names; what is not set is not sent, and no part of the cache key. */
function sessionParameters({ policy, policyArns, tags, transitiveTagKeys, sourceIdentity }: SessionSettings) {
  return {
    ...(policy === undefined ? {} : { Policy: policy.value }),
    ...(policyArns.length === 0 ? {} : { PolicyArns: policyArns.map(({ value }) => ({ arn: value })) }),
    ...(tags.length === 0 ? {} : { Tags: tags.map(({ value }) => ({ Key: value.key, Value: value.value })) }),
    ...(transitiveTagKeys.length === 0 ? {} : { TransitiveTagKeys: transitiveTagKeys.map(({ value }) => value) }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity.value }),
  };
}

/** STS as the plan wants it; loads the SDK. */
export async function planSts(plan: Plan, instanceRegion: string | undefined, effects: Effects): Promise<Sts> {
  return connect(plan, instanceRegion, effects, loadSts());
}

function loadSts() {
  return import("./sts/sts.ts");
}

async function connect(
  plan: Plan,
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
