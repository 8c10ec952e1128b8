/** Where STS would be asked, through what, and why. Nobody is asked. */
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { type Origin, type Sourced, withValue } from "../domain/origin.ts";
import { proxyFor } from "../http/proxy.ts";
import type { Plan, StsSettings } from "../plan/plan.ts";
import { withoutTrailingSlash } from "../text/url.ts";
import { stsEndpoint } from "./endpoint.ts";

export interface StsExplanation {
  /** Undefined where only the instance's metadata tells the region, and where there is none. */
  readonly url: string | undefined;
  readonly signingRegion: string | undefined;
  /** The setting that decided. */
  readonly from: Origin;
  readonly over: Sourced<unknown>["over"];
  /** What kind of endpoint it is, or why there is none. */
  readonly reason: string;
}

const GLOBAL_HOST = "sts.amazonaws.com";

/** @throws RolecallError where the settings of STS exclude each other, and STS is needed. */
export function explainSts(plan: Plan): StsExplanation {
  try {
    return explainEndpoint(plan.sts);
  } catch (error) {
    if (!(error instanceof RolecallError) || asksSts(plan)) throw error;
    const { at: from = plan.sts.region.from, message } = error;
    return { url: undefined, signingRegion: undefined, from, over: undefined, reason: message };
  }
}

/**
 * The proxy without user and password; undefined where there is none.
 *
 * @throws RolecallError for a proxy that is none, where one is needed.
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
    if (!(error instanceof RolecallError) || asksSts(plan) || ["sso", "login"].includes(plan.source.kind)) throw error;
    return undefined;
  }
}

function asksSts({ source, mfaSession, roles }: Plan): boolean {
  return roles.length > 0 || mfaSession !== undefined || source.kind === "web-identity";
}

function explainEndpoint(settings: StsSettings): StsExplanation {
  const { region, regionFromInstance, global, fips, dualStack, endpoint } = settings;
  if (endpoint !== undefined) {
    const { url, signingRegion } = stsEndpoint(settings, region.value);
    return { url, signingRegion, from: endpoint.from, over: endpoint.over, reason: "a configured endpoint" };
  }
  if (regionFromInstance) {
    const reason = `asked of its metadata; ${GLOBAL_HOST} where that does not tell`;
    return { url: undefined, signingRegion: undefined, from: region.from, over: undefined, reason };
  }
  const { url, signingRegion } = stsEndpoint(settings, region.value);
  if (new URL(url).host === GLOBAL_HOST) {
    const reason = "default" in global.from ? global.from.default : "the global endpoint";
    return { url, signingRegion, from: global.from, over: undefined, reason };
  }
  const [kind, by] = fips.value ? ["FIPS ", fips] : dualStack.value ? ["dual stack ", dualStack] : ["", region];
  const reason = "default" in by.from ? by.from.default : `the region's ${kind}endpoint`;
  return { url, signingRegion, from: by.from, over: undefined, reason };
}
