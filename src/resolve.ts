/** Carries a plan out: the source, then each role in turn. */
import type { SharedConfig } from "./config/shared_config.ts";
import type { Credentials } from "./credentials.ts";
import type { Effects } from "./effects.ts";
import type { Sourced } from "./origin.ts";
import type { AssumeRoleStep, Plan } from "./plan/plan.ts";
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
  /** Yields an MFA code for a device. */
  mfaCode(serial: Sourced<string>): Promise<string>;
  /** Whether the region matters to the caller, so that an instance is asked for its own. */
  readonly wantsRegion: boolean;
}

/**
 * Gets the credentials that the plan promises.
 *
 * @throws RolecallError when a source holds none, or when STS refuses a role.
 */
export async function resolve(plan: Plan, needs: ResolveNeeds): Promise<Resolution> {
  // The SDK is loaded while the source is asked; without a role, not at all.
  const loadingSts = plan.roles.length > 0 ? loadSts() : undefined;
  loadingSts?.catch(() => {});
  const source = openSource(plan.source, needs.config, needs.effects);
  const wantsRegion = plan.region === undefined && (needs.wantsRegion || plan.roles.length > 0);
  const [sourceCredentials, instanceRegion] = await Promise.all([
    source.credentials(),
    wantsRegion ? source.region() : undefined,
  ]);
  const region = plan.region?.value ?? instanceRegion;
  let credentials = sourceCredentials;
  if (loadingSts !== undefined) {
    const sts = await connect(plan, instanceRegion, needs.effects, loadingSts);
    for (const role of plan.roles) {
      credentials = await sts.assumeRole(await assumeRoleRequest(role, needs), credentials);
    }
  }
  return { credentials, region };
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
  return instanceRegion !== undefined && plan.sts.regionFromInstance
    ? connectSts(
        { ...plan.sts, global: { value: false, from: { default: "the instance's region" } } },
        instanceRegion,
        effects,
      )
    : connectSts(plan.sts, plan.sts.region.value, effects);
}

async function assumeRoleRequest(role: AssumeRoleStep, needs: ResolveNeeds): Promise<AssumeRoleRequest> {
  const { roleArn, roleSessionName, externalId, durationSeconds, mfaSerial } = role;
  return {
    RoleArn: roleArn.value,
    RoleSessionName: roleSessionName?.value ?? sessionName(needs.effects.now()),
    ...(externalId === undefined ? {} : { ExternalId: externalId.value }),
    ...(durationSeconds === undefined ? {} : { DurationSeconds: durationSeconds.value }),
    ...(mfaSerial === undefined ? {} : { SerialNumber: mfaSerial.value, TokenCode: await needs.mfaCode(mfaSerial) }),
  };
}
