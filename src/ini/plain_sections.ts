/**
 * Recognizes sections of the most common form, which have no problems: each line is `key = value`, a comment or blank.
 * Their entries are read only when they are used, because a file may have thousands of sections of which one is used.
 */
import type { IniEntry } from "./document.ts";
import { endOfLine, endOfText, type Source, startOfText } from "./spans.ts";

/** A section whose entries are not read yet: its lines, up to the header of the next section. */
export interface PlainSection {
  /** The offset of the header's line in the text, and its line number. */
  readonly start: number;
  readonly line: number;
  readonly end: number;
  /** The number of lines, including the header. */
  readonly lines: number;
  /** As in `IniSection`. */
  readonly name: string;
}

const TAB = 0x09;
const SPACE = 0x20;
const HASH = 0x23;
const SEMICOLON = 0x3b;
const OPEN_BRACKET = 0x5b;

/** A key in lower case, with the space before the separator. */
const PLAIN_KEY = /^[a-z0-9_.-]+[ \t]*$/;

/** Sections with more keys are not recognized, because each key is compared with all others. */
const MAX_KEYS = 32;

/** A number for each key that was found. A file has few different keys, so each is looked at only once. */
export type KnownKeys = Map<string, number>;

/**
 * Recognizes the section whose header is at an offset.
 *
 * @param text as in `Source`.
 * @param line the number of the header's line.
 * @param knownKeys the same map for all sections of a file.
 * @returns undefined if a line of the section has any other form, or if a key is repeated. The parser then reads the
 * lines one by one.
 */
export function plainSectionAt(
  text: string,
  start: number,
  line: number,
  knownKeys: KnownKeys,
): PlainSection | undefined {
  const headerEnd = endOfLine(text, start);
  const name = nameInHeader(text.slice(start, headerEnd));
  if (name === undefined) return undefined;
  const keys: number[] = [];
  // No line before the first key continues a value.
  let keyIndent = Number.POSITIVE_INFINITY;
  let lines = 1;
  let at = headerEnd + 1;
  while (at < text.length) {
    const end = endOfLine(text, at);
    let first = at;
    let code = text.charCodeAt(at);
    while (code === SPACE || code === TAB) code = text.charCodeAt(++first);
    if (first < end && code !== HASH && code !== SEMICOLON) {
      const content = text.slice(first, end);
      if (code === OPEN_BRACKET) {
        if (first > at || nameInHeader(content) === undefined) return undefined;
        break;
      }
      const indent = first - at;
      const key = content.slice(0, Math.max(0, content.indexOf("=")));
      const number = knownKeys.get(key) ?? addKey(key, knownKeys);
      if (number === undefined || indent > keyIndent || keys.length === MAX_KEYS || keys.includes(number)) {
        return undefined;
      }
      keys.push(number);
      keyIndent = indent;
    }
    lines++;
    at = end + 1;
  }
  return { start, line, end: Math.min(at, text.length), lines, name };
}

/** @param key what is before the separator. @returns undefined if it has an unusual form, or is missing. */
function addKey(key: string, knownKeys: KnownKeys): number | undefined {
  if (!PLAIN_KEY.test(key)) return undefined;
  // `key` and `key ` have the same number.
  const bare = key.trimEnd();
  const number = knownKeys.get(bare) ?? knownKeys.size;
  knownKeys.set(bare, number).set(key, number);
  return number;
}

/** Reads the entries of a plain section, by key. */
export function plainEntries({ text, file }: Source, { start, line, end }: PlainSection): Map<string, IniEntry> {
  const entries = new Map<string, IniEntry>();
  let number = line + 1;
  for (let at = endOfLine(text, start) + 1; at < end; number++) {
    const lineEnd = endOfLine(text, at);
    let first = at;
    let code = text.charCodeAt(at);
    while (code === SPACE || code === TAB) code = text.charCodeAt(++first);
    if (first < lineEnd && code !== HASH && code !== SEMICOLON) {
      const separator = text.indexOf("=", first);
      const key = text.slice(first, endOfText(text, first, separator));
      // All characters up to the value are ASCII, so that offsets are columns.
      const keyFrom = { file, line: number, column: first - at + 1 };
      const valueStart = startOfText(text, separator + 1, lineEnd);
      const value = text.slice(valueStart, endOfText(text, valueStart, lineEnd));
      const from = { file, line: number, column: (value === "" ? separator + 1 : valueStart) - at + 1 };
      entries.set(key, { key, written: key, keyFrom, value, from });
    }
    at = lineEnd + 1;
  }
  return entries;
}

/** The name between the first character of a line and its last `]`; undefined if there is none. */
function nameInHeader(header: string): string | undefined {
  const close = header.lastIndexOf("]");
  return close < 2 ? undefined : header.slice(1, close);
}
