/** One role of the plan: what a profile, or the options on top of it, say about it. */
import type { Profile } from "../../config/shared_config.ts";
import { RolecallError } from "../../domain/errors.ts";
import { highestPrecedence, type Sourced, withValue } from "../../domain/origin.ts";
import { parseDuration } from "../../text/duration.ts";
import type { AssumeRoleStep } from "../plan.ts";
import { type CredentialOptions, profileSetting, requireNonEmpty } from "../scope.ts";
import { commandArgv } from "../sources/process.ts";
import { sessionSettings } from "./session.ts";

/** STS's own limits on a session, in seconds; a role's maximum may be lower. */
const SHORTEST_SESSION = 900;
const LONGEST_SESSION = 43_200;

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
  const byOption = overrides.durationSeconds !== undefined;
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
      byOption ? parseDuration : wholeNumber,
      byOption ? "invalid-option" : "invalid-setting",
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
    durationSeconds: sessionSeconds(options.durationSeconds, parseDuration, codeFor(options.durationSeconds)),
    mfaSerial: options.mfaSerial,
    mfaProcess: mfaProcess(options.mfaProcess),
    session: sessionSettings(options),
    from: roleArn.from,
  };
}

/** An option may stand in the settings file. */
function codeFor(option: Sourced<string> | undefined): "invalid-setting" | "invalid-option" {
  return option !== undefined && "file" in option.from ? "invalid-setting" : "invalid-option";
}

function mfaProcess(command: Sourced<string> | undefined): Sourced<readonly string[]> | undefined {
  return command && commandArgv("mfa_process", command);
}

/** The profile key takes a plain number, as the AWS CLI reads it; the option also takes `15m` and `1h`. */
function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * A session's length. The AWS CLI drops a `duration_seconds` that is no number; a session silently shorter or longer
 * than was meant is worse than an error, so here it is one.
 */
function sessionSeconds(
  setting: Sourced<string> | undefined,
  parse: (text: string) => number | undefined,
  code: "invalid-setting" | "invalid-option",
): Sourced<number> | undefined {
  if (setting === undefined) return undefined;
  const seconds = parse(setting.value);
  if (seconds === undefined) {
    const example = code === "invalid-option" ? "900, 15m or 1h" : "3600";
    throw new RolecallError(code, `"${setting.value}" is no duration`, {
      at: setting.from,
      length: setting.value.length,
      help: [`write a number of seconds such as ${example}`],
    });
  }
  if (seconds < SHORTEST_SESSION || seconds > LONGEST_SESSION) {
    throw new RolecallError(code, `a role session cannot last ${seconds} seconds`, {
      at: setting.from,
      length: setting.value.length,
      help: [`STS takes ${SHORTEST_SESSION} to ${LONGEST_SESSION} seconds, and at most the role's own maximum`],
    });
  }
  return withValue(setting, seconds);
}
