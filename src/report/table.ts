/** Tables of text with aligned columns. */
import { displayWidth, isPrintableAscii, padRight } from "./width.ts";

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
  // A list may have thousands of rows, so that most are measured without looking at each cell.
  const arePlain = rows.map((row) => isPrintableAscii(row.join("")));
  for (const [index, row] of rows.entries()) {
    for (let column = 0; column < row.length; column++) {
      const text = row[column] ?? "";
      const width = arePlain[index] ? text.length : displayWidth(text);
      if (width <= MAX_COLUMN_WIDTH && width > (widths[column] ?? 0)) widths[column] = width;
    }
  }
  return rows.map((row, index) => {
    const isPlain = arePlain[index];
    let line = "";
    for (let column = 0; column < row.length; column++) {
      const text = row[column] ?? "";
      const width = widths[column] ?? 0;
      line += (isPlain ? text.padEnd(width) : padRight(text, width)) + BETWEEN;
    }
    return style(line.trimEnd(), index);
  });
}
