/** The one interface to what differs between Bun, Deno and Node. */
import { constants } from "node:os";
import type { EnvironmentChange } from "../../domain/environment.ts";
import type { InterruptedError } from "../../domain/interrupted.ts";
import type { TryLock } from "../file_lock.ts";
import type { InheritedState } from "../inherited/inherited_state.ts";

export interface Runtime {
  /** For `--version`: `bun 1.4.5`. */
  readonly name: string;
  /** Whether `become` ends this program, so that nothing of it goes on beside the command. */
  readonly replacesProcess: boolean;
  /**
   * Call it before anything else opens a file or a socket: remembers what must be handed on to a command.
   */
  readInheritedState(): InheritedState;
  /**
   * Becomes the command where the runtime can: then it never returns. Elsewhere the command runs as a child.
   *
   * @param file the executable's path, as `findCommand` found it.
   * @returns the exit code of a child; 128+N when signal N killed it.
   * @throws ExecError when the command could not be started.
   */
  exec(command: ExecCommand, started: InheritedState): Promise<number>;
  /**
   * Tells the service manager that waits for it (`sd_notify`).
   *
   * @param socket the value of `NOTIFY_SOCKET`.
   */
  notifyServiceManager(socket: string, state: "READY=1" | "STOPPING=1"): void;
  /**
   * Ends the process by the signal, so that a shell sees why.
   *
   * @returns the exit code to end with where the runtime cannot do that: 128 and the signal's number.
   */
  endInterrupted(by: InterruptedError): number;
  /** Locks a file without waiting. Undefined where the runtime has no locks. */
  readonly tryLock: TryLock | undefined;
}

export interface ExecCommand {
  readonly file: string;
  /** The command's name and its arguments: the last of rolecall's own arguments. */
  readonly argv: readonly string[];
  readonly environment: EnvironmentChange;
}

/** The command could not be started; `code` is the system's error name, such as `EACCES`. */
export class ExecError extends Error {
  override readonly name = "ExecError";
  readonly code: string;

  constructor(code: string) {
    super(`the command could not be started: ${code}`);
    this.code = code;
  }
}

/** What a shell makes of a program that the signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
