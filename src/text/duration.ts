/** Durations such as `15m`: parsed in seconds, and formatted for people. */
import { invalidValue } from "../domain/errors.ts";
import { type Sourced, withValue } from "../domain/origin.ts";

/** The seconds in each unit. */
const UNIT_SECONDS = { s: 1, m: 60, h: 3600 } as const;

/**
 * Parses a duration: `900` (seconds), `90s`, `15m`, `1h`, `1h30m`.
 *
 * @returns whole seconds, or undefined if the text is not a duration.
 */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return safeInteger(Number(text));
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (match === null || text === "") return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = match;
  return safeInteger(
    Number(hours) * UNIT_SECONDS.h + Number(minutes) * UNIT_SECONDS.m + Number(seconds) * UNIT_SECONDS.s,
  );
}

/**
 * Parses the duration of an option or a setting.
 *
 * @throws RolecallError `invalid-option` or `invalid-setting` if the text is not a duration.
 */
export function requireDuration(given: Sourced<string>): Sourced<number> {
  const seconds = parseDuration(given.value);
  if (seconds === undefined) {
    throw invalidValue("duration", given, ["use seconds or a unit, such as 900, 15m or 1h"]);
  }
  return withValue(given, seconds);
}

function safeInteger(seconds: number): number | undefined {
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/**
 * Formats a duration in its two largest units: `6 h`, `5 h 58 min`, `42 s`, `3 d`.
 *
 * @param seconds at least 0.
 */
export function formatDuration(seconds: number): string {
  const parts = partsOf(seconds);
  const first = parts.findIndex(([count]) => count > 0);
  return first === -1 ? "0 s" : joined(parts.slice(first, first + 2));
}

/** Formats a duration as `formatDuration` does, but in all its units. */
export function formatDurationExactly(seconds: number): string {
  return seconds < 1 ? "0 s" : joined(partsOf(seconds));
}

function partsOf(seconds: number): readonly (readonly [count: number, unit: string])[] {
  return [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [Math.floor(seconds) % 60, "s"],
  ];
}

function joined(parts: ReturnType<typeof partsOf>): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
