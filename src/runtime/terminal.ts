/** The controlling terminal, which is there also when standard input is a pipe. */
import { closeSync, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { Interrupted } from "./interrupted.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const CTRL_U = "\u0015";
const BACKSPACES = ["\b", "\u007f"];

/**
 * Shows a prompt on the controlling terminal and reads a line from it, without showing what is typed.
 *
 * @returns the line; undefined where there is no terminal, or when the person ended the input (Ctrl-D).
 */
export async function askOnTerminal(prompt: string): Promise<string | undefined> {
  const fd = openTerminal();
  if (fd === undefined) return undefined;
  const terminal = new ReadStream(fd);
  terminal.setRawMode(true);
  writeSync(fd, prompt);
  try {
    return await readHiddenLine(terminal);
  } finally {
    terminal.setRawMode(false);
    writeSync(fd, "\n");
    terminal.destroy();
  }
}

function openTerminal(): number | undefined {
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
    terminal.once("error", reject);
    terminal.once("end", () => resolve(undefined));
    terminal.on("data", (data: Buffer) => {
      for (const key of data.toString("utf8")) {
        if (key === "\r" || key === "\n") return resolve(line);
        if (key === CTRL_D && line === "") return resolve(undefined);
        // As the terminal itself would have done outside raw mode; the caller's `finally` restores it.
        if (key === CTRL_C) return reject(new Interrupted());
        if (BACKSPACES.includes(key)) line = line.slice(0, -1);
        else if (key === CTRL_U) line = "";
        else if (key >= " ") line += key;
      }
    });
  });
}
