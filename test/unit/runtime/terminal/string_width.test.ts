/** The display width of text: `Bun.stringWidth`, and its replacement under Deno and Node. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { widthTable } from "../../../../scripts/width_table.ts";
import { portableStringWidth } from "../../../../src/runtime/terminal/portable_string_width.ts";
import { stringWidth } from "../../../../src/runtime/terminal/string_width.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

const SEQUENCES: readonly [what: string, text: string, width: number][] = [
  ["nothing", "", 0],
  ["ASCII", "abc", 3],
  ["an accented letter", "é", 1],
  ["a letter and a combining mark", "e\u0301", 1],
  ["a letter and many combining marks", "Z\u0351\u036b\u0343\u036a\u0302", 1],
  ["a combining mark alone", "\u0301", 0],
  ["Chinese", "漢字", 4],
  ["Hangul syllables", "한글", 4],
  ["Hangul Jamo that form one syllable", "\u1112\u1161\u11ab", 2],
  ["a Hangul vowel alone", "\u1161", 0],
  ["half-width Katakana with a sound mark", "ｶﾞ", 2],
  ["full-width letters", "ｆｕｌｌ", 8],
  ["Thai", "ที่", 1],
  ["Devanagari", "क्षि", 2],
  ["an emoji", "🧀", 2],
  ["a family", "👨‍👩‍👧‍👦", 2],
  ["two people with different skin tones", "👩🏽‍🤝‍👨🏿", 2],
  ["a heart in a sequence, without its variation selector", "👩‍❤‍💋‍👨", 2],
  ["emoji side by side", "👨‍👩‍👧‍👦👍🏽🇩🇪", 6],
  ["an emoji with a skin tone", "👍🏽", 2],
  ["a skin tone alone", "🏽", 2],
  ["a skin tone after a letter", "a🏽", 3],
  ["a skin tone after an emoji that has none", "😀🏽", 4],
  ["a flag", "🇩🇪", 2],
  ["a flag and half of one", "🇩🇪🇫", 3],
  ["a regional indicator alone", "🇩", 1],
  ["a flag made of tags", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", 2],
  ["a flag made of a sequence", "🏴‍☠️", 2],
  ["a keycap", "1️⃣", 2],
  ["a keycap without its variation selector", "1⃣", 2],
  ["a symbol as text", "❤", 1],
  ["a symbol with variation selector 15", "❤︎", 1],
  ["a symbol with variation selector 16", "❤️", 2],
  ["an emoji with variation selector 15", "⌚︎", 2],
  ["a copyright sign with variation selector 16", "©️", 2],
  ["a digit with variation selector 16", "1️", 1],
  ["a Chinese character with a variation selector", "葛\u{e0100}", 2],
  ["a zero-width joiner alone", "\u200d", 0],
  ["a lone high surrogate", "a\ud83db", 2],
  ["a lone low surrogate", "a\ude00b", 2],
  ["a byte order mark", "\ufeffa", 1],
  ["a soft hyphen", "a\u00adb", 2],
  ["control characters", "a\tb\u0000\u009b", 2],
  ["the characters of an escape sequence", "\u001b[1m", 3],
];

describe("stringWidth", () => {
  for (const [what, text, width] of SEQUENCES) {
    test(`${what}: ${width}`, () => {
      expect(stringWidth(text)).toBe(width);
      expect(portableStringWidth(text)).toBe(width);
    });
  }
});

/** Characters that combine with each other, of each kind that the rules distinguish. */
const ALPHABET = [
  ..."a1é漢가ｶกक🧀👩😀🏽❤☝⌚©🏴🇩🚀㊗",
  ...["\u0301", "\u094d", "\u093f", "\u1161", "\u11a8", "\u200c", "\u200d", "\u20e3", "\ufe0e", "\ufe0f", "\u{e007f}"],
];

function* samples(): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code++) yield String.fromCodePoint(code);
  for (const first of ALPHABET) {
    for (const second of ALPHABET) {
      yield first + second;
      for (const third of ALPHABET) yield first + second + third;
    }
  }
}

describe("portableStringWidth", () => {
  test("equals Bun.stringWidth for every code point, and for every three characters that may combine", () => {
    const different: string[] = [];
    for (const text of samples()) {
      if (portableStringWidth(text) !== stringWidth(text)) different.push(JSON.stringify(text));
    }
    expect(different).toEqual([]);
  });

  test("gives the same results under Deno", () => {
    const texts = [...SEQUENCES.map(([, text]) => text), ...samples()];
    const widths = createHash("sha256").update(texts.map(stringWidth).join()).digest("hex");
    expect(denoDigest()).toBe(widths);
  });
});

/** The digest of the same samples' widths, computed by Deno. */
function denoDigest(): string {
  const module = new URL("../../../../src/runtime/terminal/string_width.ts", import.meta.url);
  const program = `
    import { createHash } from "node:crypto";
    import { stringWidth } from ${JSON.stringify(module.href)};
    const ALPHABET = ${JSON.stringify(ALPHABET)};
    ${samples.toString()}
    const texts = [...${JSON.stringify(SEQUENCES.map(([, text]) => text))}, ...samples()];
    console.log(createHash("sha256").update(texts.map(stringWidth).join()).digest("hex"));
  `;
  const { stdout, stderr } = Bun.spawnSync([join(ROOT, "node_modules", ".bin", "deno"), "eval", "--ext=ts", program], {
    env: { ...process.env, DENO_DIR: join(ROOT, ".tmp", "deno"), DENO_NO_UPDATE_CHECK: "1" },
  });
  return stdout.toString().trim() || stderr.toString();
}

test("the table is what scripts/widths generates from this version of Bun", () => {
  const table = readFileSync(join(ROOT, "src/runtime/terminal/width_table.ts"), "utf8");
  expect(table).toBe(widthTable());
});
