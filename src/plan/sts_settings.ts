/** Which STS is asked, and for which region: the AWS CLI's rules, with boto3's where no region is configured. */
import { RolecallError } from "../errors.ts";
import type { Sourced } from "../origin.ts";
import type { AssumeRoleStep, SourceStep, StsSettings } from "./plan.ts";
import { lookUp, lookUpSwitch, type Scope, sourcedVariable } from "./scope.ts";

/** The configured region: option, `AWS_REGION`, `AWS_DEFAULT_REGION`, the chosen profile; never a source profile's. */
export function configuredRegion(scope: Scope): Sourced<string> | undefined {
  const region =
    scope.options.region ?? lookUp(scope, { variables: ["AWS_REGION", "AWS_DEFAULT_REGION"], key: "region" });
  return region === undefined || region.value === "" ? undefined : { value: region.value, from: region.from };
}

/**
 * How STS is reached, for the roles of a plan and for `GetCallerIdentity`.
 *
 * @param region what `configuredRegion` found.
 * @throws RolecallError `invalid-setting` for a region that is no host label or an endpoint that is no URL.
 */
export function stsSettings(
  scope: Scope,
  region: Sourced<string> | undefined,
  source: SourceStep,
  roles: readonly AssumeRoleStep[],
): StsSettings {
  const legacy = lookUp(scope, { variables: ["AWS_STS_REGIONAL_ENDPOINTS"], key: "sts_regional_endpoints" });
  const common = {
    fips: lookUpSwitch(scope, { variables: ["AWS_USE_FIPS_ENDPOINT"], key: "use_fips_endpoint" }),
    dualStack: lookUpSwitch(scope, { variables: ["AWS_USE_DUALSTACK_ENDPOINT"], key: "use_dualstack_endpoint" }),
    endpoint: serviceEndpoint(scope, "sts"),
  };
  if (region !== undefined) {
    refuseNoHostLabel(region);
    return {
      region,
      regionFromInstance: false,
      // The AWS CLI v2 ignores this setting; the SDKs and the AWS CLI v1 honour it, and whoever wrote it means it.
      global:
        legacy?.value.toLowerCase() === "legacy"
          ? { value: true, from: legacy.from }
          : { value: false, from: { default: "STS is asked in the region" } },
      ...common,
    };
  }
  return {
    ...regionOfPartition(roles[0]),
    regionFromInstance: source.kind === "ec2",
    ...common,
  };
}

/**
 * boto3's rule where no region is configured: the partition of the role's ARN decides. (The AWS CLI v2 refuses a role
 * profile without a region, though its own documentation shows one.)
 */
function regionOfPartition(role: AssumeRoleStep | undefined): Pick<StsSettings, "region" | "global"> {
  const partition = role === undefined ? "aws" : (/^arn:([^:]*):/.exec(role.roleArn.value)?.[1] ?? "aws");
  const from = { default: `no region is configured; this is the one for the partition ${partition}` };
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

/** A region becomes part of a host name; as in botocore, one that cannot is refused before any call. */
function refuseNoHostLabel(region: Sourced<string>): void {
  if (/^(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)$/.test(region.value)) return;
  throw new RolecallError("invalid-setting", `"${region.value}" cannot be the name of a region`, {
    at: region.from,
    length: region.value.length,
    help: ["a region is written like eu-west-1"],
  });
}

/**
 * The endpoint that was configured for a service, strongest first: `--endpoint-url`, `AWS_ENDPOINT_URL_<SERVICE>`,
 * `AWS_ENDPOINT_URL`, the profile's `services` section, the profile's `endpoint_url`. All but the option can be
 * switched off with `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` or `ignore_configured_endpoint_urls`.
 *
 * @param service as a key of a services section: `sts`, `sso_oidc`.
 */
function serviceEndpoint(scope: Scope, service: string): Sourced<string> | undefined {
  const endpoint = scope.options.endpointUrl ?? configuredEndpoint(scope, service);
  if (endpoint === undefined) return undefined;
  if (!/^https?:\/\/[^/]/i.test(endpoint.value) || !URL.canParse(endpoint.value)) {
    throw new RolecallError("invalid-setting", `"${endpoint.value}" is no http:// or https:// URL`, {
      at: endpoint.from,
      length: endpoint.value.length,
    });
  }
  return { value: endpoint.value, from: endpoint.from };
}

function configuredEndpoint(scope: Scope, service: string): Sourced<string> | undefined {
  const ignored = lookUpSwitch(scope, {
    variables: ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
    key: "ignore_configured_endpoint_urls",
  });
  if (ignored.value) return undefined;
  return (
    sourcedVariable(scope.environment, `AWS_ENDPOINT_URL_${service.toUpperCase()}`) ??
    sourcedVariable(scope.environment, "AWS_ENDPOINT_URL") ??
    servicesSection(scope)?.get(service)?.nested?.get("endpoint_url") ??
    scope.profile?.settings.get("endpoint_url")
  );
}

/** @throws RolecallError `invalid-setting` when the profile names a services section that does not exist. */
function servicesSection(scope: Scope) {
  const name = scope.profile?.settings.get("services");
  if (name === undefined) return undefined;
  const section = scope.config.services.get(name.value);
  if (section === undefined) {
    throw new RolecallError("invalid-setting", `there is no section [services ${name.value}]`, {
      at: name.from,
      length: name.value.length,
    });
  }
  return section.settings;
}
