/** The display width of text, the same under every runtime: Bun has a function for it, Deno and Node do not. */
import { portableStringWidth } from "./portable_string_width.ts";

/**
 * The columns that a terminal needs for a text, which may be emoji, combining marks and East Asian characters.
 * Control characters count as 0; escape sequences are not recognized, so their printable characters count.
 */
export const stringWidth: (text: string) => number =
  process.versions.bun === undefined
    ? portableStringWidth
    : (text) => Bun.stringWidth(text, { countAnsiEscapeCodes: true });
