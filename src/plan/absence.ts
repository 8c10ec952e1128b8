/** Why a source holds nothing: the sentences that `probe` and the errors share. */
import { type Environment, variable } from "../domain/environment.ts";
import { type Origin, shortOrigin } from "../domain/origin.ts";
import type { Scope } from "./scope.ts";

export function noEnvironmentKeys(environment: Environment): string {
  return `AWS_ACCESS_KEY_ID is ${unset(environment, "AWS_ACCESS_KEY_ID")}`;
}

export function noProfileSource({ profile, profileName, config }: Scope): string {
  if (profile === undefined) {
    return `the profile "${profileName.value}" is in neither ${config.configFile} nor ${config.credentialsFile}`;
  }
  const place = `${profile.from.file}:${profile.from.line}`;
  return `the profile "${profile.name}" has no credentials, and no role_arn (${place})`;
}

export function noWebIdentity(environment: Environment): string {
  return `AWS_WEB_IDENTITY_TOKEN_FILE is ${unset(environment, "AWS_WEB_IDENTITY_TOKEN_FILE")}`;
}

export function noContainer(): string {
  return "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set";
}

/** @param from where it is switched off. */
export function noEc2(from: Origin): string {
  return `not asked, because ${shortOrigin(from)} is true`;
}

function unset(environment: Environment, name: string): string {
  return environment[name] === "" && variable(environment, name) === undefined
    ? "empty, which counts as not set"
    : "not set";
}
