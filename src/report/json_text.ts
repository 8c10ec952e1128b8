/** JSON for standard output. */
import { redact } from "../text/redact.ts";

/**
 * Formats JSON with indentation and a newline. Redacts secrets in all texts except paths of files (`file`), which other
 * programs open. Escapes the control characters U+007F to U+009F, which JSON allows.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(
    value,
    (key, member: unknown) => (typeof member === "string" && key !== "file" ? redact(member) : member),
    2,
  );
  return `${text.replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`;
}
