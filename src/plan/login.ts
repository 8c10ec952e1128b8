/** The session that `aws login` has left. */
import type { Profile } from "../config/shared_config.ts";
import type { LoginStep } from "./plan.ts";
import { notEmpty } from "./scope.ts";

/** @throws RolecallError `invalid-setting` for an empty `login_session`. */
export function loginSession(profile: Profile): LoginStep | undefined {
  const session = notEmpty("login_session", profile.settings.get("login_session"));
  return session === undefined ? undefined : { kind: "login", profile: profile.name, session, from: session.from };
}
