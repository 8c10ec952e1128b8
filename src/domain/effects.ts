/** The effects that rolecall has on its surroundings. They are passed in, so that a test can pass in others. */

import type { Environment } from "./environment.ts";
import type { HttpClient } from "./http.ts";
import type { Prompt } from "./prompt.ts";

/**
 * What happens to the standard error of a program. `inherited`: it goes to rolecall's own, so that the user sees it
 * immediately. `inherited-at-terminal`: `inherited` if rolecall's own is a terminal, otherwise `captured`.
 */
export type ErrorOutput = "captured" | "inherited" | "inherited-at-terminal";

export interface FinishedProgram {
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  /** Whether it was killed because it printed more than 1 MiB. */
  readonly outputTooLarge: boolean;
  readonly stdout: string;
  /** Empty if it was inherited. */
  readonly stderr: string;
}

export interface LockedFile {
  /** Distinguishes this file from a later one of the same name; undefined if the system has no inode numbers. */
  readonly inode: number | undefined;
  /** For a process that shares the lock, which lasts until all have closed the file. Undefined under Deno. */
  readonly descriptor: number | undefined;
  /** Replaces the content of the file. */
  write(text: string): void;
  /** Closes the file, which releases the lock. */
  close(): void;
}

export interface SecretOptions {
  /** Ends the prompt. */
  readonly until?: AbortSignal | undefined;
  /** Why a line is not accepted; it is shown, and the prompt is repeated. Undefined if the line is accepted. */
  readonly check?: ((line: string) => string | undefined) | undefined;
}

/** A line for a person. `strong` is shown in bold, if the terminal can. */
export type TextLine = string | { readonly strong: string };

export interface Effects {
  readonly environment: Environment;
  /** The user's home folder, as the AWS CLI finds it. */
  readonly home: string;
  readonly http: HttpClient;
  /** The current time. */
  now(): Date;
  /** @param ms milliseconds. */
  sleep(ms: number): Promise<void>;
  /**
   * The bytes of a file, or undefined if there is no such file.
   *
   * @throws the runtime's own error, with a `code` such as `EACCES`, for every other problem.
   */
  readFile(path: string): Uint8Array | undefined;
  /**
   * Runs a program to its end, without a shell.
   *
   * @param argv the program, which is searched in `PATH`, and its arguments.
   * @param extra variables in addition to the environment.
   * @param stderr what happens to its standard error.
   * @param signal kills the program and all that it has started. Without it, the program may prompt the user.
   * @throws the runtime's own error, with a `code` such as `ENOENT`, if the program cannot start.
   */
  run(argv: readonly string[], extra: Environment, stderr: ErrorOutput, signal?: AbortSignal): Promise<FinishedProgram>;
  /**
   * Locks a file without waiting, and creates it if it does not exist.
   *
   * @returns undefined if another process has locked it.
   * @throws the runtime's own error, with a `code`, if the file cannot be created or locked.
   */
  tryLock(path: string): Promise<LockedFile | undefined>;
  /** Prints a line that the user should know about although the command succeeds. `--quiet` suppresses it. */
  warn(line: string): void;
  /** Prints a line for `--verbose`: what was tried, and the result. Never a secret. */
  trace(line: string): void;
  /**
   * Shows progress at a terminal, once the work takes longer than half a second.
   *
   * @param what completes the message "waiting for …".
   * @param detail what to add after some seconds, such as the number of the attempt.
   * @returns a function to call at the end of the work, even if it failed.
   */
  showProgress(what: string, detail?: () => string): () => void;
  /** Whether there is a terminal that can show prompts. */
  hasTerminal(): Promise<boolean>;
  /**
   * Shows lines that a person needs in order to continue: at the terminal or, without one, on standard error. `--quiet`
   * does not suppress them.
   */
  showLines(lines: readonly TextLine[]): Promise<void>;
  /**
   * Prompts for a line at the terminal, without echo.
   *
   * @returns the line; undefined if there is no terminal, its input has ended, or `until` has ended the prompt.
   */
  readSecret(prompt: string, options?: SecretOptions): Promise<string | undefined>;
  /** As `readSecret`, with echo. */
  readLine(prompt: string): Promise<string | undefined>;
  /**
   * Shows a prompt at the terminal.
   *
   * @returns its result; undefined if there is no terminal.
   */
  showPrompt<T>(prompt: Prompt<T>): Promise<T | undefined>;
}
