/** A table of plain texts, its columns aligned. */
import { displayWidth, padRight } from "./width.ts";

const GAP = 2;
/** Columns of the screen. A wider cell widens no column: only its own row is out of line. */
const WIDEST = 120;

/**
 * @param rows each as long as the first.
 * @param paint a row's line, by the row's index.
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  paint: (line: string, index: number) => string,
): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? "")).filter((width) => width <= WIDEST)),
  );
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => padRight(cell, widths[column] ?? 0) + " ".repeat(GAP));
    return paint(cells.join("").trimEnd(), index);
  });
}
