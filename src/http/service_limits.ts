/** The limits of a call of an AWS service. */
import type { HttpLimits } from "../domain/http.ts";

/** An attempt ends after 15 seconds, however slowly the bytes arrive. */
export const SERVICE_LIMITS: HttpLimits = {
  connectMs: 15_000,
  responseMs: 15_000,
  totalMs: 15_000,
  maxBytes: 1024 * 1024,
};

/** The detail of a progress message. */
export function attemptText(attempt: number, attempts: number): string {
  return `attempt ${attempt} of ${attempts}`;
}
