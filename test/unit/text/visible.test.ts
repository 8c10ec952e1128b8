/** Which characters are shown escaped. */
import { expect, test } from "bun:test";
import { escapeInvisible } from "../../../src/text/visible.ts";

const ROWS: readonly (readonly [what: string, text: string, shown: string])[] = [
  ["ASCII and tabs", "a b\tc", "a b\tc"],
  ["letters of other scripts", "größe 東京 e\u0301", "größe 東京 e\u0301"],
  ["a zero-width space", "de\u200bfault", "de\\u200bfault"],
  ["a soft hyphen", "a\u00adb", "a\\u00adb"],
  ["a byte order mark", "\ufeffa", "\\ufeffa"],
  ["a no-break space", "a\u00a0b", "a\\u00a0b"],
  ["an ideographic space", "a\u3000b", "a\\u3000b"],
  ["a line separator", "a\u2028b", "a\\u2028b"],
  ["a change of direction", "a\u202eb\u2066c", "a\\u202eb\\u2066c"],
  ["a Hangul filler", "a\u3164b", "a\\u3164b"],
  ["an empty braille pattern", "a\u2800b", "a\\u2800b"],
  ["a tag", "a\u{e0041}", "a\\u{e0041}"],
  ["half of a surrogate pair", "a\ud800b", "a\\ud800b"],
  ["control characters", "a\u001b[2J\u0085", "a\ufffd[2J\ufffd"],
  ["an emoji of several characters", "👩‍💻 ❤️ 👩🏽‍🚀", "👩‍💻 ❤️ 👩🏽‍🚀"],
  ["a joiner between letters", "a\u200db", "a\\u200db"],
];
for (const [what, text, shown] of ROWS) test(what, () => expect(escapeInvisible(text)).toBe(shown));
