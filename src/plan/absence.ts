/** Why a source has no credentials: the lines that `probe` and the errors share. */
import { type Environment, isBlank } from "../domain/environment.ts";
import { type Origin, shortOrigin } from "../domain/origin.ts";
import { swallowedKeys, uselessSettings } from "./hints.ts";
import type { Scope } from "./scope.ts";

export function noEnvironmentKeys(environment: Environment): string {
  return `AWS_ACCESS_KEY_ID is ${notSet(environment, "AWS_ACCESS_KEY_ID")}`;
}

export function noProfileSource({ profile, profileName, config }: Scope): string {
  if (profile === undefined) {
    return `the profile "${profileName.value}" is in neither ${config.configFile} nor ${config.credentialsFile}`;
  }
  const position = `${profile.from.file}:${profile.from.line}`;
  const reasons = [...uselessSettings(profile), ...swallowedKeys(profile, SOURCE_KEYS)].map((reason) => `; ${reason}`);
  return `the profile "${profile.name}" has neither credentials nor role_arn (${position})${reasons.join("")}`;
}

/** Keys that give a profile credentials. */
const SOURCE_KEYS = [
  ...["role_arn", "web_identity_token_file", "sso_account_id", "sso_role_name", "aws_access_key_id", "login_session"],
  "credential_process",
];

export function noWebIdentity(environment: Environment): string {
  return `AWS_WEB_IDENTITY_TOKEN_FILE is ${notSet(environment, "AWS_WEB_IDENTITY_TOKEN_FILE")}`;
}

export function noContainer(): string {
  return "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set";
}

/** @param from the setting that disables the EC2 metadata. */
export function noEc2(from: Origin): string {
  return `disabled, because ${shortOrigin(from)} is true`;
}

function notSet(environment: Environment, name: string): string {
  return isBlank(environment, name) ? "empty, which counts as not set" : "not set";
}
