/** Tables of text with aligned columns. */
import { displayWidth, padRight } from "./width.ts";

const BETWEEN = "  ";
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
  const widths = (rows[0] ?? []).map(() => 0);
  for (const row of rows) {
    row.forEach((text, column) => {
      const width = displayWidth(text);
      if (width <= MAX_COLUMN_WIDTH && width > (widths[column] ?? 0)) widths[column] = width;
    });
  }
  return rows.map((row, index) => {
    const cells = row.map((text, column) => padRight(text, widths[column] ?? 0));
    return style(cells.join(BETWEEN).trimEnd(), index);
  });
}
