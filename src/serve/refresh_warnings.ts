/** Whether credentials can be refreshed without a person. */
import type { Credentials } from "../domain/credentials.ts";
import type { Plan } from "../plan/plan.ts";

/**
 * A server never prompts, so it warns at its start if a refresh will need an MFA code.
 *
 * @returns at most one line.
 */
export function refreshWarnings(plan: Plan, { expiration }: Credentials): string[] {
  const serial = serialOfNeededCode(plan);
  if (serial === undefined || expiration === undefined) return [];
  const remedy = `set mfa_process${plan.mfaSession === undefined ? ", or use --mfa-session for up to 12 hours" : ""}`;
  return [
    `the credentials expire at ${expiration.toISOString()} and cannot be refreshed without an MFA code from ${serial}; ${remedy}`,
  ];
}

/** Whether credentials can only be obtained with an MFA code from a person. */
export function needsMfaCode(plan: Plan): boolean {
  return serialOfNeededCode(plan) !== undefined;
}

function serialOfNeededCode({ mfaSession, roles }: Plan): string | undefined {
  if (mfaSession !== undefined) return mfaSession.mfaProcess === undefined ? mfaSession.serial.value : undefined;
  const role = roles.find(({ mfaSerial, mfaProcess }) => mfaSerial !== undefined && mfaProcess === undefined);
  return role?.mfaSerial?.value;
}
