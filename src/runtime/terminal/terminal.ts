/** The controlling terminal, for prompts. It is available even if standard input is a pipe. */
import { closeSync, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { SecretOptions } from "../../domain/effects.ts";
import { InterruptedError } from "../../domain/interrupted.ts";
import type { Prompt } from "../../domain/prompt.ts";
import { decodeKeys } from "./keys.ts";
import { enterRawMode } from "./raw_mode.ts";
import { showPrompt } from "./show_prompt.ts";
import { writeAll } from "./write_all.ts";

export interface Terminal {
  write(text: string): void;
  /**
   * Prints a label and reads a line.
   *
   * @returns the line, or undefined at the end of input (Ctrl-D) or if `until` has ended the prompt.
   * @throws InterruptedError for Ctrl-C.
   */
  readLine(label: string, options: LineOptions): Promise<string | undefined>;
  /**
   * Shows a full-screen prompt, and then restores the screen.
   *
   * @throws InterruptedError for Ctrl-C, or if the prompt is cancelled.
   */
  show<T>(prompt: Prompt<T>): Promise<T>;
}

export interface LineOptions extends SecretOptions {
  /** Whether to show what is typed. */
  readonly echo: boolean;
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
    write: (text) => writeAll(fd, text),
    async readLine(label, { echo, until, check }) {
      if (until?.aborted === true) return undefined;
      let shown = 0;
      const mode = enterRawMode(stream, {
        // The carriage return overwrites a label that is already on the line.
        show: () => writeAll(fd, shown++ === 0 ? label : `\r${label}`),
        hide: () => writeAll(fd, "\n"),
      });
      try {
        const write = echo ? (text: string) => writeAll(fd, text) : () => {};
        const accept = (line: string) => {
          const problem = check?.(line);
          // The terminal stays in raw mode, so that it does not echo what is typed meanwhile.
          if (problem !== undefined) writeAll(fd, `\r\n${problem === "" ? "" : `${problem}\r\n`}${label}`);
          return problem === undefined;
        };
        return await readKeys(stream, { write, accept, suspend: mode.suspend, until });
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

interface LineReading {
  /** Shows what is typed. */
  write(text: string): void;
  /** @returns whether the line ends the prompt. */
  accept(line: string): boolean;
  /** Called for Ctrl-Z. What was typed before is discarded, as the terminal itself does. */
  suspend(): void;
  readonly until: AbortSignal | undefined;
}

/** Erases the character before the cursor. */
const ERASE = "\b \b";

/** A terminal in raw mode has no echo and no line editing, so the usual keys are handled here. */
function readKeys(terminal: ReadStream, { write, accept, suspend, until }: LineReading): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let line = "";
    let rest = "";
    const finish = (settle: () => void) => {
      until?.removeEventListener("abort", abort);
      for (const event of ["data", "end", "error"]) terminal.removeAllListeners(event);
      settle();
    };
    const abort = () => finish(() => resolve(undefined));
    const erase = (count: number) => {
      const characters = [...line];
      write(
        characters
          .slice(characters.length - count)
          .map(() => ERASE)
          .join(""),
      );
      line = characters.slice(0, characters.length - count).join("");
    };
    until?.addEventListener("abort", abort);
    terminal.once("error", (error) => finish(() => reject(error)));
    terminal.once("end", () => finish(() => resolve(undefined)));
    terminal.on("data", (data: Buffer) => {
      const decoded = decodeKeys(rest + data.toString("utf8"));
      rest = decoded.rest;
      for (const key of decoded.keys) {
        if ("text" in key) {
          line += key.text;
          write(key.text);
          continue;
        }
        switch (key.name) {
          case "enter": {
            const typed = line;
            line = "";
            if (accept(typed)) return finish(() => resolve(typed));
            break;
          }
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
            if (line !== "") erase(1);
            break;
          case "delete-line":
            erase([...line].length);
        }
      }
    });
    terminal.resume();
  });
}
