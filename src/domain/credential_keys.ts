/** The keys of a profile that configure credentials. */

/** The keys whose values are secret. */
export const SECRET_KEYS: readonly string[] = ["aws_secret_access_key", "aws_session_token", "aws_security_token"];

/** The keys that an SDK or the AWS CLI reads to find credentials. */
const CREDENTIAL_KEYS = [
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "aws_security_token",
  "aws_account_id",
  "role_arn",
  "source_profile",
  "credential_source",
  "external_id",
  "role_session_name",
  "duration_seconds",
  "mfa_serial",
  "mfa_process",
  "web_identity_token_file",
  "credential_process",
  "login_session",
  "sso_session",
  "sso_start_url",
  "sso_region",
  "sso_account_id",
  "sso_role_name",
] as const;

export type CredentialKey = (typeof CREDENTIAL_KEYS)[number];

export function isCredentialKey(key: string): key is CredentialKey {
  return CREDENTIAL_KEYS.some((known) => known === key);
}
