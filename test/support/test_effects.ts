/** Effects for tests of the credential providers: a fixed time, no real waiting, files in memory. */

import type { Effects, ErrorOutput, FinishedProgram } from "../../src/domain/effects.ts";
import { currentHttpClient } from "../../src/runtime/http/current_client.ts";

/** The time of all tests that do not say otherwise. */
export const NOW = new Date("2026-01-02T03:04:05Z");

export interface StartedProgram {
  readonly argv: readonly string[];
  readonly extra: Effects["environment"];
  readonly stderr: ErrorOutput;
}

export interface TestEffects extends Effects {
  readonly warnings: readonly string[];
  readonly traces: readonly string[];
  /** The lines for a person. */
  readonly shown: readonly string[];
  /** The delays between attempts, in milliseconds. */
  readonly sleeps: readonly number[];
  /** The programs that were run. */
  readonly programs: readonly StartedProgram[];
}

export interface TestEffectsOptions extends Partial<Effects> {
  /** File contents by path. An Error is thrown in place of the content. */
  readonly files?: Readonly<Record<string, string | Error>>;
  /** The result of every program, or the error that prevents its start. */
  readonly program?: Partial<FinishedProgram> | Error;
}

export function testEffects({ files = {}, program = {}, ...given }: TestEffectsOptions = {}): TestEffects {
  const warnings: string[] = [];
  const traces: string[] = [];
  const shown: string[] = [];
  const sleeps: number[] = [];
  const programs: StartedProgram[] = [];
  return {
    environment: {},
    home: "/home/me",
    http: currentHttpClient(),
    now: () => NOW,
    sleep: async (ms) => {
      sleeps.push(ms);
    },
    readFile: (path) => {
      const content = files[path];
      if (content instanceof Error) throw content;
      return content === undefined ? undefined : new TextEncoder().encode(content);
    },
    run: async (argv, extra, stderr) => {
      programs.push({ argv, extra, stderr });
      if (program instanceof Error) throw program;
      return { exitCode: 0, outputTooLarge: false, stdout: "", stderr: "", ...program };
    },
    tryLock: async () => ({ inode: undefined, descriptor: undefined, write: () => {}, close: () => {} }),
    warn: (line) => warnings.push(line),
    trace: (line) => traces.push(line),
    showProgress: () => () => {},
    hasTerminal: async () => false,
    showLines: async (lines) =>
      void shown.push(...lines.map((line) => (typeof line === "string" ? line : line.strong))),
    readSecret: async () => undefined,
    readLine: async () => undefined,
    showPrompt: async () => undefined,
    warnings,
    traces,
    shown,
    sleeps,
    programs,
    ...given,
  };
}

/** An error as the runtime throws it: `EACCES`, for example. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    (value) => {
      throw new Error(`no error, but ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
