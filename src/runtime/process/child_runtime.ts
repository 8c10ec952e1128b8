/**
 * Deno, Node, and Bun if it can call neither the C library nor the kernel, as on Windows: the command runs as a child
 * to which signals are forwarded.
 */

import { spawn, spawnSync } from "node:child_process";
import { withChange } from "../../domain/environment.ts";
import { denoLocks, lockWith } from "../file_lock.ts";
import {
  descriptorsBeforeNode,
  type InheritedState,
  NO_INHERITED_STATE,
  readInheritedState,
} from "../inherited/inherited_state.ts";
import { inheritedEnvironment } from "../inherited/runtime_variables.ts";
import { isTerminal } from "../terminal/is_terminal.ts";
import { catchSigchld } from "./catch_sigchld.ts";
import { type ExecCommand, ExecError, exitCodeOf, type Runtime } from "./runtime.ts";

/** Signals that are always forwarded. */
const FORWARDED_SIGNALS: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"];
/** Not forwarded at a terminal, which sends them to the whole foreground process group, and so to the child, too. */
const TERMINAL_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

/** Needs neither `bun:ffi` nor a system that can replace a process. */
export function childRuntime(): Runtime {
  catchSigchld();
  return {
    replacesProcess: false,
    readInheritedState: inheritedState,
    exec: (command, inherited) => runChild(command, inherited),
    // Neither Node nor Deno can send a datagram to a Unix socket.
    notifyServiceManager: (_socket, state) => void spawnSync("systemd-notify", [state], { stdio: "ignore" }),
    // Not by the signal: a Deno process that sends itself SIGINT exits with code 1.
    endInterrupted: ({ signal }) => exitCodeOf(signal),
    tryLock: denoLocks() ?? ((fd) => lockWith(lockByProgram, fd)),
  };
}

function inheritedState(): InheritedState {
  const { bun, deno } = process.versions;
  if (bun !== undefined) return readInheritedState();
  // Deno does not report which file descriptors are its own.
  if (deno !== undefined) return NO_INHERITED_STATE;
  return { ...NO_INHERITED_STATE, fileDescriptors: descriptorsBeforeNode() };
}

/**
 * Takes the lock with flock(1) of util-linux or BusyBox. The lock belongs to the open file, which this process shares with
 * the program, so it outlives the program.
 */
function lockByProgram(fd: number): boolean {
  const { status, error } = spawnSync("flock", ["-n", String(LOCKED_FD)], {
    stdio: ["ignore", "ignore", "ignore", fd],
  });
  if (error !== undefined) throw error;
  if (status === 0 || status === 1) return status === 0;
  throw Object.assign(new Error("flock failed"), { code: "ENOLCK" });
}

/** The number of the file descriptor in the program. */
const LOCKED_FD = 3;

/** As `Runtime.exec`. */
export function runChild(
  command: ExecCommand,
  { fileDescriptors }: Pick<InheritedState, "fileDescriptors">,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let pid: number | undefined;
    // Forwarding begins before the child starts: a signal in between must not end rolecall and leave the child running.
    const stopForwarding = forwardSignals((signal) => {
      if (pid !== undefined) sendSignal(pid, signal);
    });
    const child = spawn(command.file, command.argv.slice(1), {
      argv0: command.argv[0],
      env: Object.fromEntries(withChange(inheritedEnvironment(), command.environment)),
      // By position: a file descriptor keeps its number.
      stdio: Array.from({ length: Math.max(2, ...fileDescriptors) + 1 }, (_, fd) =>
        fd <= 2 ? "inherit" : fileDescriptors.includes(fd) ? fd : "ignore",
      ),
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
