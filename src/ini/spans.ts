/** Spans: lines and parts of lines with their position in the file, without the white space around them. */
import type { FilePosition } from "../domain/origin.ts";

export interface Span {
  /** Without white space at either end. */
  readonly text: string;
  /** The position of the text, even if that is empty. */
  readonly from: FilePosition;
}

/** The characters that Python's `str.strip()` removes. JavaScript's white space differs: it includes U+FEFF, for example. */
const WHITE_SPACE = new Set(
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680" +
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

export const BYTE_ORDER_MARK = "\uFEFF";

/** A line ending. */
export const LINE_END = /\r\n|\r|\n/;

/**
 * The lines of a file, including blank ones. As in Python's text mode, LF, CR and CRLF end a line. A byte order mark at
 * the start is skipped and has no column.
 */
export function* linesOf(text: string, file: string): Generator<Span> {
  const lines = (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).split(LINE_END);
  for (const [index, line] of lines.entries()) yield trimmed(line, { file, line: index + 1, column: 1 });
}

/** The part of a span between two indexes into its text. */
export function part(whole: Span, start: number, end = whole.text.length): Span {
  return trimmed(whole.text.slice(start, end), rightOf(whole.from, whole.text.slice(0, start)));
}

/**
 * Splits a line of a block into lines as Python's `str.splitlines()` does, which botocore uses for blocks. It also splits
 * at characters that do not end a line of a file. (At the start or end of the line, those are trimmed as white space.)
 */
export function linesWithin(line: Span): Span[] {
  let from = line.from;
  return line.text.split(/[\v\f\x1c-\x1e\x85\u2028\u2029]/).map((text) => {
    const span = trimmed(text, from);
    from = rightOf(from, `${text}\n`);
    return span;
  });
}

/** The number of Unicode characters, which are the columns of editors; some have two UTF-16 units. */
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
