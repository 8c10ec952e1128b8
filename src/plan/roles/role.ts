/** One role of the plan, with the settings of its profile and the options that override them. */
import type { Profile, SharedConfig } from "../../config/shared_config.ts";
import { invalidValue } from "../../domain/errors.ts";
import { highestPrecedence, type Sourced, withValue } from "../../domain/origin.ts";
import { MAX_SESSION_SECONDS, MIN_SESSION_SECONDS } from "../../domain/session_limits.ts";
import { requireDuration } from "../../text/duration.ts";
import { parsePythonInt } from "../../text/python_int.ts";
import type { AssumeRoleStep } from "../plan.ts";
import { type CredentialOptions, profileSetting, requireNonEmpty } from "../scope.ts";
import { commandArgv } from "../sources/process.ts";
import { sessionSettings } from "./session.ts";

/**
 * The role of a profile.
 *
 * @param profile must have `role_arn`.
 * @param overrides options that override the profile's keys.
 * @param config contains the profile.
 * @throws RolecallError `invalid-setting` or `invalid-option` for a value that STS would always reject.
 */
export function profileRole(profile: Profile, overrides: CredentialOptions, config: SharedConfig): AssumeRoleStep {
  const setting = (key: string, override?: Sourced<string>) =>
    requireNonEmpty(key, highestPrecedence(override, profileSetting(profile, key)));
  const roleArn = setting("role_arn");
  if (roleArn === undefined) throw new Error(`profileRole: the profile ${profile.name} has no role_arn`);
  // An empty session name counts as not set, and a name is generated: as in the AWS CLI.
  const sessionName = highestPrecedence(overrides.roleSessionName, profileSetting(profile, "role_session_name"));
  return {
    kind: "assume-role",
    profile: profile.name,
    roleArn,
    sourceProfile: overrides.credentialSource === undefined ? profileSetting(profile, "source_profile") : undefined,
    credentialSource: highestPrecedence(overrides.credentialSource, profileSetting(profile, "credential_source")),
    roleSessionName: sessionName?.value === "" ? undefined : sessionName,
    externalId: setting("external_id", overrides.externalId),
    durationSeconds: sessionSeconds(
      setting("duration_seconds", overrides.durationSeconds),
      overrides.durationSeconds === undefined ? requireWholeSeconds : requireDuration,
    ),
    mfaSerial: setting("mfa_serial", overrides.mfaSerial),
    mfaProcess: mfaProcess(setting("mfa_process", overrides.mfaProcess), config),
    session: sessionSettings(overrides),
    from: roleArn.from,
  };
}

/** The role of `--role-arn`, with the other options as its settings. */
export function optionRole(roleArn: Sourced<string>, options: CredentialOptions, config: SharedConfig): AssumeRoleStep {
  return {
    kind: "assume-role",
    profile: undefined,
    roleArn,
    sourceProfile: options.sourceProfile,
    credentialSource: options.credentialSource,
    roleSessionName: options.roleSessionName,
    externalId: options.externalId,
    durationSeconds: sessionSeconds(options.durationSeconds, requireDuration),
    mfaSerial: options.mfaSerial,
    mfaProcess: mfaProcess(options.mfaProcess, config),
    session: sessionSettings(options),
    from: roleArn.from,
  };
}

function mfaProcess(
  command: Sourced<string> | undefined,
  { platform }: SharedConfig,
): Sourced<readonly string[]> | undefined {
  return command && commandArgv("mfa_process", command, platform);
}

/** The profile key is a plain number, which the AWS CLI reads with Python's `int()`. Only the option can also be `15m` or `1h`. */
function requireWholeSeconds(given: Sourced<string>): Sourced<number> {
  const seconds = parsePythonInt(given.value);
  if (seconds !== undefined) return withValue(given, seconds);
  throw invalidValue("duration", given, ["use a number of seconds, such as 3600"]);
}

/**
 * The duration of a role session. The AWS CLI silently ignores a `duration_seconds` that is not a number. Here it is an
 * error, because a session shorter or longer than intended is worse.
 */
function sessionSeconds(
  setting: Sourced<string> | undefined,
  read: (given: Sourced<string>) => Sourced<number>,
): Sourced<number> | undefined {
  if (setting === undefined) return undefined;
  const seconds = read(setting);
  if (seconds.value < MIN_SESSION_SECONDS || seconds.value > MAX_SESSION_SECONDS) {
    throw invalidValue("role session duration", setting, [
      `use ${MIN_SESSION_SECONDS} to ${MAX_SESSION_SECONDS} seconds, and at most the role's own maximum`,
    ]);
  }
  return seconds;
}
