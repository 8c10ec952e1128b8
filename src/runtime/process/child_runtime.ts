/** Deno, Node, and Bun on Windows, where the command runs as a child to which signals are forwarded. */

import { spawn, spawnSync } from "node:child_process";
import { withChange } from "../../domain/environment.ts";
import { denoLocks } from "../file_lock.ts";
import { NO_INHERITED_STATE } from "../inherited/inherited_state.ts";
import { isTerminal } from "../terminal/is_terminal.ts";
import { type ExecCommand, ExecError, exitCodeOf, type Runtime } from "./runtime.ts";

/** Signals that are always forwarded. */
const FORWARDED_SIGNALS: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"];
/** Not forwarded at a terminal, which sends them to the whole foreground process group, and so to the child, too. */
const TERMINAL_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

/** Needs neither `bun:ffi` nor a system that can replace a process. */
export function childRuntime(): Runtime {
  return {
    name: process.versions.deno === undefined ? `node ${process.versions.node}` : `deno ${process.versions.deno}`,
    replacesProcess: false,
    readInheritedState: () => NO_INHERITED_STATE,
    exec: (command) => runChild(command),
    // Neither Node nor Deno can send a datagram to a Unix socket.
    notifyServiceManager: (_socket, state) => void spawnSync("systemd-notify", [state], { stdio: "ignore" }),
    // Not by the signal: a Deno process that sends itself SIGINT exits with code 1.
    endInterrupted: ({ signal }) => exitCodeOf(signal),
    tryLock: denoLocks(),
  };
}

function runChild(command: ExecCommand): Promise<number> {
  return new Promise((resolve, reject) => {
    let pid: number | undefined;
    // Forwarding begins before the child starts: a signal in between must not end rolecall and leave the child running.
    const stopForwarding = forwardSignals((signal) => {
      if (pid !== undefined) sendSignal(pid, signal);
    });
    const child = spawn(command.file, command.argv.slice(1), {
      argv0: command.argv[0],
      env: Object.fromEntries(withChange(process.env, command.environment)),
      stdio: "inherit",
    });
    pid = child.pid;
    child.once("error", (error: NodeJS.ErrnoException) => {
      stopForwarding();
      reject(new ExecError(error.code ?? error.message));
    });
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(code ?? (signal === null ? 128 : exitCodeOf(signal)));
    });
  });
}

/** Not `child.kill`: Deno then considers the child ended, even if the child handles the signal. */
function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The child has just ended.
  }
}

/** @returns a function that stops the forwarding. */
function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const isAtTerminal = [0, 1, 2].some((fd) => isTerminal(fd));
  const handlers: [NodeJS.Signals, () => void][] = [
    ...FORWARDED_SIGNALS.map((signal): [NodeJS.Signals, () => void] => [signal, () => send(signal)]),
    ...TERMINAL_SIGNALS.map((signal): [NodeJS.Signals, () => void] => [
      signal,
      isAtTerminal ? () => {} : () => send(signal),
    ]),
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
