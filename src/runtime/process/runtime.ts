/** The interface to everything that differs between Bun, Deno and Node. */
import { constants } from "node:os";
import type { EnvironmentChange } from "../../domain/environment.ts";
import type { InterruptedError } from "../../domain/interrupted.ts";
import type { TryLock } from "../file_lock.ts";
import type { InheritedState } from "../inherited/inherited_state.ts";

export interface Runtime {
  /** Whether `exec` replaces this process, so that no part of rolecall keeps running. */
  readonly replacesProcess: boolean;
  /** Reads the state to restore for the command. Call it before anything else opens a file or a socket. */
  readInheritedState(): InheritedState;
  /**
   * Replaces the process with the command, and then never returns. If the runtime cannot do that, the command runs as a
   * child.
   *
   * @returns the exit code of a child; 128+N if signal N killed it.
   * @throws ExecError if the command cannot be started.
   */
  exec(command: ExecCommand, inherited: InheritedState): Promise<number>;
  /**
   * Notifies the service manager that the service is ready or stopping: sd_notify(3).
   *
   * @param socket the value of `NOTIFY_SOCKET`.
   */
  notifyServiceManager(socket: string, state: "READY=1" | "STOPPING=1"): void;
  /**
   * Ends the process by the signal, so that a shell sees that it was interrupted.
   *
   * @returns the exit code to use if the runtime cannot do that: 128 plus the signal's number.
   */
  endInterrupted(error: InterruptedError): number;
  /** Locks a file without waiting. Undefined if the runtime has no locks. */
  readonly tryLock: TryLock | undefined;
}

export interface ExecCommand {
  /** The executable's path, as `findCommand` returns it. */
  readonly file: string;
  /** The command's name and arguments: the last of rolecall's own arguments. */
  readonly argv: readonly string[];
  readonly environment: EnvironmentChange;
}

/** The command cannot be started. `code` is the name of the system's error, such as `EACCES`. */
export class ExecError extends Error {
  override readonly name = "ExecError";
  readonly code: string;

  constructor(code: string) {
    super(`cannot start the command: ${code}`);
    this.code = code;
  }
}

/** The exit code that a shell reports for a program that the signal killed. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** The name of a system error, such as `EACCES`. */
export function errorName(number: number): string {
  const found = Object.entries(constants.errno).find(([, value]) => value === number);
  return found?.[0] ?? `errno ${number}`;
}
