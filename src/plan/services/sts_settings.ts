/** Which STS is asked, and for which region: the AWS CLI's rules, with boto3's where no region is configured. */
import { RolecallError } from "../../domain/errors.ts";
import { type Sourced, withValue } from "../../domain/origin.ts";
import { parseArn } from "../../text/arn.ts";
import type { AssumeRoleStep, SourceStep, StsSettings } from "../plan.ts";
import { lookUp, requireHostLabel, type Scope } from "../scope.ts";
import { endpointVariant, serviceEndpoint } from "./endpoints.ts";

/**
 * How STS is reached, for the roles of a plan and for `GetCallerIdentity`.
 *
 * @param region what `configuredRegion` found.
 * @param source of the chain; undefined where there is none.
 * @throws RolecallError `invalid-setting` for a region that is no host label or an endpoint that is no URL.
 */
export function stsSettings(
  scope: Scope,
  region: Sourced<string> | undefined,
  source: SourceStep | undefined,
  roles: readonly AssumeRoleStep[],
): StsSettings {
  const legacy = lookUp(scope, { variables: ["AWS_STS_REGIONAL_ENDPOINTS"], key: "sts_regional_endpoints" });
  const common = {
    ...endpointVariant(scope),
    endpoint: serviceEndpoint(scope, "sts"),
  };
  if (region !== undefined) {
    requireHostLabel(region);
    return {
      region,
      regionFromInstance: false,
      // The AWS CLI v2 ignores this setting; the SDKs and the AWS CLI v1 honour it, and whoever wrote it means it.
      global:
        legacy?.value.toLowerCase() === "legacy"
          ? withValue(legacy, true)
          : { value: false, from: { default: "STS is asked in the region" } },
      ...common,
    };
  }
  return {
    ...regionOfPartition(roles[0]),
    regionFromInstance: source?.kind === "ec2",
    ...common,
  };
}

/**
 * boto3's rule where no region is configured: the partition of the role's ARN decides. (The AWS CLI v2 refuses a role
 * profile without a region, though its own documentation shows one.)
 */
function regionOfPartition(role: AssumeRoleStep | undefined): Pick<StsSettings, "region" | "global"> {
  const partition = (role && parseArn(role.roleArn.value)?.partition) ?? "aws";
  const from = { default: `no region configured: that of the partition ${partition}` };
  switch (partition) {
    case "aws":
      return { region: { value: "us-east-1", from }, global: { value: true, from } };
    case "aws-cn":
      return { region: { value: "cn-north-1", from }, global: { value: false, from } };
    case "aws-us-gov":
      return { region: { value: "us-gov-west-1", from }, global: { value: false, from } };
    default:
      throw new RolecallError("invalid-setting", `a role of the partition "${partition}" needs a region`, {
        at: role?.from,
        length: role?.roleArn.value.length,
        help: ["give one with --region, AWS_REGION or the profile's region"],
      });
  }
}
