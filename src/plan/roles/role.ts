/** One role of the plan: what a profile, or the options on top of it, say about it. */
import type { Profile } from "../../config/shared_config.ts";
import { invalidValue } from "../../domain/errors.ts";
import { highestPrecedence, type Sourced, withValue } from "../../domain/origin.ts";
import { MAX_SESSION_SECONDS, MIN_SESSION_SECONDS } from "../../domain/session_limits.ts";
import { requireDuration } from "../../text/duration.ts";
import type { AssumeRoleStep } from "../plan.ts";
import { type CredentialOptions, profileSetting, requireNonEmpty } from "../scope.ts";
import { commandArgv } from "../sources/process.ts";
import { sessionSettings } from "./session.ts";

/**
 * The role that a profile names.
 *
 * @param profile one that has `role_arn`.
 * @param overrides options that stand for the profile's keys; they win over them.
 * @throws RolecallError `invalid-setting` or `invalid-option` for a value that STS would refuse in any case.
 */
export function profileRole(profile: Profile, overrides: CredentialOptions): AssumeRoleStep {
  const setting = (key: string, override?: Sourced<string>) =>
    requireNonEmpty(key, highestPrecedence(override, profileSetting(profile, key)));
  const roleArn = setting("role_arn");
  if (roleArn === undefined) throw new Error(`profileRole: the profile ${profile.name} has no role_arn`);
  // An empty session name is none: the AWS CLI then makes one up, too.
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
    mfaProcess: mfaProcess(setting("mfa_process", overrides.mfaProcess)),
    session: sessionSettings(overrides),
    from: roleArn.from,
  };
}

/** The role that `--role-arn` names, with the other options as its settings. */
export function optionRole(roleArn: Sourced<string>, options: CredentialOptions): AssumeRoleStep {
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
    mfaProcess: mfaProcess(options.mfaProcess),
    session: sessionSettings(options),
    from: roleArn.from,
  };
}

function mfaProcess(command: Sourced<string> | undefined): Sourced<readonly string[]> | undefined {
  return command && commandArgv("mfa_process", command);
}

/** The profile key takes a plain number, as the AWS CLI reads it; the option also takes `15m` and `1h`. */
function requireWholeSeconds(given: Sourced<string>): Sourced<number> {
  if (/^\d+$/.test(given.value)) return withValue(given, Number(given.value));
  throw invalidValue("duration", given, ["use a number of seconds, such as 3600"]);
}

/**
 * A session's length. The AWS CLI drops a `duration_seconds` that is no number; a session silently shorter or longer
 * than was meant is worse than an error, so here it is one.
 */
function sessionSeconds(
  setting: Sourced<string> | undefined,
  read: (given: Sourced<string>) => Sourced<number>,
): Sourced<number> | undefined {
  if (setting === undefined) return undefined;
  const seconds = read(setting);
  if (seconds.value < MIN_SESSION_SECONDS || seconds.value > MAX_SESSION_SECONDS) {
    throw invalidValue("role session duration", setting, [
      `use ${MIN_SESSION_SECONDS} to ${MAX_SESSION_SECONDS} seconds, but no more than the role's own maximum`,
    ]);
  }
  return seconds;
}
