/** How a person sees the probe: a line for each source, as it becomes known. */
import type { ScreenSize } from "../dialog.ts";
import type { ProbeState } from "../probe/finding.ts";
import type { PendingRow, ProbeRow } from "../probe/probe.ts";
import { shown } from "./error.ts";
import type { Paint } from "./paint.ts";
import { fitWidth } from "./width.ts";
import { unwrapped, wrapText } from "./wrap.ts";

const SOURCE_WIDTH = "shared-files".length + 2;
const STATE_WIDTH = "misconfigured".length + 2;
const INDENT = " ".repeat(SOURCE_WIDTH + STATE_WIDTH);

/** The narrowest that text is wrapped at; a terminal that has less room wraps it again. */
const NARROWEST = 20;

/** One line a source, each printed when it and all before it are known. */
export async function printProbe(pending: readonly PendingRow[], print: (text: string) => void, paint: Paint) {
  for (const { row } of pending) {
    const { source, state, detail, hints } = await row;
    print(`${heading(source, state, paint)}${shown([detail, ...hints].join("; "))}\n`);
  }
}

/**
 * Rows in fixed order, those that are on their way included. What is known from the top is printed for good; only the
 * rest, a line each, is drawn anew when something comes in. So nothing is left behind, however long the texts are.
 */
export async function drawProbe(
  pending: readonly PendingRow[],
  print: (text: string) => void,
  paint: Paint,
  screen: ScreenSize,
) {
  const known: (ProbeRow | undefined)[] = pending.map(() => undefined);
  let settled = 0;
  let drawn = 0;
  const draw = () => {
    let text = drawn === 0 ? "" : `\u001b[${drawn}A\r\u001b[J`;
    for (let row = known[settled]; row !== undefined; row = known[settled]) {
      text += block(row, paint, screen);
      settled++;
    }
    const rest = pending
      .slice(settled)
      .map(({ source }, index) => tailLine(source, known[settled + index], paint, screen));
    drawn = rest.length;
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

/** A row in full: its detail and hints, wrapped. */
function block({ source, state, detail, hints }: ProbeRow, paint: Paint, screen: ScreenSize): string {
  const width = Math.max(NARROWEST, screen.columns - INDENT.length);
  const [first = "", ...more] = wrapText(shown(detail), width);
  const notes = hints.flatMap((hint) =>
    wrapText(shown(hint), width - 2).map((line, index) => paint.dim(`${index === 0 ? "→ " : "  "}${line}`)),
  );
  return [`${heading(source, state, paint)}${first}`, ...[...more, ...notes].map((line) => `${INDENT}${line}`)]
    .map((line) => `${line}\n`)
    .join("");
}

/** A row that is not printed for good yet, on one line of the terminal. */
function tailLine(source: string, row: ProbeRow | undefined, paint: Paint, screen: ScreenSize): string {
  const width = Math.max(0, screen.columns - 1 - INDENT.length);
  const text =
    row === undefined
      ? `${source.padEnd(SOURCE_WIDTH)}${paint.dim("…")}`
      : `${heading(source, row.state, paint)}${fitWidth(shown(row.detail), width)}`;
  return `${unwrapped(text)}\n`;
}

function heading(source: string, state: ProbeState, paint: Paint): string {
  return `${source.padEnd(SOURCE_WIDTH)}${stateText(state, paint)}`;
}

function stateText(state: ProbeState, paint: Paint): string {
  const text = state.padEnd(STATE_WIDTH);
  switch (state) {
    case "available":
      return paint.green(text);
    case "absent":
      return paint.dim(text);
    case "unreachable":
      return paint.yellow(text);
    case "misconfigured":
    case "refused":
      return paint.red(text);
  }
}
