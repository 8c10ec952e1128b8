/** A table of plain texts, its columns aligned. */

const GAP = 2;
/** Characters. A longer cell widens no column: only its own row is out of line. */
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
    Math.max(...rows.map((row) => [...(row[column] ?? "")].length).filter((length) => length <= WIDEST)),
  );
  return rows.map((row, index) => {
    const cells = row.map(
      (cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length) + GAP),
    );
    return paint(cells.join("").trimEnd(), index);
  });
}
