/** A terminal for tests: a real pseudo-terminal for the program, and what a person would see on it. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const RELAY = fileURLToPath(new URL("pty_relay.py", import.meta.url));

export interface TerminalRun {
  /** Everything that the program wrote to the terminal, so far. */
  written(): string;
  /** Ends when `written()` has the text, or is as it should be; fails when the program ended before. */
  waitFor(wanted: string | ((written: string) => boolean)): Promise<void>;
  type(text: string): void;
  /** Ends with the program. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stdout: string }>;
}

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
  /** `stderr`: standard output is a pipe, as in a command substitution. */
  readonly which?: "all" | "stderr";
}

export function runAtTerminal(words: readonly string[], options: TerminalOptions): TerminalRun {
  const { env, cwd, columns = 100, rows = 24, which = "all" } = options;
  const child = spawn("python3", [RELAY, `${columns}x${rows}`, which, ...words], {
    env: { TERM: "xterm", ...env },
    cwd,
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  let shown = "";
  let stdout = "";
  let over = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  const { stdin, stdout: terminal } = child;
  if (stdin === null || terminal === null) throw new Error("the program has no pipes");
  terminal.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    wake();
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
      over = true;
      wake();
      resolve({ exitCode: exitCode ?? -1, stdout });
    });
  });
  return {
    written: () => shown,
    waitFor: (wanted) =>
      new Promise((resolve, reject) => {
        const isThere = typeof wanted === "string" ? () => shown.includes(wanted) : () => wanted(shown);
        const look = () => {
          if (!isThere() && !over) return;
          waiting.delete(look);
          if (isThere()) resolve();
          else reject(new Error(`the program ended without showing ${wanted}: ${JSON.stringify(shown)}`));
        };
        waiting.add(look);
        look();
      }),
    type: (text) => void stdin.write(text),
    ended,
  };
}

/**
 * The lines that a person sees in the end, scrollback included, without white space at their ends. Knows what rolecall
 * (and Deno before it) uses: carriage return, newline, index, cursor up, down, column, save and restore, erase; colours
 * are left out.
 *
 * @param columns at which lines wrap.
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
          throw new Error(`the terminal of the tests does not know ${JSON.stringify(token)}`);
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
