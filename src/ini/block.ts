/** A block: the `key = value` lines of a value that begins on the line after its key, as in `s3 =`. */
import type { IniEntry } from "./document.ts";
import { linesWithin, part, type Span } from "./spans.ts";

export interface Block {
  readonly nested: ReadonlyMap<string, IniEntry>;
  /** The lines that are no `key = value`. */
  readonly wrongLines: readonly Span[];
}

/**
 * Reads a block as the AWS CLI does, which is simpler than the file around it: only `=` separates, keys keep their
 * case and may be empty, and of two lines with the same key the last wins.
 */
export function readBlock(lines: readonly Span[]): Block {
  const nested = new Map<string, IniEntry>();
  const wrongLines: Span[] = [];
  for (const line of lines.flatMap(linesWithin)) {
    if (line.text === "") continue;
    const separator = line.text.indexOf("=");
    if (separator < 0) {
      wrongLines.push(line);
      continue;
    }
    const key = part(line, 0, separator);
    const value = part(line, separator + 1);
    nested.set(key.text, { key: key.text, written: key.text, keyFrom: key.from, value: value.text, from: value.from });
  }
  return { nested, wrongLines };
}
