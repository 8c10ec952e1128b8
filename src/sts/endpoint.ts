/** The STS endpoint for a set of settings, by the rules of the AWS SDK, without a request. */
import { STSClient } from "@aws-sdk/client-sts";
import { RolecallError } from "../domain/errors.ts";
import type { StsSettings } from "../plan/plan.ts";
import { requireHostLabel } from "../plan/scope.ts";
import { withoutTrailingSlash } from "../text/url.ts";

export interface StsEndpoint {
  readonly url: string;
  /** The region that requests are signed for. */
  readonly signingRegion: string;
}

/** The SDK client's options that decide the endpoint. */
export function endpointOptions(settings: StsSettings, region: string) {
  const { endpoint, fips, dualStack, global } = settings;
  // As in the AWS CLI, a configured endpoint is used unchanged. The SDK rejects it together with FIPS or dual stack.
  const variant =
    endpoint === undefined
      ? { useFipsEndpoint: fips.value, useDualstackEndpoint: dualStack.value }
      : { useFipsEndpoint: false, useDualstackEndpoint: false, endpoint: endpoint.value };
  return { region, useGlobalEndpoint: global.value, ...variant };
}

/**
 * The endpoint that a client with these settings would use.
 *
 * @throws RolecallError `invalid-setting` if the settings exclude each other, such as FIPS in a region without FIPS
 * endpoints; `invalid-setting` or `invalid-option` for a region that is not a host label.
 */
export function stsEndpoint(settings: StsSettings, region: string): StsEndpoint {
  const client = new STSClient(endpointOptions(settings, region));
  try {
    return endpointOf(client, settings, region);
  } finally {
    client.destroy();
  }
}

/** As `stsEndpoint`, for an existing client. */
export function endpointOf(client: STSClient, settings: StsSettings, region: string): StsEndpoint {
  const { fips, dualStack, endpoint, global } = settings;
  if (region === settings.region.value) requireHostLabel(settings.region);
  if (endpoint !== undefined) return { url: endpoint.value, signingRegion: region };
  try {
    const { url, properties } = client.config.endpointProvider({
      Region: region,
      UseGlobalEndpoint: global.value,
      UseFIPS: fips.value,
      UseDualStack: dualStack.value,
    });
    const signing: unknown = properties?.authSchemes?.[0]?.signingRegion;
    return {
      url: withoutTrailingSlash(url.href),
      signingRegion: typeof signing === "string" ? signing : region,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid Configuration: /, "") : String(error);
    throw new RolecallError("invalid-setting", `STS has no endpoint for these settings: ${reason}`, {
      at: fips.value ? fips.from : dualStack.from,
      cause: error,
    });
  }
}
