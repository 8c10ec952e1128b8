/** The largest number of each unit that makes sense is left to the caller; these are seconds in one unit. */
const UNIT_SECONDS = { s: 1, m: 60, h: 3600 } as const;

/**
 * The seconds in a duration as a person writes it: `900` (seconds), `90s`, `15m`, `1h`, `1h30m`.
 *
 * @returns whole seconds, or undefined when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return safe(Number(text));
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (match === null || text === "") return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = match;
  return safe(Number(hours) * UNIT_SECONDS.h + Number(minutes) * UNIT_SECONDS.m + Number(seconds) * UNIT_SECONDS.s);
}

function safe(seconds: number): number | undefined {
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/**
 * A duration for a person, in its two largest units: `6 h`, `5 h 58 min`, `42 s`, `3 d`.
 *
 * @param seconds not negative.
 */
export function formatDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [Math.floor(seconds) % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
