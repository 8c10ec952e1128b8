/** Where AWS services are asked: the region, and endpoints in place of AWS's own. */
import type { Environment } from "../../domain/environment.ts";
import { invalidValue, RolecallError } from "../../domain/errors.ts";
import { USE_HTTP_URL } from "../../domain/help_texts.ts";
import { describeOrigin, highestPrecedence, type Sourced } from "../../domain/origin.ts";
import { didYouMean } from "../../text/suggest.ts";
import { isHttpUrl } from "../../text/url.ts";
import type { Ignored } from "../plan.ts";
import { lookUp, lookUpBoolean, profileSetting, type Scope, sourcedVariable } from "../scope.ts";

/** The configured region: option, `AWS_REGION`, `AWS_DEFAULT_REGION`, the chosen profile, our own settings; never a source profile's. */
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
 * The endpoint that was configured for a service, strongest first: `--endpoint-url`, `AWS_ENDPOINT_URL_<SERVICE>`,
 * `AWS_ENDPOINT_URL`, the profile's `services` section, the profile's `endpoint_url`. All but the option can be
 * switched off with `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` or `ignore_configured_endpoint_urls`.
 *
 * @param service as a key of a services section: `sts`, `sso_oidc`.
 * @throws RolecallError `invalid-setting` for an endpoint that is no URL, and where a services section would have to
 * say, but does not exist.
 */
export function serviceEndpoint(scope: Scope, service: string): Sourced<string> | undefined {
  const { options, environment } = scope;
  const isOff = ignoresEndpoints(scope).value;
  const stronger = highestPrecedence(options.endpointUrl, ...(isOff ? [] : endpointVariables(environment, service)));
  if (stronger === undefined && !isOff) refuseMissingSection(scope);
  const endpoint = highestPrecedence(stronger, ...(isOff ? [] : endpointSettings(scope, service)));
  if (endpoint === undefined) return undefined;
  if (!isHttpUrl(endpoint.value)) throw invalidValue("endpoint URL", endpoint, [USE_HTTP_URL]);
  return endpoint;
}

/** Whether the endpoints for FIPS, and those for IPv6 as well, are asked. */
export function endpointVariant(scope: Scope): {
  readonly fips: Sourced<boolean>;
  readonly dualStack: Sourced<boolean>;
} {
  return {
    fips: lookUpBoolean(scope, { variables: ["AWS_USE_FIPS_ENDPOINT"], key: "use_fips_endpoint" }),
    dualStack: lookUpBoolean(scope, { variables: ["AWS_USE_DUALSTACK_ENDPOINT"], key: "use_dualstack_endpoint" }),
  };
}

/** The endpoints that would count, were it not for the switch that turns them off. */
export function ignoredEndpoints(scope: Scope, service: string): Ignored[] {
  const off = ignoresEndpoints(scope);
  if (!off.value) return [];
  const why = `configured endpoints are switched off by ${describeOrigin(off.from)}`;
  return [...endpointVariables(scope.environment, service), ...endpointSettings(scope, service)]
    .filter((endpoint) => endpoint !== undefined)
    .map(({ from }) => ({ what: "variable" in from ? from.variable : "endpoint_url", from, why }));
}

function ignoresEndpoints(scope: Scope): Sourced<boolean> {
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

function refuseMissingSection({ profile, config }: Scope): void {
  const name = profile?.settings.get("services");
  if (name === undefined || config.services.has(name.value)) return;
  throw new RolecallError("invalid-setting", `there is no section [services ${name.value}]`, {
    at: name.from,
    length: name.value.length,
    help: didYouMean(name.value, config.services.keys()),
  });
}
