/** Rows in columns: what stands where, and what becomes of that when it does not fit. */

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
 * The rows as lines: labels, values and places each begin in a column of their own. A place that would not fit beside
 * its value stands on the next line, below the value's beginning.
 *
 * @param width of the screen, in characters. A value is never broken: people copy it.
 */
export function gridLines(rows: readonly Row[], width: number, style: RowStyle = {}): string[] {
  const labelWidth = longest(rows.map(({ label }) => label));
  const placeWidth = longest(rows.map(({ place }) => place ?? ""));
  const room = width - labelWidth - placeWidth - 2 * GAP;
  // A value that leaves no room for a place does not move all the others.
  const beside = rows.filter(({ value, place }) => place && lengthOf(value) <= room);
  const valueWidth = longest(beside.map(({ value }) => value));
  return rows.flatMap((row) => {
    const paint = { ...style, ...row.style };
    const label = (paint.label ?? plain)(row.label) + " ".repeat(labelWidth - lengthOf(row.label) + GAP);
    const value = (paint.value ?? plain)(row.value);
    if (!row.place) return [`${label}${value}`.trimEnd()];
    const place = (paint.place ?? plain)(row.place);
    const missing = valueWidth - lengthOf(row.value);
    return missing >= 0 && room >= 0
      ? [`${label}${value}${" ".repeat(missing + GAP)}${place}`]
      : [`${label}${value}`, `${" ".repeat(labelWidth + 2 * GAP)}${place}`];
  });
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(lengthOf));
}

function lengthOf(text: string): number {
  return [...text].length;
}

function plain(text: string): string {
  return text;
}
