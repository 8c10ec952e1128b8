/** `--mfa-session`: one MFA code for a session of the source, with which any number of roles is assumed without another. */

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
 * The step, or undefined where nobody asked for it. The device is that of `--mfa-serial`, else the chosen profile's,
 * else the first in its chain.
 *
 * @throws RolecallError `option-conflict` where no device is known, or for a duration without a session.
 */
export function mfaSession(scope: Scope, roles: readonly AssumeRoleStep[]): MfaSessionStep | undefined {
  const { mfaSession: wanted, mfaSessionDuration, mfaSerial, mfaProcess } = scope.options;
  if (wanted === undefined) {
    if (mfaSessionDuration === undefined) return undefined;
    throw new RolecallError("option-conflict", "--mfa-session-duration needs --mfa-session", {
      at: mfaSessionDuration.from,
    });
  }
  const { profile } = scope;
  const serial =
    highestPrecedence(mfaSerial, profileSetting(profile, "mfa_serial")) ??
    roles.find((role) => role.mfaSerial !== undefined)?.mfaSerial;
  if (serial === undefined) {
    throw new RolecallError("option-conflict", "--mfa-session needs an MFA device, and none is configured", {
      at: wanted.from,
      help: ["name it with --mfa-serial, or with mfa_serial in the profile"],
    });
  }
  const command = highestPrecedence(mfaProcess, profileSetting(profile, "mfa_process"));
  return {
    serial,
    mfaProcess: command && commandArgv("mfa_process", command),
    durationSeconds: seconds(mfaSessionDuration),
    from: wanted.from,
  };
}

function seconds(option: Sourced<string> | undefined): Sourced<number> {
  if (option === undefined) return builtInDefault(DEFAULT_MFA_SESSION_SECONDS);
  const seconds = requireDuration(option);
  if (seconds.value < MIN_MFA_SESSION_SECONDS || seconds.value > MAX_MFA_SESSION_SECONDS) {
    throw invalidValue("MFA session duration", option, ["use 15m to 36h"]);
  }
  return seconds;
}
