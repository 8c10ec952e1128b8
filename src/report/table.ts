/** A table of plain texts, its columns aligned. */
import { displayWidth, padWidth } from "./width.ts";

const GAP = 2;

/**
 * @param rows each as long as the first.
 * @param paint a row's line, by the row's index.
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  paint: (line: string, index: number) => string,
): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))));
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => padWidth(cell, (widths[column] ?? 0) + GAP));
    return paint(cells.join("").trimEnd(), index);
  });
}
