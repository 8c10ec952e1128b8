/**
 * The error catalogue: each error that a user can see has a stable code. The README lists the same codes; a test
 * compares the two.
 */
import type { Origin, Sourced } from "./origin.ts";

/**
 * 1: no credentials, or a service rejected the request. 2: the command line or a file is wrong. `exec` exits with 125
 * for both; 126 and 127 only occur there.
 */
type ExitCode = 1 | 2 | 126 | 127;

/** The code for a value that is not valid: `invalid-option` if an option or its variable `ROLECALL_…` set it. */
export function invalidValueCode(from: Origin): "invalid-option" | "invalid-setting" {
  const byOption = "option" in from || ("variable" in from && from.variable.startsWith("ROLECALL_"));
  return byOption ? "invalid-option" : "invalid-setting";
}

interface CatalogueEntry {
  readonly exit: ExitCode;
  /** The line in the README's table. */
  readonly summary: string;
}

export const ERROR_CATALOGUE = {
  // The command line
  "unknown-command": { exit: 2, summary: "the first argument is not a command of rolecall" },
  "unknown-option": { exit: 2, summary: "the command does not have this option" },
  "missing-argument": { exit: 2, summary: "an option without its value, or `exec` without a COMMAND" },
  "unexpected-argument": { exit: 2, summary: "the command does not take this argument" },
  "invalid-option": { exit: 2, summary: "the value of an option, or of its variable, is not valid" },
  "unknown-variable": { exit: 2, summary: "a variable that begins with `ROLECALL_` names no option" },
  "option-conflict": { exit: 2, summary: "two options exclude each other, or an option requires another one" },
  "pick-impossible": {
    exit: 2,
    summary: "a list to choose from needs a terminal (`--pick`, `profiles add`), or the list is empty",
  },

  // The files
  "file-unreadable": { exit: 2, summary: "a file exists but cannot be read" },
  "file-not-utf8": { exit: 2, summary: "a config or credentials file is not UTF-8" },
  "file-syntax": { exit: 2, summary: "a line of a config or credentials file cannot be parsed" },
  "duplicate-section": { exit: 2, summary: "a file has two sections of the same name" },
  "duplicate-key": { exit: 2, summary: "a section has a duplicate key" },

  "settings-invalid": {
    exit: 2,
    summary: "rolecall's own settings file does not exist, or something in it is not valid",
  },
  "role-not-found": { exit: 2, summary: "`--role` names a role that is not in the settings file" },

  // The profile
  "profile-not-found": { exit: 2, summary: "the chosen profile is in neither file" },
  "source-profile-not-found": { exit: 2, summary: "`source_profile` names a profile that is in neither file" },
  "source-profile-loop": { exit: 2, summary: "`source_profile` forms a cycle of profiles" },
  "source-profile-empty": { exit: 2, summary: "the profile that `source_profile` names has no credentials" },
  "role-without-source": { exit: 2, summary: "`role_arn` with neither `source_profile` nor `credential_source`" },
  "role-with-two-sources": { exit: 2, summary: "`role_arn` with both `source_profile` and `credential_source`" },
  "unknown-credential-source": { exit: 2, summary: "`credential_source` is not one of its three possible values" },
  "partial-credentials": { exit: 2, summary: "an access key id without its secret access key" },
  "web-identity-without-role": { exit: 2, summary: "a web identity token file without a role" },
  "sso-incomplete": { exit: 2, summary: "an SSO profile lacks a setting, or contradicts its sso-session" },
  "invalid-setting": { exit: 2, summary: "the value of a setting in a file or of a variable is not valid" },

  // Finding credentials
  "no-credentials": { exit: 1, summary: "no source has credentials" },
  "credential-source-empty": { exit: 1, summary: "the source that `credential_source` names has no credentials" },
  "credentials-expired": { exit: 1, summary: "the credentials that were found have already expired" },
  "ec2-metadata-failed": { exit: 1, summary: "the EC2 instance metadata responded, but not with credentials" },
  "ec2-metadata-v1-disabled": { exit: 1, summary: "could not get an IMDSv2 token, and IMDSv1 is disabled" },
  "container-endpoint-refused": { exit: 2, summary: "the container credentials URI is not one that rolecall may call" },
  "container-token-invalid": { exit: 2, summary: "the container authorization token cannot be read or sent" },
  "container-credentials-failed": { exit: 1, summary: "the container credentials endpoint returned no credentials" },

  "web-identity-token-unreadable": { exit: 1, summary: "the web identity token file cannot be read, or is empty" },
  "process-failed": { exit: 1, summary: "the credential_process failed, or printed no credentials" },
  "process-loop": {
    exit: 2,
    summary: "a credential_process calls rolecall for a profile that is already being resolved",
  },
  "sso-login-needed": { exit: 1, summary: "there is no valid SSO token: `rolecall login` gets one" },
  "sso-failed": { exit: 1, summary: "IAM Identity Center returned no role credentials" },
  "login-needed": {
    exit: 1,
    summary: "the session of console credentials is missing or has expired: `rolecall login` starts one",
  },
  "login-failed": { exit: 1, summary: "the session of console credentials could not be refreshed" },

  "sign-in-impossible": { exit: 2, summary: "the profile has nothing to sign in to, or an option does not fit it" },
  "sign-in-failed": { exit: 1, summary: "the sign-in was denied, took too long or was rejected" },

  // STS
  "mfa-code-needed": { exit: 1, summary: "an MFA code is required but cannot be obtained" },
  "mfa-code-invalid": { exit: 2, summary: "an MFA code is not six digits" },
  "mfa-session-impossible": {
    exit: 2,
    summary: "`--mfa-session` with a source whose credentials are already temporary",
  },
  "sts-denied": {
    exit: 1,
    summary: "STS denied the call: the caller is not allowed to make it, or its credentials are not valid",
  },
  "sts-rejected": { exit: 1, summary: "STS rejected the request as invalid" },
  "sts-unreachable": { exit: 1, summary: "STS could not be reached, responded too slowly or had an internal error" },

  // Delivery
  "server-failed": { exit: 1, summary: "the server could not listen, or its helper process could not start" },
  "console-impossible": { exit: 1, summary: "these credentials cannot sign in to the AWS console" },
  "console-failed": { exit: 1, summary: "the sign-in service returned no token for the AWS console" },
  "browser-failed": { exit: 1, summary: "`--open` found no browser, or could not start it" },
  "unsafe-value": {
    exit: 1,
    summary: "a credential contains a character that the output format, or a request, cannot carry",
  },
  "write-failed": { exit: 1, summary: "the output could not be written" },
  "command-not-executable": { exit: 126, summary: "COMMAND was found but cannot be executed" },
  "command-not-found": { exit: 127, summary: "COMMAND was not found" },
  "internal-error": { exit: 1, summary: "a bug in rolecall; please report it" },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Errors that a sign-in of a person solves. Their help names the command. */
export const SIGN_IN_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  "sso-login-needed",
  "login-needed",
  "login-failed",
]);

