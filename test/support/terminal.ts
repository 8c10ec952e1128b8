/** Runs a program at a real pseudo-terminal, and computes what its screen shows. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const RELAY = fileURLToPath(new URL("pty_relay.py", import.meta.url));

export interface TerminalRun {
  /** All output to the terminal so far. */
  written(): string;
  /** Waits until the output contains a text, or meets a condition. Rejects if the program ends before that. */
  waitFor(expected: string | ((written: string) => boolean)): Promise<void>;
  type(text: string): void;
  /** Resolves when the program has ended. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stdout: string }>;
}

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
  /** With `stderr`, standard output is a pipe, as in a command substitution. */
  readonly streams?: "all" | "stderr";
}

export function runAtTerminal(argv: readonly string[], options: TerminalOptions): TerminalRun {
  const { env, cwd, columns = 100, rows = 24, streams = "all" } = options;
  const child = spawn("python3", [RELAY, `${columns}x${rows}`, streams, ...argv], {
    env: { TERM: "xterm", ...env },
    cwd,
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  let written = "";
  let stdout = "";
  let hasEnded = false;
  const waiting = new Set<() => void>();
  const checkAll = () => {
    for (const check of waiting) check();
  };
  const { stdin, stdout: terminal } = child;
  if (stdin === null || terminal === null) throw new Error("the relay has no pipes");
  terminal.setEncoding("utf8").on("data", (text: string) => {
    written += text;
    checkAll();
  });
  const pipe = child.stdio[3];
  if (pipe !== null && pipe !== undefined && "setEncoding" in pipe) {
    pipe.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
  }
  const ended = new Promise<{ exitCode: number; stdout: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => {
      hasEnded = true;
      checkAll();
      resolve({ exitCode: exitCode ?? -1, stdout });
    });
  });
  return {
    written: () => written,
    waitFor: (expected) =>
      new Promise((resolve, reject) => {
        const isMet = () => (typeof expected === "string" ? written.includes(expected) : expected(written));
        const check = () => {
          if (!isMet() && !hasEnded) return;
          waiting.delete(check);
          if (isMet()) resolve();
          else reject(new Error(`the program ended without showing ${expected}: ${JSON.stringify(written)}`));
        };
        waiting.add(check);
        check();
      }),
    type: (text) => void stdin.write(text),
    ended,
  };
}

/**
 * Returns the lines that the terminal finally shows, including the scrollback, without trailing white space. It supports
 * the control sequences that rolecall and Deno use: carriage return, newline, index, cursor up, down and column, save and
 * restore, erase. It ignores colours.
 *
 * @param columns the width at which lines wrap.
 */
export function screenOf(written: string, columns = Number.POSITIVE_INFINITY): string[] {
  const lines: string[][] = [[]];
  let row = 0;
  let column = 0;
  let saved = { row, column };
  let wraps = true;
  const line = (): string[] => {
    while (lines.length <= row) lines.push([]);
    return lines[row] ?? [];
  };
  for (const [token] of written.matchAll(/\u001b\[[?\d;]*[A-Za-z]|\u001b[D78]|[\s\S]/gu)) {
    if (token === "\r") column = 0;
    else if (token === "\n") row++;
    else if (token === "\u001bD") row++;
    else if (token === "\u001b7") saved = { row, column };
    else if (token === "\u001b8") ({ row, column } = saved);
    else if (token.startsWith("\u001b")) {
      const count = Number(/\d+/.exec(token)?.[0] ?? 1);
      switch (token.at(-1)) {
        case "A":
          row = Math.max(0, row - count);
          break;
        case "B":
          row += count;
          break;
        case "G":
          column = Math.max(0, count - 1);
          break;
        case "J":
          line().splice(column);
          lines.splice(row + 1);
          break;
        case "K":
          line().splice(token === "\u001b[2K" ? 0 : column);
          break;
        case "h":
        case "l":
          if (token.slice(2, -1) === "?7") wraps = token.endsWith("h");
          break;
        case "m":
          break;
        default:
          throw new Error(`unsupported control sequence ${JSON.stringify(token)}`);
      }
    } else {
      if (column >= columns) {
        if (wraps) {
          row++;
          column = 0;
        } else column = columns - 1;
      }
      const cells = line();
      while (cells.length < column) cells.push(" ");
      cells[column++] = token;
    }
  }
  return lines.map((cells) => cells.join("").trimEnd());
}

/**
 * For `waitFor`: whether the text is shown after the message, such as a prompt that is shown again. Only at a prompt does
 * the terminal not show what is typed.
 */
export function shownAfter(message: string, text: string): (written: string) => boolean {
  return (written) => written.split(message)[1]?.includes(text) === true;
}
