/**
 * The hosts of IAM Identity Center and of the sign-in service, as botocore's endpoint rules have them. (Those of STS
 * come with the AWS SDK.)
 */

/** Which of a service's endpoints is asked. */
export interface EndpointVariant {
  readonly fips: boolean;
  readonly dualStack: boolean;
}

interface Partition {
  /** How the names of its regions begin. */
  readonly regions: string;
  readonly suffix: string;
  readonly dualStackSuffix: string;
  readonly signIn: string;
}

const AWS: Partition = {
  regions: "",
  suffix: "amazonaws.com",
  dualStackSuffix: "api.aws",
  signIn: "signin.aws.amazon.com",
};

const GOV_CLOUD: Partition = { ...AWS, regions: "us-gov-", signIn: "signin.amazonaws-us-gov.com" };

const PARTITIONS: readonly Partition[] = [
  {
    regions: "cn-",
    suffix: "amazonaws.com.cn",
    dualStackSuffix: "api.amazonwebservices.com.cn",
    signIn: "signin.amazonaws.cn",
  },
  GOV_CLOUD,
  { regions: "us-iso-", suffix: "c2s.ic.gov", dualStackSuffix: "api.aws.ic.gov", signIn: "signin.c2shome.ic.gov" },
  {
    regions: "us-isob-",
    suffix: "sc2s.sgov.gov",
    dualStackSuffix: "api.aws.scloud",
    signIn: "signin.sc2shome.sgov.gov",
  },
  {
    regions: "eu-isoe-",
    suffix: "cloud.adc-e.uk",
    dualStackSuffix: "api.cloud-aws.adc-e.uk",
    signIn: "signin.csphome.adc-e.uk",
  },
  {
    regions: "us-isof-",
    suffix: "csp.hci.ic.gov",
    dualStackSuffix: "api.aws.hci.ic.gov",
    signIn: "signin.csphome.hci.ic.gov",
  },
  {
    regions: "eusc-",
    suffix: "amazonaws.eu",
    dualStackSuffix: "api.amazonwebservices.eu",
    signIn: "signin.amazonaws-eusc.eu",
  },
];

/** @param service the portal of IAM Identity Center, or the service that refreshes its tokens. */
export function identityCenterUrl(service: "portal.sso" | "oidc", region: string, variant: EndpointVariant): string {
  const partition = partitionOf(region);
  const suffix = variant.dualStack ? partition.dualStackSuffix : partition.suffix;
  // GovCloud's usual endpoints are FIPS endpoints.
  const fips = variant.fips && (partition !== GOV_CLOUD || variant.dualStack) ? "-fips" : "";
  return `https://${service}${fips}.${region}.${suffix}`;
}

/** The sign-in service, which refreshes the sessions of `aws login`. */
export function signInUrl(region: string, { fips, dualStack }: EndpointVariant): string {
  const partition = partitionOf(region);
  if (dualStack) return `https://signin${fips ? "-fips" : ""}.${region}.${partition.dualStackSuffix}`;
  if (!fips) return `https://${region}.${partition.signIn}`;
  if (partition !== GOV_CLOUD) return `https://signin-fips.${region}.${partition.suffix}`;
  return `https://${region === "us-gov-west-1" ? "" : `${region}.`}signin-fips.amazonaws-us-gov.com`;
}

function partitionOf(region: string): Partition {
  return PARTITIONS.find((partition) => region.startsWith(partition.regions)) ?? AWS;
}
