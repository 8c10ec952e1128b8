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
