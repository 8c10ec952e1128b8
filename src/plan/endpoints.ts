/** Where AWS services are asked: the region, and endpoints in place of AWS's own. */
import { RolecallError } from "../errors.ts";
import type { Sourced } from "../origin.ts";
import { lookUp, lookUpSwitch, type Scope, sourcedVariable } from "./scope.ts";

/** The configured region: option, `AWS_REGION`, `AWS_DEFAULT_REGION`, the chosen profile, our own settings; never a source profile's. */
export function configuredRegion(scope: Scope): Sourced<string> | undefined {
  const region =
    scope.options.region ?? lookUp(scope, { variables: ["AWS_REGION", "AWS_DEFAULT_REGION"], key: "region" });
  if (region === undefined || region.value === "") return scope.settings?.region;
  return { value: region.value, from: region.from };
}

/**
 * The endpoint that was configured for a service, strongest first: `--endpoint-url`, `AWS_ENDPOINT_URL_<SERVICE>`,
 * `AWS_ENDPOINT_URL`, the profile's `services` section, the profile's `endpoint_url`. All but the option can be
 * switched off with `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` or `ignore_configured_endpoint_urls`.
 *
 * @param service as a key of a services section: `sts`, `sso_oidc`.
 */
export function serviceEndpoint(scope: Scope, service: string): Sourced<string> | undefined {
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

/** Whether the endpoints for FIPS, and those for IPv6 as well, are asked. */
export function endpointVariant(scope: Scope): {
  readonly fips: Sourced<boolean>;
  readonly dualStack: Sourced<boolean>;
} {
  return {
    fips: lookUpSwitch(scope, { variables: ["AWS_USE_FIPS_ENDPOINT"], key: "use_fips_endpoint" }),
    dualStack: lookUpSwitch(scope, { variables: ["AWS_USE_DUALSTACK_ENDPOINT"], key: "use_dualstack_endpoint" }),
  };
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
