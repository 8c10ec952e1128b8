/** Deno, Node, and Windows: the command runs as a child that signals are forwarded to. */
import { spawn, spawnSync } from "node:child_process";
import { isatty } from "node:tty";
import { withChange } from "../../domain/environment.ts";
import { denoLocks } from "../file_lock.ts";
import { NO_INHERITED_STATE } from "../inherited/inherited_state.ts";
import { type ExecCommand, ExecError, exitCodeOf, type Runtime } from "./runtime.ts";

/**
 * Signals that somebody may send to rolecall and mean for the command. SIGINT and SIGQUIT are not passed on when a
 * terminal sent them: it sends them to the whole foreground process group, so the child has them already.
 */
const FORWARDED: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"];
const FROM_THE_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

/** Needs neither `bun:ffi` nor a system that can replace a process. */
export function childRuntime(): Runtime {
  return {
    name: process.versions.deno === undefined ? `node ${process.versions.node}` : `deno ${process.versions.deno}`,
    replacesProcess: false,
    // A child gets what Node and Deno give to theirs.
    readInheritedState: () => NO_INHERITED_STATE,
    exec: (command) => runChild(command),
    // Neither Node nor Deno can send a datagram to a Unix socket.
    notifyServiceManager: (_socket, state) => void spawnSync("systemd-notify", [state], { stdio: "ignore" }),
    // Deno that sends itself a SIGINT exits with 1.
    endInterrupted: ({ signal }) => exitCodeOf(signal),
    tryLock: denoLocks(),
  };
}

function runChild(command: ExecCommand): Promise<number> {
  return new Promise((resolve, reject) => {
    let pid: number | undefined;
    // Before the child is there: a signal that comes as it starts must not be the end of rolecall alone.
    const stopForwarding = forwardSignals((signal) => pid !== undefined && sendSignal(pid, signal));
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

/** (Not by `child.kill`: Deno takes the signal for the end of the child, whatever the child makes of it.) */
function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

/** @returns a function that ends the forwarding. */
function forwardSignals(send: (signal: NodeJS.Signals) => unknown): () => void {
  const onTerminal = [0, 1, 2].some((fd) => isatty(fd));
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
