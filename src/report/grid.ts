/** Rows in columns: what stands where, and what becomes of that when it does not fit. */
import { displayWidth } from "./width.ts";

export interface Row {
  readonly label: string;
  readonly value: string;
  /** Where the value comes from, or a word about it. */
  readonly place?: string | undefined;
  readonly style?: RowStyle;
}

/** How a row's texts are painted, once they have their width. */
export interface RowStyle {
  label?(text: string): string;
  value?(text: string): string;
  place?(text: string): string;
}

const GAP = 2;

/**
 * The rows as lines: labels, values and places each begin in a column of their own. A place that does not fit beside
 * its value stands on the next line, below the value's beginning.
 *
 * @param width of the screen, in characters. A value is never broken: people copy it.
 * @param style of every row; a row's own comes first.
 */
export function gridLines(rows: readonly Row[], width: number, style: RowStyle): string[] {
  const labelWidth = longest(rows.map(({ label }) => label)) + GAP;
  const room = width - labelWidth - GAP;
  const valueWidth = bestWidth(rows, room);
  return rows.flatMap((row) => {
    const paint = { ...style, ...row.style };
    const label = (paint.label ?? plain)(row.label) + " ".repeat(labelWidth - displayWidth(row.label));
    const value = (paint.value ?? plain)(row.value);
    if (!row.place) return [`${label}${value}`.trimEnd()];
    const place = (paint.place ?? plain)(row.place);
    return fits(row, valueWidth, room)
      ? [`${label}${value}${" ".repeat(valueWidth - displayWidth(row.value) + GAP)}${place}`]
      : [`${label}${value}`, `${" ".repeat(labelWidth + GAP)}${place}`];
  });
}

/** The values' width with which most rows are one line each; of several such, the least. */
function bestWidth(rows: readonly Row[], room: number): number {
  const widths = [...new Set(rows.map(({ value }) => displayWidth(value)))].sort((a, b) => a - b);
  let best = { width: 0, lines: -1 };
  for (const width of widths) {
    const lines = rows.filter((row) => row.place && fits(row, width, room)).length;
    if (lines > best.lines) best = { width, lines };
  }
  return best.width;
}

function fits({ value, place = "" }: Row, valueWidth: number, room: number): boolean {
  return displayWidth(value) <= valueWidth && valueWidth + displayWidth(place) <= room;
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(displayWidth));
}

function plain(text: string): string {
  return text;
}
