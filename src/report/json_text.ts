/** JSON for standard output. */

/** Indented, with a line's end; control characters that JSON itself would let through to a terminal are escaped. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`;
}

/** A time, to the second. */
export function jsonTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
