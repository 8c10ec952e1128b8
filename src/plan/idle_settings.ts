/** Settings of the chosen profile, and variables, that have no effect because of what stands, or is missing, beside them. */
import { variable } from "../domain/environment.ts";
import { because, setKeys, setVariables } from "./ignored.ts";
import type { Ignored } from "./plan.ts";
import type { Scope } from "./scope.ts";

/** Why nothing of the environment counts. */
export const PROFILE_BY_OPTION = "a profile was named by an option";

/** Keys that describe a role, and count only together with `role_arn`. (A device counts for an MFA session, too.) */
export const ROLE_KEYS: readonly string[] = ["source_profile", "credential_source", "external_id", "duration_seconds"];

/** Keys of a role that AssumeRoleWithWebIdentity is not sent, as in the AWS CLI. */
export const KEYS_WITHOUT_USE_FOR_WEB_IDENTITY: readonly string[] = [...ROLE_KEYS, "mfa_serial"];

/** What describes a role, where there is none to describe. */
export function idleSettings({ profile, profileIsExplicit, options, environment }: Scope): Ignored[] {
  const mfaKeys = options.mfaSession === undefined ? ["mfa_serial"] : [];
  const hasRoleArn = profile?.settings.has("role_arn") === true;
  const hasToken =
    variable(environment, "AWS_WEB_IDENTITY_TOKEN_FILE") ?? profile?.settings.get("web_identity_token_file");
  return [
    ...(profileIsExplicit ? because(PROFILE_BY_OPTION, setVariables(environment, "AWS_WEB_IDENTITY_TOKEN_FILE")) : []),
    ...(hasRoleArn ? [] : because("it counts only together with role_arn", setKeys(profile, ...ROLE_KEYS, ...mfaKeys))),
    ...(hasToken === undefined
      ? because("it counts only together with AWS_WEB_IDENTITY_TOKEN_FILE", setVariables(environment, "AWS_ROLE_ARN"))
      : []),
  ];
}
