/** Tables of text with aligned columns. */
import { displayWidth, padRight } from "./width.ts";

const GAP = 2;
/** Columns of the screen. A cell that is wider does not widen its column; only its own row is not aligned. */
const MAX_COLUMN_WIDTH = 120;

/**
 * @param rows rows of the same length.
 * @param style adds colours to the line of a row, by its index.
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  style: (line: string, index: number) => string,
): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? "")).filter((width) => width <= MAX_COLUMN_WIDTH)),
  );
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => padRight(cell, widths[column] ?? 0) + " ".repeat(GAP));
    return style(cells.join("").trimEnd(), index);
  });
}
