/** The provider for the environment variables. */
import type { Credentials } from "../domain/credentials.ts";
import { type Environment, variable } from "../domain/environment.ts";
import { invalidValue, RolecallError } from "../domain/errors.ts";
import { REPLACE_ENVIRONMENT_KEYS, USE_TIMESTAMP } from "../domain/help_texts.ts";
import { parseTimestamp } from "../text/timestamp.ts";

/**
 * Reads the credentials. The plan has checked that both keys are set.
 *
 * @param now the current time, to detect expired credentials.
 * @throws RolecallError `credentials-expired`, or `invalid-setting` for an expiration that is not a timestamp.
 */
export function environmentCredentials(environment: Environment, now: Date): Credentials {
  const expirationText = variable(environment, "AWS_CREDENTIAL_EXPIRATION");
  const expiration = expirationText === undefined ? undefined : parseTimestamp(expirationText);
  if (expirationText !== undefined && expiration === undefined) {
    const given = { value: expirationText, from: { variable: "AWS_CREDENTIAL_EXPIRATION" } };
    throw invalidValue("time", given, [USE_TIMESTAMP]);
  }
  if (expiration !== undefined && expiration <= now) {
    throw new RolecallError(
      "credentials-expired",
      `the credentials in the environment expired at ${expiration.toISOString()}`,
      { at: { variable: "AWS_CREDENTIAL_EXPIRATION" }, help: [REPLACE_ENVIRONMENT_KEYS] },
    );
  }
  return {
    accessKeyId: variable(environment, "AWS_ACCESS_KEY_ID") ?? "",
    secretAccessKey: variable(environment, "AWS_SECRET_ACCESS_KEY") ?? "",
    // In the AWS CLI's order: the older name overrides the newer one.
    sessionToken: variable(environment, "AWS_SECURITY_TOKEN") ?? variable(environment, "AWS_SESSION_TOKEN"),
    expiration,
    accountId: variable(environment, "AWS_ACCOUNT_ID"),
  };
}
