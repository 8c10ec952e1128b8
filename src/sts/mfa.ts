/** MFA codes: from the option, from `mfa_process`, or typed at the prompt. */
import type { FinishedProgram } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Origin, Sourced } from "../domain/origin.ts";
import { systemErrorMessage } from "../text/system_error.ts";

export interface MfaOptions {
  /** The code of `--mfa-code`. It is used for the first request only, because a code is valid once. */
  readonly given: Sourced<string> | undefined;
  /** False with `--no-input`. */
  readonly canPrompt: boolean;
}

export interface MfaSources extends MfaOptions {
  /** Runs a program and returns its output. */
  run(argv: readonly string[]): Promise<FinishedProgram>;
  /** Prompts at the terminal. @returns undefined without a terminal, or if its input has ended (Ctrl-D). */
  prompt(text: string): Promise<string | undefined>;
}

/**
 * STS accepts codes of exactly six digits. The AWS CLI rejects shorter ones before the request, as its service model
 * says.
 */
const MIN_CODE_LENGTH = 6;

/** Where a code comes from; `nobody` if a code is required but cannot be obtained. */
export type MfaCodeSource = "option" | "process" | "person" | "nobody";

/** @param process the `mfa_process` of the role, if it has one. */
export function mfaCodeSource({ given, canPrompt }: MfaOptions, process: Sourced<unknown> | undefined): MfaCodeSource {
  if (given !== undefined) return "option";
  if (process !== undefined) return "process";
  return canPrompt ? "person" : "nobody";
}

/**
 * @returns a function that gets a code for a device. Only its first call uses `given`.
 * It throws RolecallError `mfa-code-needed` or `mfa-code-invalid`.
 */
export function mfaCodes(
  sources: MfaSources,
): (serial: Sourced<string>, process: Sourced<readonly string[]> | undefined) => Promise<string> {
  let given = sources.given;
  return async (serial, process) => {
    if (given !== undefined) {
      const code = given;
      given = undefined;
      requireLength(code);
      return code.value;
    }
    if (process !== undefined) return await printedCode(process, sources);
    const used = sources.given?.from;
    if (!sources.canPrompt) throw codeNeeded(serial, "--no-input disables prompts", used);
    for (;;) {
      const code = (await sources.prompt(`Enter MFA code for ${serial.value}: `))?.trim();
      if (code === undefined) throw codeNeeded(serial, "there is no terminal, or its input has ended", used);
      if (code.length >= MIN_CODE_LENGTH) return code;
    }
  };
}

/** The output of the `mfa_process`, trimmed. Its standard error is shown to the user while it runs. */
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
  if (finished.exitCode === undefined) throw failed("was killed by a signal");
  if (finished.exitCode !== 0) throw failed(`exited with code ${finished.exitCode}`);
  const code = { value: finished.stdout.trim(), from: process.from };
  if (code.value === "") throw failed("printed nothing");
  requireLength(code);
  return code.value;
}

/** The message does not quote the code, which is a secret. */
function requireLength(code: Sourced<string>): void {
  if (code.value.length >= MIN_CODE_LENGTH) return;
  throw new RolecallError("mfa-code-invalid", `an MFA code has six digits, not ${code.value.length}`, {
    at: code.from,
  });
}

function codeNeeded(serial: Sourced<string>, why: string, used: Origin | undefined): RolecallError {
  return new RolecallError("mfa-code-needed", `an MFA code for ${serial.value} is required, but ${why}`, {
    at: serial.from,
    length: serial.value.length,
    help: [
      used === undefined
        ? "use --mfa-code, or set ROLECALL_MFA_CODE"
        : "use --mfa-session: the given code has been used for an earlier role, and a code is valid for one request only",
    ],
  });
}
