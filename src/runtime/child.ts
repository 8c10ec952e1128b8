/** Deno, Node, and Windows: the command runs as a child that signals are forwarded to. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { denoLocks } from "./file_lock.ts";
import { BecomeFailure, type CommandToBecome, INTERRUPTED, type Runtime } from "./runtime.ts";

/**
 * Signals that somebody may send to rolecall and mean for the command. SIGINT and SIGQUIT are not passed on when a
 * terminal sent them: it sends them to the whole foreground process group, so the child has them already.
 */
const FORWARDED: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"];
const FROM_THE_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

export function childRuntime(): Runtime {
  return {
    name: process.versions.deno === undefined ? `node ${process.versions.node}` : `deno ${process.versions.deno}`,
    prepareToBecome: () => ({ fileDescriptors: [] }),
    become: (command) => runChild(command),
    // Deno that sends itself a SIGINT exits with 1.
    endInterrupted: () => INTERRUPTED,
    tryToLock: denoLocks(),
  };
}

function runChild(command: CommandToBecome): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command.file, command.argv.slice(1), {
      argv0: command.argv[0],
      env: Object.fromEntries(command.environment),
      stdio: "inherit",
    });
    const stopForwarding = forwardSignals((signal) => child.kill(signal));
    child.once("error", (error: NodeJS.ErrnoException) => {
      stopForwarding();
      reject(new BecomeFailure(error.code ?? error.message));
    });
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** @returns a function that ends the forwarding. */
function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const onTerminal = process.stdin.isTTY === true || process.stdout.isTTY === true || process.stderr.isTTY === true;
  const handlers: [NodeJS.Signals, () => void][] = [
    ...FORWARDED.map((signal): [NodeJS.Signals, () => void] => [signal, () => send(signal)]),
    ...FROM_THE_TERMINAL.map((signal): [NodeJS.Signals, () => void] => [
      signal,
      onTerminal ? () => {} : () => send(signal),
    ]),
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
