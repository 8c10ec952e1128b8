/** The region, and configured endpoints for AWS services. */
import type { Environment } from "../../domain/environment.ts";
import { invalidValue, RolecallError } from "../../domain/errors.ts";
import { USE_HTTP_URL } from "../../domain/help_texts.ts";
import { describeOrigin, highestPrecedence, type Sourced } from "../../domain/origin.ts";
import { didYouMean } from "../../text/suggest.ts";
import { isHttpUrl } from "../../text/url.ts";
import type { Ignored } from "../plan.ts";
import { lookUp, lookUpBoolean, profileSetting, type Scope, sourcedVariable } from "../scope.ts";

/**
 * The configured region: the option, else `AWS_REGION`, `AWS_DEFAULT_REGION`, the chosen profile or rolecall's own
 * settings. The region of a source profile is not used.
 */
export function configuredRegion(scope: Scope): Sourced<string> | undefined {
  const { options, settings } = scope;
  const region = lookUp(scope, {
    option: options.region,
    variables: ["AWS_REGION", "AWS_DEFAULT_REGION"],
    key: "region",
  });
  return highestPrecedence(region?.value === "" ? undefined : region, settings?.region);
}

/**
 * The endpoint configured for a service, in this order of precedence: `--endpoint-url`, `AWS_ENDPOINT_URL_<SERVICE>`,
 * `AWS_ENDPOINT_URL`, the profile's `services` section, the profile's `endpoint_url`.
 * `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` and `ignore_configured_endpoint_urls` disable all but the option.
 *
 * @param service the service's key in a services section, such as `sts` or `sso_oidc`.
 * @throws RolecallError `invalid-option` or `invalid-setting` for an endpoint that is not a URL; `invalid-setting` if
 * the profile's services section is needed and does not exist.
 */
export function serviceEndpoint(scope: Scope, service: string): Sourced<string> | undefined {
  const { options, environment } = scope;
  const isDisabled = endpointsDisabled(scope).value;
  const outsideFiles = highestPrecedence(
    options.endpointUrl,
    ...(isDisabled ? [] : endpointVariables(environment, service)),
  );
  if (outsideFiles === undefined && !isDisabled) requireServicesSection(scope);
  const endpoint = highestPrecedence(outsideFiles, ...(isDisabled ? [] : endpointSettings(scope, service)));
  if (endpoint === undefined) return undefined;
  if (!isHttpUrl(endpoint.value)) throw invalidValue("endpoint URL", endpoint, [USE_HTTP_URL]);
  return endpoint;
}

/** The keys of a profile that `serviceEndpoint` reads. */
export const SERVICE_ENDPOINT_KEYS: readonly string[] = ["ignore_configured_endpoint_urls", "services", "endpoint_url"];

/** The keys of a profile that `endpointVariant` reads. */
export const ENDPOINT_VARIANT_KEYS: readonly string[] = ["use_fips_endpoint", "use_dualstack_endpoint"];

/** Whether the FIPS endpoints and the dual-stack endpoints are used. */
export function endpointVariant(scope: Scope): {
  readonly fips: Sourced<boolean>;
  readonly dualStack: Sourced<boolean>;
} {
  return {
    fips: lookUpBoolean(scope, { variables: ["AWS_USE_FIPS_ENDPOINT"], key: "use_fips_endpoint" }),
    dualStack: lookUpBoolean(scope, { variables: ["AWS_USE_DUALSTACK_ENDPOINT"], key: "use_dualstack_endpoint" }),
  };
}

/** The configured endpoints that have no effect, because a setting disables them. */
export function ignoredEndpoints(scope: Scope, service: string): Ignored[] {
  const disabled = endpointsDisabled(scope);
  if (!disabled.value) return [];
  const why = `configured endpoints are disabled by ${describeOrigin(disabled.from)}`;
  return [...endpointVariables(scope.environment, service), ...endpointSettings(scope, service)]
    .filter((endpoint) => endpoint !== undefined)
    .map(({ from }) => ({ what: "variable" in from ? from.variable : "endpoint_url", from, why }));
}

function endpointsDisabled(scope: Scope): Sourced<boolean> {
  return lookUpBoolean(scope, {
    variables: ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
    key: "ignore_configured_endpoint_urls",
  });
}

function endpointVariables(environment: Environment, service: string): (Sourced<string> | undefined)[] {
  return [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, "AWS_ENDPOINT_URL"].map((name) =>
    sourcedVariable(environment, name),
  );
}

function endpointSettings({ profile, config }: Scope, service: string): (Sourced<string> | undefined)[] {
  const section = config.services.get(profile?.settings.get("services")?.value ?? "");
  return [section?.settings.get(service)?.nested?.get("endpoint_url"), profileSetting(profile, "endpoint_url")];
}

function requireServicesSection({ profile, config }: Scope): void {
  const name = profile?.settings.get("services");
  if (name === undefined || config.services.has(name.value)) return;
  throw new RolecallError("invalid-setting", `the section [services ${name.value}] does not exist`, {
    at: name.from,
    length: name.value.length,
    help: didYouMean(name.value, config.services.keys()),
  });
}
