/** Blocks of nested keys: values such as that of `s3 =`, which start on the line below their key. */
import type { IniEntry } from "./document.ts";
import { linesWithin, part, type Span } from "./spans.ts";

export interface Block {
  readonly nested: ReadonlyMap<string, IniEntry>;
  /** The lines that are not `key = value`. */
  readonly invalidLines: readonly Span[];
}

/**
 * Parses a block as botocore's `configloader._parse_nested` does. Its rules are simpler than those of the file: only `=`
 * is a separator, keys keep their case and may be empty, and the last of two lines with the same key is used.
 */
export function parseBlock(lines: readonly Span[]): Block {
  const nested = new Map<string, IniEntry>();
  const invalidLines: Span[] = [];
  for (const line of lines.flatMap(linesWithin)) {
    if (line.text === "") continue;
    const separator = line.text.indexOf("=");
    if (separator < 0) {
      invalidLines.push(line);
      continue;
    }
    const key = part(line, 0, separator);
    const value = part(line, separator + 1);
    nested.set(key.text, { key: key.text, written: key.text, keyFrom: key.from, value: value.text, from: value.from });
  }
  return { nested, invalidLines };
}
