/** Changing a few places of a text and nothing else: comments, layout, line endings and all other bytes stay. */
import type { FilePosition } from "../domain/origin.ts";
import { BYTE_ORDER_MARK, LINE_END } from "./spans.ts";

/** What stands at a place is replaced. */
export interface Edit {
  /** A place as the parser gives it. */
  readonly at: FilePosition;
  /** What stands there now; empty for an insertion. A byte order mark stands before the first column. */
  readonly old: string;
  readonly replacement: string;
}

/**
 * The text with all edits made, in time linear in its length.
 *
 * @throws Error, a defect, for an edit of something that does not stand there, or of what another one changes, too.
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

/** Where each line begins, in UTF-16 units; the first one after a byte order mark. */
function lineStarts(text: string): number[] {
  const starts = [text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0];
  for (const { index, 0: end } of text.matchAll(new RegExp(LINE_END, "g"))) starts.push(index + end.length);
  return starts;
}

function offsetOf({ at, old }: Edit, text: string, starts: readonly number[]): number {
  if (old === BYTE_ORDER_MARK) return 0;
  let offset = starts[at.line - 1] ?? text.length;
  // Columns count characters; one outside of the basic plane has two units.
  for (let column = 1; column < at.column; column++) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}
