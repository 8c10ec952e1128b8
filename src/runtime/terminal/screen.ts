/** The terminals that something is shown at: how large they are. */
import { closeSync, openSync } from "node:fs";
import { isatty, WriteStream } from "node:tty";
import type { ScreenSize } from "../../domain/prompt.ts";

export interface Screen extends ScreenSize {
  /** Whether the cursor can be moved there, to draw over what was written. */
  readonly canDraw: boolean;
}

/** What every terminal has, for one that does not know its own size: a serial console, say. */
const USUAL: ScreenSize = { columns: 80, rows: 24 };

/**
 * The terminal that standard output is.
 *
 * @param term the value of `TERM`.
 * @returns undefined where it is none.
 */
export function openScreen(term: string | undefined): Screen | undefined {
  if (!isatty(1)) return undefined;
  const size = controllingTerminalSize();
  return { ...(size ?? USUAL), canDraw: size !== undefined && term !== "dumb" };
}

/** @param stream a new one: an older one would not know a new size. */
export function sizeOf(stream: WriteStream): ScreenSize {
  const [columns, rows] = stream.getWindowSize();
  return { columns: columns || USUAL.columns, rows: rows || USUAL.rows };
}

/** (Not standard output's own: a stream of that would make it non-blocking for whoever shares it.) */
function controllingTerminalSize(): ScreenSize | undefined {
  let fd: number | undefined;
  try {
    fd = openSync("/dev/tty", "r+");
    const stream = new WriteStream(fd);
    const size = sizeOf(stream);
    stream.destroy();
    return size;
  } catch {
    if (fd !== undefined) closeSync(fd);
    return undefined;
  }
}
