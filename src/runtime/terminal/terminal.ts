/** The controlling terminal, which is there also when standard input is a pipe. */
import { closeSync, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { InterruptedError } from "../../domain/interrupted.ts";
import type { Prompt } from "../../domain/prompt.ts";
import { decodeKeys } from "./keys.ts";
import { showPrompt } from "./show_prompt.ts";

export interface Terminal {
  /**
   * Shows a prompt and reads a line, without showing what is typed.
   *
   * @returns the line; undefined when the person ended the input (Ctrl-D).
   * @throws InterruptedError for Ctrl-C.
   */
  readSecret(prompt: string): Promise<string | undefined>;
  /**
   * Shows a dialog on the whole screen, which is as it was afterwards.
   *
   * @throws InterruptedError for Ctrl-C, and when the person wants none of it.
   */
  show<T>(dialog: Prompt<T>): Promise<T>;
}

/**
 * Opens the controlling terminal. Open it once only: under Bun nothing can be read from a second stream of it.
 *
 * @returns undefined where there is none.
 */
export function openTerminal(): Terminal | undefined {
  const fd = openDevice();
  if (fd === undefined) return undefined;
  const stream = new ReadStream(fd);
  return {
    async readSecret(prompt) {
      stream.setRawMode(true);
      writeSync(fd, prompt);
      try {
        return await readHiddenLine(stream);
      } finally {
        stream.pause();
        stream.setRawMode(false);
        writeSync(fd, "\n");
      }
    },
    show: (dialog) => showPrompt(fd, stream, dialog),
  };
}

function openDevice(): number | undefined {
  if (process.platform === "win32") return undefined;
  let fd: number | undefined;
  try {
    fd = openSync("/dev/tty", "r+");
    // Asked for at once, so that a terminal that hung up counts as none.
    writeSync(fd, "");
    return fd;
  } catch {
    if (fd !== undefined) closeSync(fd);
    return undefined;
  }
}

/** In raw mode the terminal does no editing, so the few keys that people expect are handled here. */
function readHiddenLine(terminal: ReadStream): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let line = "";
    let rest = "";
    const end = (settle: () => void) => {
      terminal.removeAllListeners("data");
      settle();
    };
    terminal.once("error", reject);
    terminal.once("end", () => end(() => resolve(undefined)));
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
            return end(() => resolve(line));
          // As the terminal itself would have done outside raw mode; the caller's `finally` restores it.
          case "interrupt":
            return end(() => reject(new InterruptedError()));
          case "end-of-input":
            if (line === "") return end(() => resolve(undefined));
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
