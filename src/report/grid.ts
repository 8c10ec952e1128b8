/** Rows of labels, values and notes, aligned in columns as far as they fit. */
import { displayWidth } from "./width.ts";

export interface Row {
  readonly label: string;
  readonly value: string;
  /** The origin of the value, or a remark about it. */
  readonly note?: string | undefined;
  readonly style?: RowStyle;
}

/** Adds colours to the texts of a row, after they were measured. */
export interface RowStyle {
  label?(text: string): string;
  value?(text: string): string;
  note?(text: string): string;
}

const GAP = 2;

/**
 * Formats rows as lines in which labels, values and notes each start at the same column. A note that does not fit beside
 * its value is on the next line, indented below the value. A value is never broken, so that it can be copied.
 *
 * @param width the columns of the screen.
 * @param style the style of every row; a row's own style overrides it.
 */
export function gridLines(rows: readonly Row[], width: number, style: RowStyle): string[] {
  const labelWidth = longest(rows.map(({ label }) => label)) + GAP;
  const room = width - labelWidth - GAP;
  const valueWidth = bestWidth(rows, room);
  return rows.flatMap((row) => {
    const rowStyle = { ...style, ...row.style };
    const label = (rowStyle.label ?? unchanged)(row.label) + " ".repeat(labelWidth - displayWidth(row.label));
    const value = (rowStyle.value ?? unchanged)(row.value);
    if (!row.note) return [`${label}${value}`.trimEnd()];
    const note = (rowStyle.note ?? unchanged)(row.note);
    return fits(row, valueWidth, room)
      ? [`${label}${value}${" ".repeat(valueWidth - displayWidth(row.value) + GAP)}${note}`]
      : [`${label}${value}`, `${" ".repeat(labelWidth + GAP)}${note}`];
  });
}

/** The width of the value column for which the most rows fit on one line; the smallest such width. */
function bestWidth(rows: readonly Row[], room: number): number {
  const widths = [...new Set(rows.map(({ value }) => displayWidth(value)))].sort((a, b) => a - b);
  let best = { width: 0, lines: -1 };
  for (const width of widths) {
    const lines = rows.filter((row) => row.note && fits(row, width, room)).length;
    if (lines > best.lines) best = { width, lines };
  }
  return best.width;
}

function fits({ value, note = "" }: Row, valueWidth: number, room: number): boolean {
  return displayWidth(value) <= valueWidth && valueWidth + displayWidth(note) <= room;
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(displayWidth));
}

function unchanged(text: string): string {
  return text;
}
