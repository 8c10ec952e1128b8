/** Which host STS is, by the SDK's own rules: asked beforehand, they say what a call would do. */
import { STSClient } from "@aws-sdk/client-sts";
import { RolecallError } from "../errors.ts";
import type { StsSettings } from "../plan/plan.ts";

export interface StsEndpoint {
  readonly url: string;
  /** That requests are signed for. */
  readonly signingRegion: string;
}

/** What the SDK's rules go by, as its client takes it. */
export function endpointOptions(settings: StsSettings, region: string) {
  return {
    region,
    useGlobalEndpoint: settings.global.value,
    useFipsEndpoint: settings.fips.value,
    useDualstackEndpoint: settings.dualStack.value,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint.value }),
  };
}

/**
 * Makes no call.
 *
 * @throws RolecallError `invalid-setting` where the settings exclude each other: FIPS with an endpoint of one's own, say.
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
  try {
    const { url, properties } = client.config.endpointProvider({
      Region: region,
      UseGlobalEndpoint: global.value,
      UseFIPS: fips.value,
      UseDualStack: dualStack.value,
      ...(endpoint === undefined ? {} : { Endpoint: endpoint.value }),
    });
    const signing: unknown = properties?.authSchemes?.[0]?.signingRegion;
    return {
      url: endpoint?.value ?? url.href.replace(/\/$/, ""),
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
