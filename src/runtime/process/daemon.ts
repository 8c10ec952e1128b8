/**
 * Starting this program again, as a process that is on its own: in a session of its own, without a terminal, and no child
 * of ours, so that a command that we become never meets it. For that it is started twice: the one in between ends at once.
 */
import { spawn } from "node:child_process";
import { ownArgv } from "./own_argv.ts";

/**
 * @param between the word that makes the program call `spawnDetached`.
 * @param word the first argument of the process that is started.
 * @param message for its standard input.
 * @param shared a file descriptor that it has, too, as long as it lives.
 * @returns the first line of its standard output; empty where it ended before.
 * @throws the system's error where the process cannot be started.
 */
export function startDaemon(between: string, word: string, message: string, shared?: number): Promise<string> {
  const [program = "", ...args] = ownArgv();
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, between, word], {
      argv0: "rolecall",
      stdio: ["pipe", "pipe", "ignore", shared ?? "ignore"],
    });
    child.once("error", reject);
    // Where no pipe could be made (EMFILE) there is an error to come, and nothing else.
    const { pid, stdin, stdout } = child;
    if (pid === undefined || stdin === null || stdout === null) return;
    let output = "";
    let ended = false;
    const settle = () => {
      const line = output.split("\n", 1)[0] ?? "";
      // Until the one in between has been waited for: the command would find it among its children.
      if (ended && output.length > line.length) resolve(line);
    };
    stdout.on("data", (data: Buffer) => {
      output += data.toString("utf8");
      settle();
    });
    stdout.once("end", () => {
      output += "\n";
      settle();
    });
    child.once("exit", () => {
      ended = true;
      settle();
    });
    stdin.on("error", () => {});
    stdin.end(message);
  });
}

/**
 * Without its just-in-time compiler Bun needs a third of the memory, and a server that answers from memory does not miss
 * it.
 */
const SMALL = { BUN_JSC_useJIT: "0" };

/** The environment of a process that was started detached, as it was before. */
export function originalEnvironment(): Readonly<Record<string, string | undefined>> {
  const names = Object.keys(SMALL);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.includes(name)));
}

/** Where a process that was started detached has the descriptor that is shared with it; else nothing is there. */
const SHARED = 3;

/** The one in between: starts the process, with its own standard input and output, and does not wait for it. */
export function spawnDetached(words: readonly string[]): void {
  const [program = "", ...args] = ownArgv();
  spawn(program, [...args, ...words], {
    argv0: "rolecall",
    detached: true,
    env: { ...process.env, ...SMALL },
    stdio: ["inherit", "inherit", "ignore", SHARED],
  }).unref();
}
