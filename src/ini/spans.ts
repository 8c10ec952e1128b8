/** Spans: lines and parts of lines with their position in the file, without the white space around them. */
import type { FilePosition } from "../domain/origin.ts";

/** The text of a file for the parser. */
export interface Source {
  /** With `\n` as its only line ending, and without a byte order mark. */
  readonly text: string;
  /** The path, for the positions. */
  readonly file: string;
}

export interface Span {
  /** Without white space at either end. */
  readonly text: string;
  /** The position of the text, even if that is empty. */
  readonly from: FilePosition;
}

/**
 * The characters that Python's `str.strip()` removes, except those below U+0021. JavaScript's white space differs: it
 * includes U+FEFF, for example.
 */
const WHITE_SPACE =
  "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

export const BYTE_ORDER_MARK = "\uFEFF";

/** A line ending. */
export const LINE_END = /\r\n|\r|\n/;

/**
 * The text of a file with `\n` as its only line ending: as in Python's text mode, LF, CR and CRLF end a line. A byte order
 * mark at the start is dropped, because it has no column.
 */
export function withNewlines(text: string): string {
  const content = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  return content.includes("\r") ? content.replace(/\r\n?/g, "\n") : content;
}

/** The offset of the end of a line that begins at `start`, without its line ending. */
export function endOfLine(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

/** The part of a span between two indexes into its text. */
export function part(whole: Span, start: number, end = whole.text.length): Span {
  const { file, line, column } = whole.from;
  return trimmed(whole.text.slice(start, end), file, line, column + lengthOf(whole.text.slice(0, start)));
}

/**
 * Splits a line of a block into lines as Python's `str.splitlines()` does, which botocore uses for blocks. It also splits
 * at characters that do not end a line of a file. (At the start or end of the line, those are trimmed as white space.)
 */
export function linesWithin(line: Span): Span[] {
  const { file, line: number } = line.from;
  let column = line.from.column;
  return line.text.split(/[\v\f\x1c-\x1e\x85\u2028\u2029]/).map((text) => {
    const span = trimmed(text, file, number, column);
    column += lengthOf(text) + 1;
    return span;
  });
}

/** The number of Unicode characters, which are the columns of editors; some have two UTF-16 units. */
export function lengthOf(text: string): number {
  let length = text.length;
  // Only a character that has two units has a code point beyond the last unit.
  for (let index = 0; index < text.length; index++) if ((text.codePointAt(index) ?? 0) > 0xffff) length--;
  return length;
}

/** The span of a text without the white space around it. `column` is the position of the text with it. */
export function trimmed(text: string, file: string, line: number, column: number): Span {
  const start = startOfText(text, 0, text.length);
  if (start === text.length) return { text: "", from: { file, line, column } };
  // Every character of white space is one UTF-16 unit.
  return { text: text.slice(start, endOfText(text, start, text.length)), from: { file, line, column: column + start } };
}

/** The offset of the first character between two offsets that is not white space; `end` if there is none. */
export function startOfText(text: string, start: number, end: number): number {
  let first = start;
  while (first < end && isWhiteSpace(text.charCodeAt(first))) first++;
  return first;
}

/** The offset after the last character between two offsets that is not white space; `start` if there is none. */
export function endOfText(text: string, start: number, end: number): number {
  let after = end;
  while (after > start && isWhiteSpace(text.charCodeAt(after - 1))) after--;
  return after;
}

function isWhiteSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f);
  return code > 0x7e && WHITE_SPACE.includes(String.fromCharCode(code));
}
