/** Shows a prompt on the terminal's alternate screen, so that the normal screen is unchanged afterwards. */
import { type ReadStream, WriteStream } from "node:tty";
import { InterruptedError } from "../../domain/interrupted.ts";
import type { Key, Prompt } from "../../domain/prompt.ts";
import { decodeKeys } from "./keys.ts";
import { enterRawMode, type RawMode } from "./raw_mode.ts";
import { sizeOf } from "./screen.ts";
import { writeAll } from "./write_all.ts";

/** Control sequences of xterm: DEC private modes 1049 (alternate screen) and 25 (cursor). */
const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l";
const LEAVE_SCREEN = "\u001b[?25h\u001b[?1049l";
const TO_TOP = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

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
  process.on("SIGWINCH", resize);
  let mode: RawMode | undefined;
  try {
    mode = enterRawMode(stream, {
      show() {
        size = sizeOf(new WriteStream(fd));
        writeAll(fd, ENTER_SCREEN);
        draw();
      },
      hide: () => writeAll(fd, LEAVE_SCREEN),
    });
    return await readKeys(stream, prompt, draw, mode.suspend);
  } finally {
    process.off("SIGWINCH", resize);
    stream.pause();
    mode?.leave();
  }
}

function readKeys<T>(stream: ReadStream, prompt: Prompt<T>, draw: () => void, suspend: () => void): Promise<T> {
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
        if ("name" in key && key.name === "suspend") {
          suspend();
          return true;
        }
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
