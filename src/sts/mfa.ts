/** MFA codes: from the option, from `mfa_process`, or typed at the prompt. */
import type { FinishedProgram } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { needsShell, USE_MFA_APP } from "../domain/help_texts.ts";
import type { Origin, Sourced } from "../domain/origin.ts";
import { isSecurityKeyArn } from "../text/arn.ts";
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
 * The only form of a code that STS accepts. Any other text may be a password that was typed by mistake, so it is
 * neither sent (STS would quote it in its error) nor shown.
 */
const CODE = /^[0-9]{6}$/;

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
      const { value, from } = given;
      given = undefined;
      return requireCode(value, from);
    }
    if (process !== undefined) return await printedCode(process, sources);
    if (isSecurityKeyArn(serial.value)) throw securityKey(serial);
    const used = sources.given?.from;
    if (!sources.canPrompt) throw codeNeeded(serial, "--no-input disables prompts", used);
    const prompt = `Enter MFA code for ${serial.value}: `;
    for (let text = prompt; ; text = `An MFA code has six digits. ${prompt}`) {
      const typed = await sources.prompt(text);
      if (typed === undefined) throw codeNeeded(serial, "there is no terminal, or its input has ended", used);
      const code = withoutBlanks(typed);
      if (CODE.test(code)) return code;
    }
  };
}

/** The code that the `mfa_process` prints. Its standard error is shown to the user while it runs. */
async function printedCode(process: Sourced<readonly string[]>, sources: MfaSources): Promise<string> {
  const [program = ""] = process.value;
  const failed = (why: string, cause?: unknown) =>
    new RolecallError("mfa-code-needed", `the mfa_process ${program} ${why}`, {
      at: process.from,
      help: needsShell("mfa_process", process.value),
      cause,
    });
  let finished: FinishedProgram;
  try {
    finished = await sources.run(process.value);
  } catch (error) {
    throw failed(`cannot be run: ${systemErrorMessage(error)}`, error);
  }
  if (finished.exitCode === undefined) throw failed("was killed by a signal");
  if (finished.exitCode !== 0) throw failed(`failed with exit code ${finished.exitCode}`);
  if (finished.stdout.trim() === "") throw failed("printed nothing");
  return requireCode(finished.stdout, process.from);
}

/** The message does not quote the text, which may be a secret. */
function requireCode(text: string, from: Origin): string {
  const code = withoutBlanks(text);
  if (CODE.test(code)) return code;
  throw new RolecallError("mfa-code-invalid", "the MFA code is not six digits", {
    at: from,
    help: ["use the code that the MFA device shows: it is not a password"],
  });
}

/** Authenticator apps show a code in two groups: `123 456`. */
function withoutBlanks(text: string): string {
  return text.replace(/\s/g, "");
}

function securityKey(serial: Sourced<string>): RolecallError {
  return new RolecallError(
    "mfa-code-needed",
    `the MFA device ${serial.value} is a security key (U2F or FIDO), which cannot be used from a CLI`,
    { at: serial.from, length: serial.value.length, help: [USE_MFA_APP] },
  );
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
