/** The controlling terminal, for prompts. It is available even if standard input is a pipe. */
import { closeSync, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { InterruptedError } from "../../domain/interrupted.ts";
import type { Prompt } from "../../domain/prompt.ts";
import { decodeKeys } from "./keys.ts";
import { enterRawMode } from "./raw_mode.ts";
import { showPrompt } from "./show_prompt.ts";
import { writeAll } from "./write_all.ts";

export interface Terminal {
  /**
   * Prints a label and reads a line without echo.
   *
   * @returns the line, or undefined at the end of input (Ctrl-D).
   * @throws InterruptedError for Ctrl-C.
   */
  readSecret(label: string): Promise<string | undefined>;
  /**
   * Shows a full-screen prompt, and then restores the screen.
   *
   * @throws InterruptedError for Ctrl-C, or if the prompt is cancelled.
   */
  show<T>(prompt: Prompt<T>): Promise<T>;
}

/**
 * Opens the controlling terminal. Call it once: under Bun a second stream of the terminal receives no input.
 *
 * @returns undefined if the process has no controlling terminal.
 */
export function openTerminal(): Terminal | undefined {
  const fd = openDevice();
  if (fd === undefined) return undefined;
  const stream = new ReadStream(fd);
  return {
    async readSecret(label) {
      let shown = 0;
      const mode = enterRawMode(stream, {
        // The carriage return overwrites a label that is already on the line.
        show: () => writeAll(fd, shown++ === 0 ? label : `\r${label}`),
        hide: () => writeAll(fd, "\n"),
      });
      try {
        return await readHiddenLine(stream, mode.suspend);
      } finally {
        stream.pause();
        mode.leave();
      }
    },
    show: (prompt) => showPrompt(fd, stream, prompt),
  };
}

function openDevice(): number | undefined {
  if (process.platform === "win32") return undefined;
  let fd: number | undefined;
  try {
    fd = openSync("/dev/tty", "r+");
    // Fails if the terminal has hung up.
    writeSync(fd, "");
    return fd;
  } catch {
    if (fd !== undefined) closeSync(fd);
    return undefined;
  }
}

/**
 * A terminal in raw mode has no line editing, so the usual keys are handled here.
 *
 * @param suspend called for Ctrl-Z. What was typed before is discarded, as the terminal itself does.
 */
function readHiddenLine(terminal: ReadStream, suspend: () => void): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let line = "";
    let rest = "";
    const finish = (settle: () => void) => {
      terminal.removeAllListeners("data");
      settle();
    };
    terminal.once("error", reject);
    terminal.once("end", () => finish(() => resolve(undefined)));
    terminal.on("data", (data: Buffer) => {
      const decoded = decodeKeys(rest + data.toString("utf8"));
      rest = decoded.rest;
      for (const key of decoded.keys) {
        if ("text" in key) {
          line += key.text;
          continue;
        }
        switch (key.name) {
          case "enter":
            return finish(() => resolve(line));
          // In raw mode the terminal sends no SIGINT.
          case "interrupt":
            return finish(() => reject(new InterruptedError()));
          case "suspend":
            line = "";
            suspend();
            break;
          case "end-of-input":
            if (line === "") return finish(() => resolve(undefined));
            break;
          case "backspace":
            line = [...line].slice(0, -1).join("");
            break;
          case "delete-line":
            line = "";
        }
      }
    });
    terminal.resume();
  });
}
