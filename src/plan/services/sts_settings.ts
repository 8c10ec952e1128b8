/** The region and the endpoint of STS, by the AWS CLI's rules; without a configured region, by boto3's. */
import { RolecallError } from "../../domain/errors.ts";
import { type Sourced, withValue } from "../../domain/origin.ts";
import { parseArn } from "../../text/arn.ts";
import type { AssumeRoleStep, SourceStep, StsSettings } from "../plan.ts";
import { lookUp, requireHostLabel, type Scope, sharedUnlessSet } from "../scope.ts";
import { ENDPOINT_VARIANT_KEYS, endpointVariant, SERVICE_ENDPOINT_KEYS, serviceEndpoint } from "./endpoints.ts";

/**
 * How STS is called, for the roles of a plan and for `GetCallerIdentity`.
 *
 * @param region the result of `configuredRegion`.
 * @param source the source of the chain; undefined if no source has credentials.
 * @throws RolecallError `invalid-setting` or `invalid-option` for an endpoint that is not a URL, or a region that is not
 * a host label. As in the AWS CLI, such a region is not an error if the chain does not use it.
 */
export function stsSettings(
  scope: Scope,
  region: Sourced<string> | undefined,
  source: SourceStep | undefined,
  roles: readonly AssumeRoleStep[],
): StsSettings {
  const { legacy, ...common } = sharedUnlessSet(scope, ENDPOINT_KEYS, endpointSettings);
  if (region !== undefined) {
    if (roles.length > 0 || source?.kind === "web-identity") requireHostLabel(region);
    return {
      region,
      regionFromInstance: false,
      // The AWS CLI v2 ignores this setting. The SDKs and the AWS CLI v1 use it, so it is used here, too.
      global:
        legacy?.value.toLowerCase() === "legacy"
          ? withValue(legacy, true)
          : { value: false, from: { default: "the region's endpoint is the default" } },
      ...common,
    };
  }
  return {
    ...regionOfPartition(roles[0]),
    regionFromInstance: source?.kind === "ec2",
    ...common,
  };
}

const ENDPOINT_KEYS = ["sts_regional_endpoints", ...ENDPOINT_VARIANT_KEYS, ...SERVICE_ENDPOINT_KEYS];

function endpointSettings(scope: Scope) {
  return {
    legacy: lookUp(scope, { variables: ["AWS_STS_REGIONAL_ENDPOINTS"], key: "sts_regional_endpoints" }),
    ...endpointVariant(scope),
    endpoint: serviceEndpoint(scope, "sts"),
  };
}

/**
 * boto3's rule if no region is configured: the partition in the role's ARN decides. (The AWS CLI v2 rejects a role
 * profile without a region, although its documentation shows one.)
 */
function regionOfPartition(role: AssumeRoleStep | undefined): Pick<StsSettings, "region" | "global"> {
  const partition = (role && parseArn(role.roleArn.value)?.partition) ?? "aws";
  const from = { default: `no region is configured: the default of the partition ${partition}` };
  switch (partition) {
    case "aws":
      return { region: { value: "us-east-1", from }, global: { value: true, from } };
    case "aws-cn":
      return { region: { value: "cn-north-1", from }, global: { value: false, from } };
    case "aws-us-gov":
      return { region: { value: "us-gov-west-1", from }, global: { value: false, from } };
    default:
      throw new RolecallError("invalid-setting", `no region is configured for a role in the partition "${partition}"`, {
        at: role?.from,
        length: role?.roleArn.value.length,
        help: ["set --region, AWS_REGION or the profile's region"],
      });
  }
}
