/**
 * Deno, Node, and Bun if it can call neither the C library nor the kernel: the command runs as a child to which signals
 * are forwarded.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { withChange } from "../../domain/environment.ts";
import { systemErrorCode, systemErrorMessage } from "../../text/system_error.ts";
import { denoLocks, lockWith } from "../file_lock.ts";
import {
  descriptorsBeforeNode,
  type InheritedState,
  NO_INHERITED_STATE,
  readInheritedState,
} from "../inherited/inherited_state.ts";
import { inheritedEnvironment } from "../inherited/runtime_variables.ts";
import { descriptorCalls } from "../native/descriptor_calls.ts";
import { type NamedSystemCall, openAddon } from "../native/open_addon.ts";
import { isTerminal } from "../terminal/is_terminal.ts";
import { catchSigchld } from "./catch_sigchld.ts";
import { type ProgramStart, programStart } from "./program_start.ts";
import { type ExecCommand, ExecError, exitCodeOf, type Runtime } from "./runtime.ts";

export interface ChildSignals {
  readonly forwarded: readonly NodeJS.Signals[];
  /** Those that neither end rolecall nor are forwarded, because the child receives them anyway. */
  readonly ignored: readonly NodeJS.Signals[];
}

/**
 * What happens to the signals that rolecall receives while the child runs. A terminal sends SIGINT and SIGQUIT to the
 * whole foreground process group, and so to the child, too. Windows sends Ctrl-C, Ctrl-Break and the end of a console
 * (SIGHUP) to all of its processes, and has nothing else: there, to send a signal means to end the process.
 *
 * @param platform as `process.platform`.
 */
export function childSignals(platform: string, isAtTerminal: boolean): ChildSignals {
  if (platform === "win32") return { forwarded: [], ignored: ["SIGINT", "SIGBREAK", "SIGHUP"] };
  const always: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"];
  const ofTerminal: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];
  return isAtTerminal
    ? { forwarded: always, ignored: ofTerminal }
    : { forwarded: [...always, ...ofTerminal], ignored: [] };
}

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
    tryLock: denoLocks() ?? (process.platform === "win32" ? undefined : (fd) => lockWith(lockUnderNode, fd)),
  };
}

function inheritedState(): InheritedState {
  // Windows has no /proc.
  if (process.platform === "win32") return NO_INHERITED_STATE;
  const { bun, deno } = process.versions;
  if (bun !== undefined) return readInheritedState();
  // Deno does not report which file descriptors are its own.
  if (deno !== undefined) return NO_INHERITED_STATE;
  return { ...NO_INHERITED_STATE, fileDescriptors: descriptorsBeforeNode() };
}

/** Takes the lock with the program, or without it, as in an image that has nothing but Node, by a system call. */
function lockUnderNode(fd: number): boolean {
  try {
    return lockByProgram(fd);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    addon ??= { call: openAddon() };
    if (addon.call === undefined) throw error;
    return descriptorCalls(addon.call).lock(fd);
  }
}

/** Loaded once. Its `call` is undefined if that is not possible. */
let addon: { readonly call: NamedSystemCall | undefined } | undefined;

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

/**
 * Runs the command as a child.
 *
 * @param onStart receives the child's process id.
 * @returns as `Runtime.exec`.
 */
export function runChild(
  command: ExecCommand,
  { fileDescriptors }: Pick<InheritedState, "fileDescriptors">,
  onStart: (pid: number) => void = () => {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    let pid: number | undefined;
    const start = startOf(command);
    // Forwarding begins before the child starts: a signal in between must not end rolecall and leave the child running.
    const stopForwarding = forwardSignals((signal) => {
      if (pid !== undefined) sendSignal(pid, signal);
    });
    let child: ChildProcess;
    try {
      child = spawn(start.file, start.args, {
        argv0: start.argv0,
        windowsVerbatimArguments: start.windowsVerbatimArguments,
        env: Object.fromEntries(withChange(inheritedEnvironment(), command.environment, process.platform)),
        // By position: a file descriptor keeps its number.
        stdio: Array.from({ length: Math.max(2, ...fileDescriptors) + 1 }, (_, fd) =>
          fd <= 2 ? "inherit" : fileDescriptors.includes(fd) ? fd : "ignore",
        ),
      });
    } catch (error) {
      // Bun on Windows, for a file that is not a program.
      stopForwarding();
      throw new ExecError(systemErrorCode(error) ?? systemErrorMessage(error));
    }
    pid = child.pid;
    if (pid !== undefined) onStart(pid);
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

/** @throws ExecError */
function startOf({ file, argv }: ExecCommand): ProgramStart {
  try {
    return programStart(file, argv, inheritedEnvironment(), process.platform);
  } catch (error) {
    throw new ExecError(systemErrorMessage(error));
  }
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
  const { forwarded, ignored } = childSignals(
    process.platform,
    [0, 1, 2].some((fd) => isTerminal(fd)),
  );
  const handlers: [NodeJS.Signals, () => void][] = [
    ...forwarded.map((signal): [NodeJS.Signals, () => void] => [signal, () => send(signal)]),
    ...ignored.map((signal): [NodeJS.Signals, () => void] => [signal, () => {}]),
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
