/** Whether credentials can be renewed without a person. */
import type { Credentials } from "../domain/credentials.ts";
import type { Plan } from "../plan/plan.ts";

/** A server never asks, so it says at its start where it will have to give up: one line, or none. */
export function refreshWarnings(plan: Plan, { expiration }: Credentials): string[] {
  const code = neededCode(plan);
  if (code === undefined || expiration === undefined) return [];
  return [
    `these credentials end at ${expiration.toISOString()}, and nobody will be asked for ${code} that new ones need; mfa_process can, or --mfa-session for half a day`,
  ];
}

function neededCode({ mfaSession, roles }: Plan): string | undefined {
  if (mfaSession !== undefined) {
    return mfaSession.mfaProcess === undefined ? `the MFA code of ${mfaSession.serial.value}` : undefined;
  }
  const role = roles.find(({ mfaSerial, mfaProcess }) => mfaSerial !== undefined && mfaProcess === undefined);
  return role === undefined ? undefined : `the MFA code of ${role.mfaSerial?.value}`;
}
