/**
 * Starts this program again as a daemon: in its own session, without a terminal, and not as a child of this process, so
 * that a command that replaces this process does not find an unexpected child. An intermediate process starts the daemon
 * and exits at once.
 */
import { spawn } from "node:child_process";
import { inheritedEnvironment } from "../inherited/runtime_variables.ts";
import { catchSigchld } from "./catch_sigchld.ts";
import { ownArgv } from "./own_argv.ts";

/**
 * Starts the daemon and waits for its first line of output.
 *
 * @param intermediateCommand the argument that makes the program call `spawnDetached` (`detach.ts`).
 * @param command the daemon's first argument.
 * @param message for the daemon's standard input.
 * @param sharedFd a file descriptor that the daemon keeps open for as long as it runs.
 * @returns the first line of the daemon's standard output; empty if the daemon ended without output.
 * @throws the system's error if the process cannot be started.
 */
export function startDaemon(
  intermediateCommand: string,
  command: string,
  message: string,
  sharedFd?: number,
): Promise<string> {
  const [program = "", ...args] = ownArgv();
  catchSigchld();
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, intermediateCommand, command], {
      argv0: "rolecall",
      env: inheritedEnvironment(),
      stdio: ["pipe", "pipe", "ignore", sharedFd ?? "ignore"],
    });
    child.once("error", reject);
    // If no pipe could be created (EMFILE), only the error event follows.
    const { pid, stdin, stdout } = child;
    if (pid === undefined || stdin === null || stdout === null) return;
    let output = "";
    let hasExited = false;
    const settle = () => {
      const line = output.split("\n", 1)[0] ?? "";
      // Not before the intermediate process has been waited for: it would be an unexpected child of the command.
      if (hasExited && output.length > line.length) resolve(line);
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
      hasExited = true;
      settle();
    });
    // EPIPE, if the daemon ends before it reads the message.
    stdin.on("error", () => {});
    stdin.end(message);
  });
}
