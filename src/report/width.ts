/** The columns that text takes on a terminal, and text fitted to columns. A grapheme cluster is never cut apart. */
import { stringWidth } from "../runtime/terminal/string_width.ts";

/** A text in which each character is a grapheme cluster and takes one column. */
const PRINTABLE_ASCII = /^[ -~]*$/;

let segmenter: Intl.Segmenter | undefined;

/** Whether the text takes as many columns as it has characters. */
export function isPrintableAscii(text: string): boolean {
  return PRINTABLE_ASCII.test(text);
}

/** The columns that a text without line breaks and escape sequences takes. */
export function displayWidth(text: string): number {
  return isPrintableAscii(text) ? text.length : stringWidth(text);
}

/** The text's grapheme clusters (UAX #29): what a person sees as one character, such as a flag. */
export function graphemes(text: string): readonly string[] {
  if (PRINTABLE_ASCII.test(text)) return [...text];
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The text, cut off with an ellipsis if it takes more columns than there are. */
export function fitWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let fitted = "";
  let width = 0;
  for (const cluster of graphemes(text)) {
    width += displayWidth(cluster);
    if (width > columns - 1) break;
    fitted += cluster;
  }
  return columns < 1 ? "" : `${fitted}…`;
}

/** The text, padded with spaces or cut off, to take exactly so many columns. */
export function padWidth(text: string, columns: number): string {
  return padRight(fitWidth(text, columns), columns);
}

/** The text, padded with spaces to take at least so many columns. */
export function padRight(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}
