/** Credentials of a role in IAM Identity Center (SSO). */
import type { FileSection, Profile, Setting, SharedConfig } from "../../config/shared_config.ts";
import { RolecallError } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";
import { didYouMean } from "../../text/suggest.ts";
import { swallowedKeys } from "../hints.ts";
import type { SsoStep } from "../plan.ts";
import { requireHostLabel, type Scope } from "../scope.ts";
import { endpointVariant, serviceEndpoint } from "../services/endpoints.ts";
import { identityCenterUrl } from "../services/service_hosts.ts";

const REQUIRED = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"] as const;

/**
 * The step for a profile with `sso_account_id` or `sso_role_name`; undefined for a profile with neither.
 *
 * @throws RolecallError `sso-incomplete` if a setting is missing, the session does not exist, or the profile and the
 * session differ: the rules of botocore's SSOProvider.
 */
export function ssoRole(profile: Profile, scope: Scope): SsoStep | undefined {
  const trigger = profile.settings.get("sso_account_id") ?? profile.settings.get("sso_role_name");
  if (trigger === undefined) return undefined;
  const sessionName = profile.settings.get("sso_session");
  const session = sessionName === undefined ? undefined : findSession(sessionName, scope.config);
  const settings = session === undefined ? profile.settings : merge(profile, session);
  const [roleName, accountId, startUrl, region] = REQUIRED.map((key) => settings.get(key));
  if (roleName === undefined || accountId === undefined || startUrl === undefined || region === undefined) {
    const missing = REQUIRED.filter((key) => !settings.has(key));
    throw new RolecallError("sso-incomplete", `the SSO profile "${profile.name}" has no ${missing.join(", ")}`, {
      at: trigger.from,
      length: trigger.value.length,
      help: [
        ...swallowedKeys(profile, missing),
        ...swallowedKeys(session, missing),
        "run aws configure sso to write a complete profile",
      ],
    });
  }
  requireHostLabel(region);
  return {
    kind: "sso",
    profile: profile.name,
    session: sessionName,
    accountId,
    roleName,
    startUrl,
    region,
    portalEndpoint: serviceEndpoint(scope, "sso") ?? awsEndpoint("sso", region, scope),
    oidcEndpoint: serviceEndpoint(scope, "sso_oidc") ?? awsEndpoint("sso-oidc", region, scope),
    from: trigger.from,
  };
}

function awsEndpoint(service: "sso" | "sso-oidc", region: Setting, scope: Scope): Sourced<string> {
  const { fips, dualStack } = endpointVariant(scope);
  const variant = { fips: fips.value, dualStack: dualStack.value };
  return {
    value: identityCenterUrl(service, region.value, variant),
    from: { default: `the default in ${region.value}` },
  };
}

function findSession(name: Setting, config: SharedConfig): FileSection {
  const session = config.ssoSessions.get(name.value);
  if (session !== undefined) return session;
  throw new RolecallError("sso-incomplete", `the section [sso-session ${name.value}] does not exist`, {
    at: name.from,
    length: name.value.length,
    help: [...didYouMean(name.value, config.ssoSessions.keys()), "run aws configure sso-session to write the section"],
  });
}

/** The settings of the profile and of its session. A setting that is in both must have the same value. */
function merge(profile: Profile, session: FileSection): ReadonlyMap<string, Setting> {
  const merged = new Map(profile.settings);
  for (const [key, setting] of session.settings) {
    const own = profile.settings.get(key);
    if (own !== undefined && own.value !== setting.value) {
      throw new RolecallError("sso-incomplete", `${key} differs between the profile and its sso-session`, {
        at: own.from,
        length: own.value.length,
        help: [`keep only the one in the sso-session: ${setting.value} (${setting.from.file}:${setting.from.line})`],
      });
    }
    merged.set(key, setting);
  }
  return merged;
}