export interface ErrorDetails {
  /** The value that caused the error. */
  readonly at?: Origin | undefined;
  /** The number of characters to underline, from the column of `at`. */
  readonly length?: number | undefined;
  /** The sources that were tried before, in order, each with the reason why it has no credentials. */
  readonly tried?: readonly string[] | undefined;
  /** Further facts, one statement each. */
  readonly notes?: readonly string[] | undefined;
  /** What to do about it: imperatives, one each. */
  readonly help?: readonly string[] | undefined;
  /** Whether another attempt can succeed without a change: a service is down or cannot be reached. */
  readonly isTemporary?: boolean | undefined;
  readonly cause?: unknown;
}

/** An error for the user. Its message never contains a secret. */
export class RolecallError extends Error {
  override readonly name = "RolecallError";
  readonly code: ErrorCode;
  readonly at: Origin | undefined;
  readonly length: number | undefined;
  readonly tried: readonly string[];
  readonly notes: readonly string[];
  readonly help: readonly string[];
  readonly isTemporary: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.at = details.at;
    this.length = details.length;
    this.tried = details.tried ?? [];
    this.notes = details.notes ?? [];
    this.help = details.help ?? [];
    this.isTemporary = details.isTemporary ?? false;
  }

  /** A copy of the error that lists other sources as tried before its own. */
  after(tried: readonly string[]): RolecallError {
    return this.with({ tried: [...tried, ...this.tried] });
  }

  /** A copy of the error with another note. */
  noting(note: string): RolecallError {
    return this.with({ notes: [...this.notes, note] });
  }

  private with(details: ErrorDetails): RolecallError {
    const { at, length, tried, notes, help, isTemporary, cause } = this;
    const own = { at, length, tried, notes, help, isTemporary, cause };
    return new RolecallError(this.code, this.message, { ...own, ...details });
  }

  get exitCode(): ExitCode {
    return ERROR_CATALOGUE[this.code].exit;
  }
}

/**
 * The error for a value that is not valid, such as `invalid duration "soon"`, with the position of the value.
 *
 * @param what the kind of value, as in the message.
 * @param help how to write a valid one, as imperatives.
 */
export function invalidValue(what: string, given: Sourced<string>, help: readonly string[] = []): RolecallError {
  return new RolecallError(invalidValueCode(given.from), `invalid ${what} "${given.value}"`, {
    at: given.from,
    length: given.value.length,
    help,
  });
}

/**
 * Receives the problems that the reader of a file finds. If it throws, reading ends. If it returns, the reader skips
 * the problem and continues, so that `check` can report all problems at once.
 */
export type Report = (problem: RolecallError) => void;

/** The report of all commands except `check`: the first problem is the error. */
export function throwProblem(problem: RolecallError): never {
  throw problem;
}
