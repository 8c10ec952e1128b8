/**
 * The URLs of STS, IAM Identity Center and the sign-in service, from the table that is generated from botocore's
 * endpoint rules.
 */
import { ENDPOINTS, REGIONAL_ENDPOINTS } from "../../domain/data/endpoints.ts";
import { type PartitionName, partitionOfRegion } from "./partitions.ts";

/** The variant of an endpoint: FIPS, dual-stack, both or neither. */
export interface EndpointVariant {
  readonly fips: boolean;
  readonly dualStack: boolean;
}

type Service = keyof typeof ENDPOINTS;
type VariantName = keyof (typeof ENDPOINTS)[Service][PartitionName];

/** @param variant `global` is the global endpoint, for the regions that had it before they had their own. */
export function stsUrl(region: string, variant: EndpointVariant & { readonly global: boolean }): string {
  const regional: Readonly<Record<string, { readonly global?: string }>> = REGIONAL_ENDPOINTS.sts;
  const global = variant.global && variantName(variant) === "plain" ? regional[region]?.global : undefined;
  return global ?? endpointUrl("sts", region, variant);
}

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
  const regional: Readonly<Record<string, Readonly<Record<string, string>>>> = REGIONAL_ENDPOINTS[service];
  const name = variantName(variant);
  return regional[region]?.[name] ?? ENDPOINTS[service][partitionOfRegion(region)][name].replace("{region}", region);
}

function variantName({ fips, dualStack }: EndpointVariant): VariantName {
  if (fips) return dualStack ? "fipsDualStack" : "fips";
  return dualStack ? "dualStack" : "plain";
}
