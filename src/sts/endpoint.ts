/** The STS endpoint for a set of settings, by botocore's rules, without a request. */
import type { StsSettings } from "../plan/plan.ts";
import { requireHostLabel } from "../plan/scope.ts";
import { stsUrl } from "../plan/services/service_hosts.ts";

export interface StsEndpoint {
  readonly url: string;
  /** The region that requests are signed for. */
  readonly signingRegion: string;
}

/** Requests to the global endpoint are signed for this region. */
const GLOBAL_ENDPOINT = { url: "https://sts.amazonaws.com", signingRegion: "us-east-1" };

/**
 * The endpoint for these settings. A configured endpoint is used unchanged, as in the AWS CLI.
 *
 * @param region that of the settings, or the instance's.
 * @throws RolecallError `invalid-setting` or `invalid-option` for a region that is not a host label.
 */
export function stsEndpoint(
  { fips, dualStack, endpoint, global, region: configured }: StsSettings,
  region: string,
): StsEndpoint {
  requireHostLabel(
    region === configured.value ? configured : { value: region, from: { default: "the instance's region" } },
  );
  const { realRegion, isFips } = withoutFips(region);
  if (endpoint !== undefined) return { url: endpoint.value, signingRegion: realRegion };
  const variant = { fips: fips.value || isFips, dualStack: dualStack.value, global: global.value };
  const url = stsUrl(realRegion, variant);
  return url === GLOBAL_ENDPOINT.url ? GLOBAL_ENDPOINT : { url, signingRegion: realRegion };
}

/** A region such as `fips-us-gov-west-1` means the FIPS endpoint: botocore's `_normalize_fips_region`. */
function withoutFips(region: string): { readonly realRegion: string; readonly isFips: boolean } {
  const realRegion = region.replaceAll("fips-", "").replaceAll("-fips", "");
  return { realRegion, isFips: realRegion !== region };
}
