/** The one interface to what differs between Bun, Deno and Node. */
import type { TryToLock } from "./file_lock.ts";

export interface Runtime {
  /** For `--version`: `bun 1.4.5`. */
  readonly name: string;
  /**
   * Call it before anything else opens a file or a socket: remembers what must be handed on to a command.
   */
  prepareToBecome(): Inheritance;
  /**
   * Becomes the command where the runtime can: then it never returns. Elsewhere the command runs as a child.
   *
   * @param file the executable's path, as `findCommand` found it.
   * @returns the exit code of a child; 128+N when signal N killed it.
   * @throws BecomeFailure when the command could not be started.
   */
  become(command: CommandToBecome, inheritance: Inheritance): Promise<number>;
  /**
   * Ends the process as Ctrl-C would have: a shell then sees that it was interrupted.
   *
   * @returns the exit code to end with where the runtime cannot do that.
   */
  endInterrupted(): number;
  /** Locks a file without waiting. Undefined where the runtime has no locks. */
  readonly tryToLock: TryToLock | undefined;
}

export interface CommandToBecome {
  readonly file: string;
  /** All arguments, the command's own name first. */
  readonly argv: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
}

/** The file descriptors from 3 up that rolecall was started with. */
export interface Inheritance {
  readonly fileDescriptors: readonly number[];
}

/** The command could not be started; `code` is the system's error name, such as `EACCES`. */
export class BecomeFailure extends Error {
  override readonly name = "BecomeFailure";
  readonly code: string;

  constructor(code: string) {
    super(`the command could not be started: ${code}`);
    this.code = code;
  }
}

/** 128 + SIGINT: what a shell makes of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;
