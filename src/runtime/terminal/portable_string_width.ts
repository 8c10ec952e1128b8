/**
 * `Bun.stringWidth` for Deno and Node, with equal results. The package `string-width` differs from Bun for 5,196 code
 * points, so the width of each code point comes from a table that is generated from Bun.
 */
import { WIDE, ZERO_WIDTH } from "./width_table.ts";

/** A text whose width is its length. */
const PRINTABLE_ASCII = /^[ -~]*$/;

/** A keycap has 2 columns, and so has a regional indicator that is not alone. */
const KEYCAP_OR_REGIONAL_INDICATOR = /[\u20e3\p{Regional_Indicator}]/u;

/** An emoji with a zero-width joiner or a skin tone. Like Bun, it excludes the emoji in ASCII and CJK, © and ®. */
const EMOJI_SEQUENCE = /^(?=.*[\u200d\p{Emoji_Modifier}])(?=[\u203c-\u2bff\u{1f000}-\u{10ffff}])\p{Emoji}/su;

/** An emoji with variation selector 16. Like Bun, it excludes ASCII: digits, `#` and `*` have the property Emoji. */
const EMOJI_PRESENTATION = /^(?=.*\ufe0f)(?=[\u0080-\u{10ffff}])\p{Emoji}/su;

const VARIATION_SELECTOR = /^.+[\ufe0e\ufe0f]/su;

/**
 * The positions at which Bun starts a grapheme cluster, but `Intl.Segmenter`, which follows UAX #29, does not: before a
 * skin tone that does not follow an emoji that can have one.
 */
const SEPARATE_SKIN_TONE = /(?<!\p{Emoji_Modifier_Base})(?=\p{Emoji_Modifier})/u;

let segmenter: Intl.Segmenter | undefined;

/** @see stringWidth */
export function portableStringWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  let width = 0;
  for (const part of text.split(SEPARATE_SKIN_TONE)) {
    for (const { segment } of segmenter.segment(part)) width += clusterWidth(segment);
  }
  return width;
}

/** The width of one grapheme cluster: the sum of its code points, except for emoji and variation selectors. */
function clusterWidth(cluster: string): number {
  const [first = "", ...others] = cluster;
  const width = codePointWidth(first);
  if (others.length === 0) return width;
  if (KEYCAP_OR_REGIONAL_INDICATOR.test(cluster)) return 2;
  if (EMOJI_SEQUENCE.test(cluster) || EMOJI_PRESENTATION.test(cluster)) return 2;
  if (VARIATION_SELECTOR.test(cluster)) return width;
  return others.reduce((sum, character) => sum + codePointWidth(character), width);
}

function codePointWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (isInRanges(code, ZERO_WIDTH)) return 0;
  return isInRanges(code, WIDE) ? 2 : 1;
}

/** @param ranges the first and the last number of each range, alternating, in ascending order. */
function isInRanges(code: number, ranges: readonly number[]): boolean {
  let low = 0;
  let high = ranges.length;
  // The index of the first number that is greater than `code`: odd within a range, whose last number comes next.
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] ?? 0) <= code) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1 || ranges[low - 1] === code;
}
