/** JSON for standard output. */

/** Formats JSON with indentation and a newline. Escapes the control characters U+007F to U+009F, which JSON allows. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`;
}
