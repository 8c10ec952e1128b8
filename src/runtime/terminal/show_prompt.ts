/** Shows a prompt on the terminal's alternate screen, so that the normal screen is unchanged afterwards. */
import { type ReadStream, WriteStream } from "node:tty";
import { InterruptedError } from "../../domain/interrupted.ts";
import type { Key, Prompt } from "../../domain/prompt.ts";
import { decodeKeys } from "./keys.ts";
import { sizeOf } from "./screen.ts";
import { writeAll } from "./write_all.ts";

/** Control sequences of xterm: DEC private modes 1049 (alternate screen) and 25 (cursor). */
const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l";
const LEAVE_SCREEN = "\u001b[?25h\u001b[?1049l";
const TO_TOP = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** Signals that would end the process without restoring the terminal. */
const FATAL_SIGNALS: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGQUIT"];

/** How long to wait for the rest of a key's escape sequence. After that it was the Escape key. */
const SEQUENCE_TIMEOUT_MS = 50;

/**
 * Shows the prompt until it has a result.
 *
 * @param fd the terminal.
 * @param stream of the same terminal, not in raw mode.
 * @throws InterruptedError for Ctrl-C, if the terminal hangs up, and if the prompt throws it.
 */
export async function showPrompt<T>(fd: number, stream: ReadStream, prompt: Prompt<T>): Promise<T> {
  let size = sizeOf(new WriteStream(fd));
  const draw = () => {
    const lines = prompt.draw(size).map((line) => `${line}${CLEAR_LINE}`);
    writeAll(fd, `${TO_TOP}${lines.join("\r\n")}${CLEAR_BELOW}`);
  };
  const resize = () => {
    size = sizeOf(new WriteStream(fd));
    draw();
  };
  const restore = () => {
    process.off("SIGWINCH", resize);
    for (const signal of FATAL_SIGNALS) process.off(signal, end);
    stream.pause();
    try {
      stream.setRawMode(false);
      writeAll(fd, LEAVE_SCREEN);
    } catch {
      // The terminal has hung up.
    }
  };
  const end = (signal: NodeJS.Signals) => {
    restore();
    process.kill(process.pid, signal);
  };
  for (const signal of FATAL_SIGNALS) process.on(signal, end);
  process.on("SIGWINCH", resize);
  try {
    stream.setRawMode(true);
    writeAll(fd, ENTER_SCREEN);
    draw();
    return await readKeys(stream, prompt, draw);
  } finally {
    restore();
  }
}

function readKeys<T>(stream: ReadStream, prompt: Prompt<T>, draw: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let rest = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      for (const event of ["data", "end", "error"]) stream.removeAllListeners(event);
      settle();
    };
    /** @returns whether the prompt needs more keys. */
    const press = (keys: readonly Key[]): boolean => {
      for (const key of keys) {
        if ("name" in key && key.name === "interrupt") throw new InterruptedError();
        const outcome = prompt.press(key);
        if (outcome === undefined) continue;
        finish(() => resolve(outcome.result));
        return false;
      }
      draw();
      return true;
    };
    const rejectOnThrow = (step: () => void) => {
      try {
        step();
      } catch (error) {
        finish(() => reject(error));
      }
    };
    stream.on("end", () => finish(() => reject(new InterruptedError())));
    stream.on("error", () => finish(() => reject(new InterruptedError())));
    stream.on("data", (data: Buffer) =>
      rejectOnThrow(() => {
        clearTimeout(timer);
        const decoded = decodeKeys(rest + decoder.decode(data, { stream: true }));
        rest = decoded.rest;
        if (!press(decoded.keys) || rest === "") return;
        timer = setTimeout(() => rejectOnThrow(() => void press([{ name: "escape" }])), SEQUENCE_TIMEOUT_MS);
      }),
    );
    stream.resume();
  });
}
