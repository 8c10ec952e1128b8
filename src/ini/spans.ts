/** Text that knows its place in the file: lines, and parts of lines, without the white space around them. */
import type { FilePosition } from "../domain/origin.ts";

export interface Span {
  /** Without white space at either end. */
  readonly text: string;
  /** Where the text begins; where it is empty, where it would. */
  readonly from: FilePosition;
}

/** What Python's `str.strip()` strips. JavaScript's own idea of white space is another: it has U+FEFF, for one. */
const WHITE_SPACE = new Set(
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680" +
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

export const BYTE_ORDER_MARK = "\uFEFF";

/** What ends a line. */
export const LINE_END = /\r\n|\r|\n/;

/**
 * The lines of a file, blank ones included. They end where Python's text mode ends them: LF, CR or both.
 * A byte order mark at the start is skipped; it takes up no column.
 */
export function* linesOf(text: string, file: string): Generator<Span> {
  const lines = (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).split(LINE_END);
  for (const [index, line] of lines.entries()) yield trimmed(line, { file, line: index + 1, column: 1 });
}

/** The part of a span from `start` to `end`, indexes into its text. */
export function part(whole: Span, start: number, end = whole.text.length): Span {
  return trimmed(whole.text.slice(start, end), rightOf(whole.from, whole.text.slice(0, start)));
}

/**
 * The lines within one line of a file: `str.splitlines()` of Python, which reads the blocks of nested keys, also
 * splits at characters that end no line of a file. A break at the start or at the end is white space already.
 */
export function linesWithin(line: Span): Span[] {
  let from = line.from;
  return line.text.split(/[\v\f\x1c-\x1e\x85\u2028\u2029]/).map((text) => {
    const span = trimmed(text, from);
    from = rightOf(from, `${text}\n`);
    return span;
  });
}

/** How many characters, as people and editors count them: one also where JavaScript needs two units. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _character of text) length++;
  return length;
}

function trimmed(text: string, from: FilePosition): Span {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE_SPACE.has(text.charAt(start))) start++;
  if (start === end) return { text: "", from };
  while (WHITE_SPACE.has(text.charAt(end - 1))) end--;
  return { text: text.slice(start, end), from: rightOf(from, text.slice(0, start)) };
}

function rightOf(from: FilePosition, text: string): FilePosition {
  return { ...from, column: from.column + lengthOf(text) };
}
