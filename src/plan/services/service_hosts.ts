/**
 * The hosts of IAM Identity Center and of the sign-in service, as botocore's endpoint rules have them. (Those of STS
 * come with the AWS SDK.)
 */
import { GOV_CLOUD, partitionOfRegion } from "./partitions.ts";

/** Which of a service's endpoints is asked. */
export interface EndpointVariant {
  readonly fips: boolean;
  readonly dualStack: boolean;
}

/** @param service the portal of IAM Identity Center, or the service that refreshes its tokens. */
export function identityCenterUrl(service: "portal.sso" | "oidc", region: string, variant: EndpointVariant): string {
  const partition = partitionOfRegion(region);
  const suffix = variant.dualStack ? partition.dualStackSuffix : partition.suffix;
  // GovCloud's usual endpoints are FIPS endpoints.
  const fips = variant.fips && (partition !== GOV_CLOUD || variant.dualStack) ? "-fips" : "";
  return `https://${service}${fips}.${region}.${suffix}`;
}

/** The sign-in service, which refreshes the sessions of `aws login`. */
export function signInUrl(region: string, { fips, dualStack }: EndpointVariant): string {
  const partition = partitionOfRegion(region);
  if (dualStack) return `https://signin${fips ? "-fips" : ""}.${region}.${partition.dualStackSuffix}`;
  if (!fips) return `https://${region}.${partition.signIn}`;
  if (partition !== GOV_CLOUD) return `https://signin-fips.${region}.${partition.suffix}`;
  return `https://${region === "us-gov-west-1" ? "" : `${region}.`}signin-fips.amazonaws-us-gov.com`;
}
