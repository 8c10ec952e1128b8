/** The provider for the keys in a profile. */
import type { SharedConfig } from "../config/shared_config.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { StaticStep } from "../plan/plan.ts";

/** Reads the keys from the file that the plan names. */
export function staticCredentials(step: StaticStep, config: SharedConfig): Credentials {
  const profile = config.profiles.get(step.profile);
  const section = step.file === "credentials" ? profile?.inCredentials : profile?.inConfig;
  const value = (key: string) => section?.settings.get(key)?.value;
  return {
    accessKeyId: value("aws_access_key_id") ?? "",
    secretAccessKey: value("aws_secret_access_key") ?? "",
    // In the AWS CLI's order: the older name overrides the newer one, even if it is empty. An empty token counts as
    // missing.
    sessionToken: (value("aws_security_token") ?? value("aws_session_token")) || undefined,
    accountId: value("aws_account_id") || undefined,
  };
}
