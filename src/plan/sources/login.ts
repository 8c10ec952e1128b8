/** The session that `aws login` stored. */
import type { Profile } from "../../config/shared_config.ts";
import type { LoginStep } from "../plan.ts";
import { profileSetting, requireNonEmpty, type Scope } from "../scope.ts";
import { configuredRegion, endpointVariant, serviceEndpoint } from "../services/endpoints.ts";

/**
 * The step for a profile with `login_session`.
 *
 * @throws RolecallError `invalid-setting` if it is empty.
 */
export function loginSession(profile: Profile, scope: Scope): LoginStep | undefined {
  const session = requireNonEmpty("login_session", profileSetting(profile, "login_session"));
  if (session === undefined) return undefined;
  const { fips, dualStack } = endpointVariant(scope);
  return {
    kind: "login",
    profile: profile.name,
    session,
    region: configuredRegion(scope),
    endpoint: serviceEndpoint(scope, "signin"),
    variant: { fips: fips.value, dualStack: dualStack.value },
    from: session.from,
  };
}
