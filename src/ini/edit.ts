/** Edits of a text that keep everything else: comments, layout, line endings and all other bytes. */
import type { FilePosition } from "../domain/origin.ts";
import { BYTE_ORDER_MARK, LINE_END } from "./spans.ts";

/** Replaces the text at a position. */
export interface Edit {
  /** A position from the parser. */
  readonly at: FilePosition;
  /** The text to replace; empty for an insertion. A byte order mark is before the first column. */
  readonly old: string;
  readonly replacement: string;
}

/**
 * Applies all edits, in time linear in the length of the text.
 *
 * @throws Error (a bug) if the text to replace is not at its position, or if two edits overlap.
 */
export function editText(text: string, edits: readonly Edit[]): string {
  const starts = lineStarts(text);
  const changes = edits
    .map((edit) => ({ ...edit, offset: offsetOf(edit, text, starts) }))
    .sort((a, b) => a.offset - b.offset);
  let edited = "";
  let done = 0;
  for (const { offset, old, replacement, at } of changes) {
    if (offset < done) throw new Error(`two edits at ${at.file}:${at.line}:${at.column}`);
    if (!text.startsWith(old, offset)) throw new Error(`an edit at ${at.file}:${at.line}:${at.column} is out of date`);
    edited += text.slice(done, offset) + replacement;
    done = offset + old.length;
  }
  return edited + text.slice(done);
}

/** The offset of each line in UTF-16 units. The first line starts after a byte order mark. */
function lineStarts(text: string): number[] {
  const starts = [text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0];
  for (const { index, 0: end } of text.matchAll(new RegExp(LINE_END, "g"))) starts.push(index + end.length);
  return starts;
}

function offsetOf({ at, old }: Edit, text: string, starts: readonly number[]): number {
  if (old === BYTE_ORDER_MARK) return 0;
  let offset = starts[at.line - 1] ?? text.length;
  // Columns count characters; a character outside of the basic plane has two UTF-16 units.
  for (let column = 1; column < at.column; column++) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}
