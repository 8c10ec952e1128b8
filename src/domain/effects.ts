/** The few things rolecall does to the world, handed to whoever needs them; a test hands in others. */

import type { Environment } from "./environment.ts";
import type { Prompt } from "./prompt.ts";

export interface FinishedProgram {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  /** Whether it was ended because it printed more than a megabyte. */
  readonly outputTooLarge: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LockedFile {
  /** Tells this file from a later one of the same name; undefined where the system has no such number. */
  readonly inode: number | undefined;
  /** For a process that is to share the lock: it lasts until all have closed the file. Undefined under Deno. */
  readonly descriptor: number | undefined;
  /** Closes the file, which ends the lock. */
  close(): void;
}

export interface Effects {
  readonly environment: Environment;
  /** The user's home folder, as the AWS CLI finds it. */
  readonly home: string;
  /** The clock. */
  now(): Date;
  /** @param ms milliseconds. */
  sleep(ms: number): Promise<void>;
  /**
   * A file's bytes, or undefined when there is no such file.
   * @throws the runtime's own error, with a `code` such as `EACCES`, for every other failure.
   */
  readFile(path: string): Uint8Array | undefined;
  /**
   * Runs a program to its end, without a shell.
   *
   * @param words the program, searched in `PATH`, and its arguments.
   * @param extra variables on top of the environment.
   * @param stderr whether its standard error is kept, or is rolecall's own, where a person sees at once what it says.
   * @param until ends it, with all that it has started; without it, it may ask a person.
   * @throws the runtime's own error, with a `code` such as `ENOENT`, when it cannot be started.
   */
  run(
    words: readonly string[],
    extra: Environment,
    stderr: "kept" | "shown",
    until?: AbortSignal,
  ): Promise<FinishedProgram>;
  /**
   * Locks a file without waiting, and makes it where it is not there; undefined when another process has it locked.
   *
   * @throws the runtime's own error, with a `code`, where the file cannot be made or locked.
   */
  tryLock(path: string): Promise<LockedFile | undefined>;
  /** One line about something that a person should know although it went well; `--quiet` leaves it out. */
  warn(line: string): void;
  /** One line for `--verbose`: what was tried and what came of it. Never a secret. */
  trace(line: string): void;
  /**
   * Something that may take a while has begun: a person at a terminal is told, after half a second.
   *
   * @param what as in "waiting for …".
   * @returns a function to call when it is over, however it ended.
   */
  showProgress(what: string): () => void;
  /**
   * Asks the person at the terminal without showing what is typed.
   * @returns the line, or undefined when there is no terminal, or its input has ended.
   */
  readSecret(prompt: string): Promise<string | undefined>;
  /**
   * Shows a dialog at the terminal.
   *
   * @returns its result, or undefined when there is no terminal.
   */
  showPrompt<T>(dialog: Prompt<T>): Promise<T | undefined>;
}
