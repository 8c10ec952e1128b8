/** A role assumed with a web identity token, such as the one of an EKS service account (IRSA). */
import type { Profile } from "../../config/shared_config.ts";
import type { Environment } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { highestPrecedence, type Sourced } from "../../domain/origin.ts";
import type { WebIdentityStep } from "../plan.ts";
import { profileSetting, sourcedVariable } from "../scope.ts";

/**
 * The step for a web identity; undefined if no token file is set. The token file, the role and the session name are
 * looked up separately, the variable first, so they may come from both the environment and the profile: as in the AWS
 * CLI.
 *
 * @param environment empty if the variables do not count.
 * @throws RolecallError `web-identity-without-role` for a token file without a role.
 */
export function webIdentity(profile: Profile | undefined, environment: Environment): WebIdentityStep | undefined {
  const lookUp = (variable: string, key: string): Sourced<string> | undefined => {
    const found = highestPrecedence(sourcedVariable(environment, variable), profileSetting(profile, key));
    return found?.value === "" ? undefined : found;
  };
  const tokenFile = lookUp("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
  if (tokenFile === undefined) return undefined;
  const roleArn = lookUp("AWS_ROLE_ARN", "role_arn");
  if (roleArn === undefined) {
    throw new RolecallError("web-identity-without-role", "a web identity token file is set, but no role", {
      at: tokenFile.from,
      help: ["set AWS_ROLE_ARN, or role_arn in the profile"],
    });
  }
  return {
    kind: "web-identity",
    tokenFile,
    roleArn,
    roleSessionName: lookUp("AWS_ROLE_SESSION_NAME", "role_session_name"),
    from: tokenFile.from,
  };
}
