/** Explains which STS endpoint and which proxy a plan would use, and which setting decides, without a request. */
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { type Origin, type Sourced, withValue } from "../domain/origin.ts";
import { proxyFor } from "../http/proxy.ts";
import type { Plan, StsSettings } from "../plan/plan.ts";
import { withoutTrailingSlash } from "../text/url.ts";
import { stsEndpoint } from "./endpoint.ts";

export interface StsExplanation {
  /** Undefined if the region is only in the instance metadata, or if there is no endpoint for the settings. */
  readonly url: string | undefined;
  readonly signingRegion: string | undefined;
  /** The origin of the setting that decided. */
  readonly from: Origin;
  readonly overrides: Sourced<unknown>["overrides"];
  /** The kind of endpoint, or why there is none. */
  readonly reason: string;
}

const GLOBAL_HOST = "sts.amazonaws.com";

/** @throws RolecallError if the settings of STS exclude each other and the plan needs STS. */
export function explainSts(plan: Plan): StsExplanation {
  try {
    return explainEndpoint(plan.sts);
  } catch (error) {
    if (!(error instanceof RolecallError) || needsSts(plan)) throw error;
    const { at: from = plan.sts.region.from, message } = error;
    return { url: undefined, signingRegion: undefined, from, overrides: undefined, reason: message };
  }
}

/**
 * The URL of the proxy, without user and password.
 *
 * @returns undefined if there is no proxy.
 * @throws RolecallError if the proxy variable is invalid and the plan makes a request through it.
 */
export function explainProxy(
  plan: Plan,
  { url = `https://${GLOBAL_HOST}` }: StsExplanation,
  environment: Environment,
): Sourced<string> | undefined {
  try {
    const proxy = proxyFor(new URL(url), environment);
    return proxy && withValue(proxy, withoutTrailingSlash(proxy.value.href));
  } catch (error) {
    if (!(error instanceof RolecallError) || needsSts(plan) || ["sso", "login"].includes(plan.source.kind)) throw error;
    return undefined;
  }
}

function needsSts({ source, mfaSession, roles }: Plan): boolean {
  return roles.length > 0 || mfaSession !== undefined || source.kind === "web-identity";
}

function explainEndpoint(settings: StsSettings): StsExplanation {
  const { region, regionFromInstance, global, fips, dualStack, endpoint } = settings;
  if (endpoint !== undefined) {
    const { url, signingRegion } = stsEndpoint(settings, region.value);
    return { url, signingRegion, from: endpoint.from, overrides: endpoint.overrides, reason: "a configured endpoint" };
  }
  if (regionFromInstance) {
    const reason = `from the instance metadata, otherwise ${GLOBAL_HOST}`;
    return { url: undefined, signingRegion: undefined, from: region.from, overrides: undefined, reason };
  }
  const { url, signingRegion } = stsEndpoint(settings, region.value);
  if (new URL(url).host === GLOBAL_HOST) {
    const reason = "default" in global.from ? global.from.default : "the global endpoint";
    return { url, signingRegion, from: global.from, overrides: undefined, reason };
  }
  const [kind, setting] = fips.value ? ["FIPS ", fips] : dualStack.value ? ["dual-stack ", dualStack] : ["", region];
  const reason = "default" in setting.from ? setting.from.default : `the region's ${kind}endpoint`;
  return { url, signingRegion, from: setting.from, overrides: undefined, reason };
}
