/** The MFA code for a role. */
import type { FinishedProgram } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Origin, Sourced } from "../domain/origin.ts";
import { systemErrorMessage } from "../text/system_error.ts";

export interface MfaOptions {
  /** `--mfa-code`: answers the first question. A code is good for one call only. */
  readonly given: Sourced<string> | undefined;
  /** False with `--no-input`. */
  readonly canPrompt: boolean;
}

export interface MfaSources extends MfaOptions {
  /** Runs a program and yields what it prints. */
  run(words: readonly string[]): Promise<FinishedProgram>;
  /** Asks at the terminal; undefined where there is none, or its input has ended (Ctrl-D). */
  prompt(text: string): Promise<string | undefined>;
}

/** STS takes codes of exactly six digits; the AWS CLI refuses shorter ones before the call, as its service model says. */
const SHORTEST_CODE = 6;

/** Who yields a code: the option, a program, the person at the terminal, or nobody. */
export type MfaCodeSource = "option" | "process" | "person" | "nobody";

/** @param process the program that the role names. */
export function mfaCodeSource({ given, canPrompt }: MfaOptions, process: Sourced<unknown> | undefined): MfaCodeSource {
  if (given !== undefined) return "option";
  if (process !== undefined) return "process";
  return canPrompt ? "person" : "nobody";
}

/**
 * @returns a function that yields the code for a device, one call after the other.
 */
export function mfaCodes(
  sources: MfaSources,
): (serial: Sourced<string>, process: Sourced<readonly string[]> | undefined) => Promise<string> {
  let given = sources.given;
  return async (serial, process) => {
    if (given !== undefined) {
      const code = given;
      given = undefined;
      refuseShort(code);
      return code.value;
    }
    if (process !== undefined) return await printedCode(process, sources);
    if (!sources.canPrompt) throw codeNeeded(serial, "--no-input forbids to ask for it", sources.given?.from);
    for (;;) {
      const code = (await sources.prompt(`Enter MFA code for ${serial.value}: `))?.trim();
      if (code === undefined)
        throw codeNeeded(serial, "there is no terminal to ask at, or its input has ended", sources.given?.from);
      if (code.length >= SHORTEST_CODE) return code;
    }
  };
}

/** What the program prints, without white space at its ends. What it says on its standard error is seen at once. */
async function printedCode(process: Sourced<readonly string[]>, sources: MfaSources): Promise<string> {
  const [program = ""] = process.value;
  const failed = (why: string, cause?: unknown) =>
    new RolecallError("mfa-code-needed", `the mfa_process ${program} ${why}`, { at: process.from, cause });
  let finished: FinishedProgram;
  try {
    finished = await sources.run(process.value);
  } catch (error) {
    throw failed(`cannot be run: ${systemErrorMessage(error)}`, error);
  }
  if (finished.exitCode !== 0) throw failed(`ended with ${finished.exitCode ?? "a signal"}`);
  const code = { value: finished.stdout.trim(), from: process.from };
  if (code.value === "") throw failed("printed nothing");
  refuseShort(code);
  return code.value;
}

function refuseShort(code: Sourced<string>): void {
  if (code.value.length >= SHORTEST_CODE) return;
  throw new RolecallError("mfa-code-invalid", `an MFA code has six digits, not ${code.value.length}`, {
    at: code.from,
  });
}

function codeNeeded(serial: Sourced<string>, why: string, used: Origin | undefined): RolecallError {
  return new RolecallError("mfa-code-needed", `an MFA code of ${serial.value} is needed, and ${why}`, {
    at: serial.from,
    length: serial.value.length,
    help: [
      used === undefined
        ? "give it with --mfa-code, or in ROLECALL_MFA_CODE"
        : "the code that was given has been used for an earlier role; a code is good for one call only",
    ],
  });
}
