/** Which host STS is, by the SDK's own rules: asked beforehand, they say what a call would do. */
import { STSClient } from "@aws-sdk/client-sts";
import { RolecallError } from "../domain/errors.ts";
import type { StsSettings } from "../plan/plan.ts";
import { withoutTrailingSlash } from "../text/url.ts";

export interface StsEndpoint {
  readonly url: string;
  /** That requests are signed for. */
  readonly signingRegion: string;
}

/** What the SDK's rules go by, as its client takes it. */
export function endpointOptions(settings: StsSettings, region: string) {
  const { endpoint, fips, dualStack, global } = settings;
  // An endpoint that was configured is what it is, for the AWS CLI; the SDK refuses it together with either variant.
  const variant =
    endpoint === undefined
      ? { useFipsEndpoint: fips.value, useDualstackEndpoint: dualStack.value }
      : { useFipsEndpoint: false, useDualstackEndpoint: false, endpoint: endpoint.value };
  return { region, useGlobalEndpoint: global.value, ...variant };
}

/**
 * Makes no call.
 *
 * @throws RolecallError `invalid-setting` where the settings exclude each other: FIPS in a region without, say.
 */
export function stsEndpoint(settings: StsSettings, region: string): StsEndpoint {
  const client = new STSClient(endpointOptions(settings, region));
  try {
    return endpointOf(client, settings, region);
  } finally {
    client.destroy();
  }
}

/** As `stsEndpoint`, for a client that is there already. */
export function endpointOf(client: STSClient, settings: StsSettings, region: string): StsEndpoint {
  const { fips, dualStack, endpoint, global } = settings;
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
