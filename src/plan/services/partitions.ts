/** AWS's partitions: worlds of their own, each with its regions and hosts. As botocore's `partitions.json` has them. */

export interface Partition {
  readonly name: string;
  /** How the names of its regions begin. */
  readonly regions: string;
  readonly suffix: string;
  readonly dualStackSuffix: string;
  readonly signIn: string;
  /** Undefined where it is not known. */
  readonly console?: string;
}

const AWS: Partition = {
  name: "aws",
  regions: "",
  suffix: "amazonaws.com",
  dualStackSuffix: "api.aws",
  signIn: "signin.aws.amazon.com",
  console: "console.aws.amazon.com",
};

export const GOV_CLOUD: Partition = {
  ...AWS,
  name: "aws-us-gov",
  regions: "us-gov-",
  signIn: "signin.amazonaws-us-gov.com",
  console: "console.amazonaws-us-gov.com",
};

const PARTITIONS: readonly Partition[] = [
  {
    name: "aws-cn",
    regions: "cn-",
    suffix: "amazonaws.com.cn",
    dualStackSuffix: "api.amazonwebservices.com.cn",
    signIn: "signin.amazonaws.cn",
    console: "console.amazonaws.cn",
  },
  GOV_CLOUD,
  {
    name: "aws-iso",
    regions: "us-iso-",
    suffix: "c2s.ic.gov",
    dualStackSuffix: "api.aws.ic.gov",
    signIn: "signin.c2shome.ic.gov",
  },
  {
    name: "aws-iso-b",
    regions: "us-isob-",
    suffix: "sc2s.sgov.gov",
    dualStackSuffix: "api.aws.scloud",
    signIn: "signin.sc2shome.sgov.gov",
  },
  {
    name: "aws-iso-e",
    regions: "eu-isoe-",
    suffix: "cloud.adc-e.uk",
    dualStackSuffix: "api.cloud-aws.adc-e.uk",
    signIn: "signin.csphome.adc-e.uk",
  },
  {
    name: "aws-iso-f",
    regions: "us-isof-",
    suffix: "csp.hci.ic.gov",
    dualStackSuffix: "api.aws.hci.ic.gov",
    signIn: "signin.csphome.hci.ic.gov",
  },
  {
    name: "aws-eusc",
    regions: "eusc-",
    suffix: "amazonaws.eu",
    dualStackSuffix: "api.amazonwebservices.eu",
    signIn: "signin.amazonaws-eusc.eu",
    console: "console.amazonaws-eusc.eu",
  },
  AWS,
];

/** By how the region's name begins: regions that are new are known, too. */
export function partitionOfRegion(region: string): Partition {
  return PARTITIONS.find(({ regions }) => region.startsWith(regions)) ?? AWS;
}

/** @returns undefined for a name that is no partition's. */
export function partitionNamed(name: string): Partition | undefined {
  return PARTITIONS.find((partition) => partition.name === name);
}
