/** The terminal that standard output is, for what is drawn there. */
import { closeSync, openSync } from "node:fs";
import { isatty, WriteStream } from "node:tty";

export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/** @returns undefined where standard output is no terminal, or one that cannot move its cursor. */
export function openScreen(term: string | undefined): Screen | undefined {
  if (!isatty(1) || term === "dumb") return undefined;
  let fd: number | undefined;
  try {
    // A descriptor of its own: a stream of standard output would make that non-blocking for whoever shares it.
    fd = openSync("/dev/tty", "r+");
    const stream = new WriteStream(fd);
    const [columns, rows] = stream.getWindowSize();
    stream.destroy();
    return columns > 0 && rows > 0 ? { columns, rows } : undefined;
  } catch {
    if (fd !== undefined) closeSync(fd);
    return undefined;
  }
}
