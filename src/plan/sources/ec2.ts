/** The step and the settings for the EC2 instance metadata service. */
import { invalidValue } from "../../domain/errors.ts";
import { USE_HTTP_URL } from "../../domain/help_texts.ts";
import { highestPrecedence, type Origin, type Sourced, withValue } from "../../domain/origin.ts";
import { isHttpUrl } from "../../text/url.ts";
import type { Ec2Settings, Ec2Step } from "../plan.ts";
import { builtInDefault, lookUp, lookUpBoolean, lookUpInteger, type Scope, sharedUnlessSet } from "../scope.ts";

const IPV4_ENDPOINT = "http://169.254.169.254";
const IPV6_ENDPOINT = "http://[fd00:ec2::254]";

const EC2_KEYS = [
  "ec2_metadata_v1_disabled",
  "ec2_metadata_service_endpoint",
  "ec2_metadata_service_endpoint_mode",
  "imds_use_ipv6",
  "metadata_service_timeout",
  "metadata_service_num_attempts",
];

/**
 * The metadata settings, from the environment, the chosen profile and rolecall's own settings, with the AWS CLI's
 * defaults.
 *
 * @throws RolecallError `invalid-setting`, even if another source is used: the AWS CLI also reads these settings before
 * it searches for credentials.
 */
export function ec2Settings(scope: Scope): Ec2Settings {
  return sharedUnlessSet(scope, EC2_KEYS, lookUpEc2Settings);
}

function lookUpEc2Settings(scope: Scope): Ec2Settings {
  const own = scope.settings?.metadata;
  const count = (variable: string, key: string, setting: Sourced<number> | undefined) =>
    lookUpInteger(scope, { variables: [variable], key }, setting ?? builtInDefault(1));
  const v1 = negated(
    lookUpBoolean(scope, { variables: ["AWS_EC2_METADATA_V1_DISABLED"], key: "ec2_metadata_v1_disabled" }),
  );
  return {
    endpoint: metadataEndpoint(scope),
    timeoutSeconds: count("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", own?.timeout),
    attempts: count("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts", own?.attempts),
    // IMDSv1 is allowed only if no setting forbids it.
    v1: own?.imdsV1?.value === false ? own.imdsV1 : v1,
  };
}

/** The origin of `AWS_EC2_METADATA_DISABLED` if it is true. A profile has no key for this. */
export function ec2Disabled(scope: Scope): Origin | undefined {
  const disabled = lookUpBoolean(scope, { variables: ["AWS_EC2_METADATA_DISABLED"] });
  return disabled.value ? disabled.from : undefined;
}

/** The step if `credential_source` names EC2. */
export function configuredEc2(settings: Ec2Settings, from: Origin): Ec2Step {
  return { kind: "ec2", ...settings, named: true, from };
}

/** The step at the end of the chain. This machine may not be an EC2 instance. */
export function implicitEc2(settings: Ec2Settings): Ec2Step {
  const from = { default: "no other source has credentials" };
  return { kind: "ec2", ...settings, named: false, from };
}

/** The default endpoint of the other address family; undefined if the endpoint is a custom one. */
export function otherEndpoint({ endpoint }: Ec2Settings): string | undefined {
  switch (endpoint.value) {
    case IPV4_ENDPOINT:
      return IPV6_ENDPOINT;
    case IPV6_ENDPOINT:
      return IPV4_ENDPOINT;
    default:
      return undefined;
  }
}

/** An explicit endpoint overrides the mode. An unknown mode is an error even then. */
function metadataEndpoint(scope: Scope): Sourced<string> {
  const byMode = endpointOfMode(scope);
  const endpoint = lookUp(scope, {
    variables: ["AWS_EC2_METADATA_SERVICE_ENDPOINT"],
    key: "ec2_metadata_service_endpoint",
  });
  if (endpoint === undefined) return byMode;
  if (!isHttpUrl(endpoint.value)) {
    throw invalidValue("EC2 metadata endpoint", endpoint, [`${USE_HTTP_URL}, such as ${IPV4_ENDPOINT}`]);
  }
  return highestPrecedence(endpoint, "default" in byMode.from ? undefined : byMode) ?? endpoint;
}

function endpointOfMode(scope: Scope): Sourced<string> {
  const mode = lookUp(scope, {
    variables: ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"],
    key: "ec2_metadata_service_endpoint_mode",
  });
  if (mode === undefined) {
    const ipv6 = lookUpBoolean(scope, { variables: ["AWS_IMDS_USE_IPV6"], key: "imds_use_ipv6" });
    return withValue(ipv6, ipv6.value ? IPV6_ENDPOINT : IPV4_ENDPOINT);
  }
  switch (mode.value.toLowerCase()) {
    case "ipv4":
      return withValue(mode, IPV4_ENDPOINT);
    case "ipv6":
      return withValue(mode, IPV6_ENDPOINT);
    default:
      throw invalidValue("EC2 metadata endpoint mode", mode, ["use IPv4 or IPv6"]);
  }
}

function negated(value: Sourced<boolean>): Sourced<boolean> {
  return withValue(value, !value.value);
}
