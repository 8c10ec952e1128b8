/**
 * The URLs of IAM Identity Center and of the sign-in service, from the table that is generated from botocore's endpoint
 * rules. (The AWS SDK resolves those of STS.)
 */
import { ENDPOINTS, REGIONAL_ENDPOINTS } from "../../domain/data/endpoints.ts";
import { type PartitionName, partitionOfRegion } from "./partitions.ts";

/** The variant of an endpoint: FIPS, dual-stack, both or neither. */
export interface EndpointVariant {
  readonly fips: boolean;
  readonly dualStack: boolean;
}

type Service = keyof typeof ENDPOINTS;
type Urls = (typeof ENDPOINTS)[Service][PartitionName];

/** @param service `sso` is the portal, `sso-oidc` refreshes its tokens. */
export function identityCenterUrl(service: "sso" | "sso-oidc", region: string, variant: EndpointVariant): string {
  return endpointUrl(service, region, variant);
}

/** The URL of the sign-in service, which refreshes the sessions of `aws login`. */
export function signInUrl(region: string, variant: EndpointVariant): string {
  return endpointUrl("signin", region, variant);
}

/** The host of the sign-in service without a region, such as `signin.aws.amazon.com`. */
export function signInHost(partition: PartitionName): string {
  return ENDPOINTS.signin[partition].plain.replace("https://{region}.", "");
}

function endpointUrl(service: Service, region: string, variant: EndpointVariant): string {
  const regional: Readonly<Record<string, Partial<Record<keyof Urls, string>>>> = REGIONAL_ENDPOINTS[service];
  const name = variantName(variant);
  return regional[region]?.[name] ?? ENDPOINTS[service][partitionOfRegion(region)][name].replace("{region}", region);
}

function variantName({ fips, dualStack }: EndpointVariant): keyof Urls {
  if (fips) return dualStack ? "fipsDualStack" : "fips";
  return dualStack ? "dualStack" : "plain";
}
