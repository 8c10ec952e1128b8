/** A dialog on the terminal's second screen, so that the first one is afterwards as it was. */
import { type ReadStream, WriteStream } from "node:tty";
import { InterruptedError } from "../../domain/interrupted.ts";
import type { Key, Prompt } from "../../domain/prompt.ts";
import { decodeKeys } from "./keys.ts";
import { sizeOf } from "./screen.ts";
import { writeAll } from "./write_all.ts";

const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l";
const LEAVE_SCREEN = "\u001b[?25h\u001b[?1049l";
const TO_TOP = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** Signals that would end the process and leave the terminal as it is. */
const ENDING: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGQUIT"];

/** Milliseconds in which the rest of a key's sequence comes; a lone Escape has none. */
const SEQUENCE_MS = 50;

/**
 * Shows the dialog until it has a result.
 *
 * @param fd the terminal.
 * @param stream of the same terminal, not in raw mode.
 * @throws InterruptedError for Ctrl-C, when the terminal hangs up, and when the dialog says so.
 */
export async function showPrompt<T>(fd: number, stream: ReadStream, dialog: Prompt<T>): Promise<T> {
  let size = sizeOf(new WriteStream(fd));
  const draw = () => {
    const lines = dialog.draw(size).map((line) => `${line}${CLEAR_LINE}`);
    writeAll(fd, `${TO_TOP}${lines.join("\r\n")}${CLEAR_BELOW}`);
  };
  const resized = () => {
    size = sizeOf(new WriteStream(fd));
    draw();
  };
  const restore = () => {
    process.off("SIGWINCH", resized);
    for (const signal of ENDING) process.off(signal, end);
    stream.pause();
    try {
      stream.setRawMode(false);
      writeAll(fd, LEAVE_SCREEN);
    } catch {
      // A terminal that hung up needs no restoring.
    }
  };
  const end = (signal: NodeJS.Signals) => {
    restore();
    process.kill(process.pid, signal);
  };
  for (const signal of ENDING) process.on(signal, end);
  process.on("SIGWINCH", resized);
  try {
    stream.setRawMode(true);
    writeAll(fd, ENTER_SCREEN);
    draw();
    return await readKeys(stream, dialog, draw);
  } finally {
    restore();
  }
}

function readKeys<T>(stream: ReadStream, dialog: Prompt<T>, draw: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let rest = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (how: () => void) => {
      clearTimeout(timer);
      for (const event of ["data", "end", "error"]) stream.removeAllListeners(event);
      how();
    };
    /** @returns whether the dialog goes on. */
    const take = (keys: readonly Key[]): boolean => {
      for (const key of keys) {
        if ("name" in key && key.name === "interrupt") throw new InterruptedError();
        const outcome = dialog.press(key);
        if (outcome === undefined) continue;
        settle(() => resolve(outcome.result));
        return false;
      }
      draw();
      return true;
    };
    const guarded = (step: () => void) => {
      try {
        step();
      } catch (error) {
        settle(() => reject(error));
      }
    };
    stream.on("end", () => settle(() => reject(new InterruptedError())));
    stream.on("error", () => settle(() => reject(new InterruptedError())));
    stream.on("data", (data: Buffer) =>
      guarded(() => {
        clearTimeout(timer);
        const decoded = decodeKeys(rest + decoder.decode(data, { stream: true }));
        rest = decoded.rest;
        if (!take(decoded.keys) || rest === "") return;
        timer = setTimeout(() => guarded(() => void take([{ name: "escape" }])), SEQUENCE_MS);
      }),
    );
    stream.resume();
  });
}
