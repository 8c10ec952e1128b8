/**
 * `--mfa-session`: a session created with the source's keys and one MFA code. It assumes any number of roles without
 * another code.
 */

import { invalidValue, RolecallError } from "../../domain/errors.ts";
import { highestPrecedence, type Sourced } from "../../domain/origin.ts";
import { MAX_MFA_SESSION_SECONDS, MIN_MFA_SESSION_SECONDS } from "../../domain/session_limits.ts";
import { requireDuration } from "../../text/duration.ts";
import type { AssumeRoleStep, MfaSessionStep } from "../plan.ts";
import { builtInDefault, profileSetting, type Scope } from "../scope.ts";
import { commandArgv } from "../sources/process.ts";

/** Half a day, so that one code is enough for a working day. */
const DEFAULT_MFA_SESSION_SECONDS = 43_200;

/**
 * The step for `--mfa-session`; undefined without that option. The device is that of `--mfa-serial`, else of the chosen
 * profile, else of the first role that has one.
 *
 * @throws RolecallError `option-conflict` if no device is configured, or for a duration without `--mfa-session`;
 * `invalid-option` for a duration that STS would reject.
 */
export function mfaSession(scope: Scope, roles: readonly AssumeRoleStep[]): MfaSessionStep | undefined {
  const { mfaSession: option, mfaSessionDuration, mfaSerial, mfaProcess } = scope.options;
  if (option === undefined) {
    if (mfaSessionDuration === undefined) return undefined;
    throw new RolecallError("option-conflict", "--mfa-session-duration needs --mfa-session", {
      at: mfaSessionDuration.from,
      help: ["add --mfa-session, or use --duration-seconds for the duration of the role session"],
    });
  }
  const { profile } = scope;
  const serial =
    highestPrecedence(mfaSerial, profileSetting(profile, "mfa_serial")) ??
    roles.find((role) => role.mfaSerial !== undefined)?.mfaSerial;
  if (serial === undefined) {
    throw new RolecallError("option-conflict", "--mfa-session needs an MFA device, but none is configured", {
      at: option.from,
      help: ["use --mfa-serial, or set mfa_serial in the profile"],
    });
  }
  const command = highestPrecedence(mfaProcess, profileSetting(profile, "mfa_process"));
  return {
    serial,
    mfaProcess: command && commandArgv("mfa_process", command, scope.config.platform),
    durationSeconds: sessionSeconds(mfaSessionDuration),
    from: option.from,
  };
}

function sessionSeconds(option: Sourced<string> | undefined): Sourced<number> {
  if (option === undefined) return builtInDefault(DEFAULT_MFA_SESSION_SECONDS);
  const seconds = requireDuration(option);
  if (seconds.value < MIN_MFA_SESSION_SECONDS || seconds.value > MAX_MFA_SESSION_SECONDS) {
    throw invalidValue("MFA session duration", option, ["use 15m to 36h"]);
  }
  return seconds;
}
