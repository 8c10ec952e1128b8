/** Timestamps in the formats of AWS. */

/**
 * Parses a timestamp in ISO 8601 with an offset or `Z`, or with `UTC` at its end, which the AWS CLI's cache contains.
 *
 * @returns undefined if the text is not a timestamp, or has no time zone (botocore fails on such a timestamp).
 */
export function parseTimestamp(text: string): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, day, time, zone = ""] = match;
  const offset = /^(Z|UTC)$/i.test(zone) ? "Z" : zone.replace(/^([+-]\d{2}):?(\d{2})$/, "$1:$2");
  const date = new Date(`${day}T${time}${offset}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The last millisecond of the year 9999: later years have more than four digits. */
const MAX_MS = 253_402_300_799_999;

/**
 * Converts a number from another program or service to a time.
 *
 * @param ms milliseconds since 1970.
 * @returns undefined if it is not a number, or not a time between 1970 and 9999.
 */
export function timeOfMs(ms: unknown): Date | undefined {
  return typeof ms === "number" && ms >= 0 && ms <= MAX_MS ? new Date(ms) : undefined;
}

/**
 * Converts a lifetime from another program or service to the time at which it ends.
 *
 * @param seconds from now.
 * @returns undefined if it is not a number, not in the future, or later than the year 9999.
 */
export function timeAfter(now: Date, seconds: unknown): Date | undefined {
  return typeof seconds === "number" && seconds > 0 ? timeOfMs(now.getTime() + seconds * 1000) : undefined;
}

/** Formats a time as the metadata services and the AWS CLI's tokens do: `2026-01-02T03:04:05Z`. */
export function formatUtc(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** Formats a time as the AWS CLI prints it: `2026-01-02T03:04:05+00:00`. */
export function formatTimestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}+00:00`;
}
