/** The output of `probe` for people: a row for each source, shown as soon as it is known. */
import type { ScreenSize } from "../domain/prompt.ts";
import type { ProbeState } from "../probe/finding.ts";
import type { PendingRow, ProbeRow } from "../probe/probe.ts";
import type { Colors } from "./colors.ts";
import { escapeControls } from "./error.ts";
import { withoutLineWrap } from "./line_wrap.ts";
import { abbreviateHomes } from "./tilde.ts";
import { fitWidth } from "./width.ts";
import { wrapText } from "./wrap.ts";

const SOURCE_WIDTH = "shared-files".length + 2;
const STATE_WIDTH = "misconfigured".length + 2;
const INDENT = " ".repeat(SOURCE_WIDTH + STATE_WIDTH);

/** Columns. If fewer remain next to source and state, the texts start on a line of their own. */
const MIN_TEXT_WIDTH = 30;

export interface ProbeStyle {
  readonly colors: Colors;
  /** The user's home folder, which is abbreviated to `~`. */
  readonly home: string;
}

/** Prints one line for each source, in fixed order, as soon as it is known. */
export async function printProbe(pending: readonly PendingRow[], print: (text: string) => void, style: ProbeStyle) {
  for (const { row } of pending) {
    const { source, state, detail, hints } = await row;
    print(`${heading(source, state, style.colors)}${printable([detail, ...hints].join("; "), style)}\n`);
  }
}

/**
 * Draws rows in fixed order, including pending ones. Known rows at the top are final. The rows from the first pending one
 * on take one line each and are redrawn whenever a row becomes known, so that moving up by their number never leaves
 * lines behind, however long the texts are.
 */
export async function drawProbe(
  pending: readonly PendingRow[],
  print: (text: string) => void,
  style: ProbeStyle,
  screen: ScreenSize,
) {
  const known: (ProbeRow | undefined)[] = pending.map(() => undefined);
  let finalCount = 0;
  let redrawnCount = 0;
  const draw = () => {
    let text = redrawnCount === 0 ? "" : `\u001b[${redrawnCount}A\r\u001b[J`;
    for (let row = known[finalCount]; row !== undefined; row = known[finalCount]) {
      text += rowLines(row, style, screen);
      finalCount++;
    }
    const rest = pending
      .slice(finalCount)
      .map(({ source }, index) => redrawnLine(source, known[finalCount + index], style, screen));
    redrawnCount = rest.length;
    print(text + rest.join(""));
  };
  draw();
  await Promise.all(
    pending.map(async ({ row }, index) => {
      known[index] = await row;
      draw();
    }),
  );
}

/** A final row: its detail and hints, wrapped. */
function rowLines({ source, state, detail, hints }: ProbeRow, style: ProbeStyle, screen: ScreenSize): string {
  const isNarrow = screen.columns - INDENT.length < MIN_TEXT_WIDTH;
  const indent = isNarrow ? "  " : INDENT;
  const width = Math.max(1, screen.columns - indent.length);
  const texts = [
    ...wrapText(printable(detail, style), width),
    ...hints.flatMap((hint) =>
      wrapText(printable(hint, style), width - 2).map((line, index) =>
        style.colors.dim(`${index === 0 ? "→ " : "  "}${line}`),
      ),
    ),
  ].map((line) => `${indent}${line}`);
  const head = heading(source, state, style.colors);
  const lines = isNarrow ? [head, ...texts] : [`${head}${texts[0]?.slice(indent.length)}`, ...texts.slice(1)];
  return lines.map((line) => `${line}\n`).join("");
}

function printable(text: string, { home }: ProbeStyle): string {
  return abbreviateHomes(escapeControls(text), home);
}

/** A row that is not final yet, on one line of the terminal. */
function redrawnLine(source: string, row: ProbeRow | undefined, style: ProbeStyle, screen: ScreenSize): string {
  const { colors } = style;
  const width = Math.max(0, screen.columns - 1 - INDENT.length);
  const text =
    row === undefined
      ? `${source.padEnd(SOURCE_WIDTH)}${colors.dim("…")}`
      : `${heading(source, row.state, colors)}${fitWidth(printable(row.detail, style), width)}`;
  return `${withoutLineWrap(text)}\n`;
}

function heading(source: string, state: ProbeState, colors: Colors): string {
  return `${source.padEnd(SOURCE_WIDTH)}${stateText(state, colors)}`;
}

function stateText(state: ProbeState, colors: Colors): string {
  const text = state.padEnd(STATE_WIDTH);
  switch (state) {
    case "available":
      return colors.green(text);
    case "absent":
      return colors.dim(text);
    case "unreachable":
      return colors.yellow(text);
    case "misconfigured":
    case "refused":
      return colors.red(text);
  }
}
