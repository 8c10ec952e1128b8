/** How far this machine's clock is off, by the `Date` header of a response. */

import type { HttpResponse } from "../domain/http.ts";
import { formatDuration } from "../text/duration.ts";

export interface ClockOffset {
  /** Seconds. Positive if this machine's clock is fast, negative if it is slow. */
  readonly seconds: number;
  /** Seconds: the possible error of `seconds`, in either direction. */
  readonly within: number;
}

/** Seconds. AWS accepts a signature that is up to five minutes off. */
export const MAX_CLOCK_OFFSET_SECONDS = 5 * 60;

/**
 * Compares the `Date` header with this machine's clock. The header is cut to whole seconds, so half a second is added.
 * The response took about half of the exchange to arrive, so that half is subtracted.
 *
 * @param received when the response arrived, by this machine's clock.
 * @returns undefined if the response has no `Date` header.
 */
export function clockOffset(
  { headers, exchangeMs }: Pick<HttpResponse, "headers" | "exchangeMs">,
  received: Date,
): ClockOffset | undefined {
  const date = Date.parse(headers.date ?? "");
  if (Number.isNaN(date)) return undefined;
  const offsetMs = received.getTime() - exchangeMs / 2 - (date + 500);
  return { seconds: Math.round(offsetMs / 100) / 10, within: 0.5 + exchangeMs / 2000 };
}

/** `this machine's clock is 7 min slow`. An offset of no more than the possible error plus one second counts as none. */
export function describeClockOffset({ seconds, within }: ClockOffset): string {
  const size = Math.abs(seconds);
  if (size <= within + 1) return "this machine's clock is right";
  return `this machine's clock is ${formatDuration(size)} ${seconds > 0 ? "fast" : "slow"}`;
}
