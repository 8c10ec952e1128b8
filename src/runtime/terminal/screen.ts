/** The size and the abilities of the terminal that output is shown on. */
import { closeSync, openSync } from "node:fs";
import type { WriteStream } from "node:tty";
import type { ScreenSize } from "../../domain/prompt.ts";
import { isTerminal } from "./is_terminal.ts";

export interface Screen extends ScreenSize {
  /** Whether the cursor can be moved to redraw lines. */
  readonly canDraw: boolean;
}

/** For a terminal that does not know its size, such as a serial console. */
const DEFAULT_SIZE: ScreenSize = { columns: 80, rows: 24 };

/**
 * Describes the terminal that standard output is connected to.
 *
 * @param term the value of `TERM`.
 * @returns undefined if standard output is not a terminal.
 */
export function openScreen(term: string | undefined): Screen | undefined {
  if (!isTerminal(1)) return undefined;
  const size = controllingTerminalSize();
  return { ...(size ?? DEFAULT_SIZE), canDraw: size !== undefined && term !== "dumb" };
}

/** @param stream a new stream of the terminal: an existing one reports the size that the terminal had before. */
export function sizeOf(stream: WriteStream): ScreenSize {
  const [columns, rows] = stream.getWindowSize();
  return { columns: columns || DEFAULT_SIZE.columns, rows: rows || DEFAULT_SIZE.rows };
}

/**
 * Gets the size from the controlling terminal, not from standard output: a stream would make standard output
 * non-blocking, also for the other processes that share it.
 */
function controllingTerminalSize(): ScreenSize | undefined {
  if (process.platform === "win32") return undefined;
  let fd: number | undefined;
  try {
    fd = openSync("/dev/tty", "r+");
    const stream = new (process.getBuiltinModule("node:tty").WriteStream)(fd);
    const size = sizeOf(stream);
    stream.destroy();
    return size;
  } catch {
    if (fd !== undefined) closeSync(fd);
    return undefined;
  }
}
