/** How far this machine's clock is off, by the `Date` header of an answer. */
import { formatDuration } from "../text/duration.ts";
import type { HttpResponse } from "./request.ts";

export interface ClockOffset {
  /** Seconds that this machine is ahead; negative: behind. */
  readonly seconds: number;
  /** Seconds by which that may be wrong. */
  readonly within: number;
}

/** Seconds: AWS takes a signature that is five minutes off. */
export const MAX_CLOCK_OFFSET = 5 * 60;

/**
 * The header says the second in which the answer was made: on average half a second later, and half a round trip before
 * it came.
 *
 * @param received when it came, by this machine's clock.
 * @returns undefined for an answer without the header.
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

/** `this machine's clock is 7 min slow`; what is less than a second more than it may be wrong says nothing. */
export function describeClockOffset({ seconds, within }: ClockOffset): string {
  const size = Math.abs(seconds);
  if (size <= within + 1) return "this machine's clock is right";
  return `this machine's clock is ${formatDuration(size)} ${seconds > 0 ? "fast" : "slow"}`;
}
