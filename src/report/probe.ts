/** How a person sees the probe: a line for each source, as it becomes known. */
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

/** Characters. With less room beside the columns, texts begin on a line of their own. */
const NARROWEST = 30;

export interface ProbeStyle {
  readonly paint: Colors;
  /** The user's home folder, which is shown as `~`. */
  readonly home: string;
}

/** One line a source, each printed when it and all before it are known. */
export async function printProbe(pending: readonly PendingRow[], print: (text: string) => void, look: ProbeStyle) {
  for (const { row } of pending) {
    const { source, state, detail, hints } = await row;
    print(`${heading(source, state, look.paint)}${legible([detail, ...hints].join("; "), look)}\n`);
  }
}

/**
 * Rows in fixed order, those that are on their way included. What is known from the top is printed for good; only the
 * rest, a line each, is drawn anew when something comes in. So nothing is left behind, however long the texts are.
 */
export async function drawProbe(
  pending: readonly PendingRow[],
  print: (text: string) => void,
  look: ProbeStyle,
  screen: ScreenSize,
) {
  const known: (ProbeRow | undefined)[] = pending.map(() => undefined);
  let settled = 0;
  let drawn = 0;
  const draw = () => {
    let text = drawn === 0 ? "" : `\u001b[${drawn}A\r\u001b[J`;
    for (let row = known[settled]; row !== undefined; row = known[settled]) {
      text += block(row, look, screen);
      settled++;
    }
    const rest = pending
      .slice(settled)
      .map(({ source }, index) => tailLine(source, known[settled + index], look, screen));
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
function block({ source, state, detail, hints }: ProbeRow, look: ProbeStyle, screen: ScreenSize): string {
  const isNarrow = screen.columns - INDENT.length < NARROWEST;
  const indent = isNarrow ? "  " : INDENT;
  const width = Math.max(1, screen.columns - indent.length);
  const texts = [
    ...wrapText(legible(detail, look), width),
    ...hints.flatMap((hint) =>
      wrapText(legible(hint, look), width - 2).map((line, index) =>
        look.paint.dim(`${index === 0 ? "→ " : "  "}${line}`),
      ),
    ),
  ].map((line) => `${indent}${line}`);
  const head = heading(source, state, look.paint);
  const lines = isNarrow ? [head, ...texts] : [`${head}${texts[0]?.slice(indent.length)}`, ...texts.slice(1)];
  return lines.map((line) => `${line}\n`).join("");
}

function legible(text: string, { home }: ProbeStyle): string {
  return abbreviateHomes(escapeControls(text), home);
}

/** A row that is not printed for good yet, on one line of the terminal. */
function tailLine(source: string, row: ProbeRow | undefined, look: ProbeStyle, screen: ScreenSize): string {
  const { paint } = look;
  const width = Math.max(0, screen.columns - 1 - INDENT.length);
  const text =
    row === undefined
      ? `${source.padEnd(SOURCE_WIDTH)}${paint.dim("…")}`
      : `${heading(source, row.state, paint)}${fitWidth(legible(row.detail, look), width)}`;
  return `${withoutLineWrap(text)}\n`;
}

function heading(source: string, state: ProbeState, paint: Colors): string {
  return `${source.padEnd(SOURCE_WIDTH)}${stateText(state, paint)}`;
}

function stateText(state: ProbeState, paint: Colors): string {
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
