/**
 * The error catalogue. Everything that can go wrong for a user has a stable code here; the README lists the same
 * codes, and a test holds the two together.
 */
import type { Origin, Sourced } from "./origin.ts";

/** 1: no credentials, or a service said no. 2: the command line or a file is wrong. (`exec` maps both to 125.) */
type ExitCode = 1 | 2 | 126 | 127;

/** The code for a value that cannot be used: by whether an option (or its variable) or another setting has it. */
export function invalidValueCode(from: Origin): "invalid-option" | "invalid-setting" {
  const byOption = "option" in from || ("variable" in from && from.variable.startsWith("ROLECALL_"));
  return byOption ? "invalid-option" : "invalid-setting";
}

interface CatalogueEntry {
  readonly exit: ExitCode;
  /** One line for the README's list. */
  readonly summary: string;
}

export const ERROR_CATALOGUE = {
  // The command line
  "unknown-command": { exit: 2, summary: "the first word is no command of rolecall" },
  "unknown-option": { exit: 2, summary: "the command has no such option" },
  "missing-argument": { exit: 2, summary: "an option without its value, or `exec` without a COMMAND" },
  "unexpected-argument": { exit: 2, summary: "the command takes no such argument" },
  "invalid-option": { exit: 2, summary: "an option's (or its variable's) value cannot be used" },
  "option-conflict": { exit: 2, summary: "two options that exclude each other, or one that lacks its partner" },
  "pick-impossible": { exit: 2, summary: "`--pick` without a terminal to choose at, or a profile to choose" },

  // The files
  "file-unreadable": { exit: 2, summary: "a file exists but cannot be read" },
  "file-not-utf8": { exit: 2, summary: "a config or credentials file is not UTF-8" },
  "file-syntax": { exit: 2, summary: "a line of a config or credentials file cannot be parsed" },
  "duplicate-section": { exit: 2, summary: "the same section twice in one file" },
  "duplicate-key": { exit: 2, summary: "the same key twice in one section" },

  "settings-invalid": { exit: 2, summary: "rolecall's own settings file is not there, or something in it is wrong" },
  "role-not-found": { exit: 2, summary: "`--role` names a role that is not in the settings file" },

  // The profile
  "profile-not-found": { exit: 2, summary: "the chosen profile is in neither file" },
  "source-profile-not-found": { exit: 2, summary: "`source_profile` names a profile that is in neither file" },
  "source-profile-loop": { exit: 2, summary: "`source_profile` leads back to a profile already visited" },
  "source-profile-empty": { exit: 2, summary: "the profile that `source_profile` names has no credentials" },
  "role-without-source": { exit: 2, summary: "`role_arn` with neither `source_profile` nor `credential_source`" },
  "role-with-two-sources": { exit: 2, summary: "`role_arn` with both `source_profile` and `credential_source`" },
  "unknown-credential-source": { exit: 2, summary: "`credential_source` is none of the three that exist" },
  "partial-credentials": { exit: 2, summary: "an access key id without its secret access key" },
  "web-identity-without-role": { exit: 2, summary: "a web identity token file without a role" },
  "sso-incomplete": { exit: 2, summary: "an SSO profile lacks a setting, or differs from its sso-session" },
  "invalid-setting": { exit: 2, summary: "a setting of a file or a variable has a value that cannot be used" },

  // Finding credentials
  "no-credentials": { exit: 1, summary: "no source holds credentials" },
  "credential-source-empty": { exit: 1, summary: "the source that `credential_source` names holds no credentials" },
  "credentials-expired": { exit: 1, summary: "the credentials had already expired when they were found" },
  "ec2-metadata-failed": { exit: 1, summary: "the EC2 instance metadata answered, but not with credentials" },
  "ec2-metadata-v1-disabled": { exit: 1, summary: "no IMDSv2 token was to be had, and IMDSv1 is forbidden" },
  "container-endpoint-refused": { exit: 2, summary: "the container credentials URI is not one that may be asked" },
  "container-token-invalid": { exit: 2, summary: "the container authorization token cannot be read or sent" },
  "container-credentials-failed": { exit: 1, summary: "the container credentials endpoint gave no credentials" },

  "web-identity-token-unreadable": { exit: 1, summary: "the web identity token file cannot be read, or is empty" },
  "process-failed": { exit: 1, summary: "the credential_process failed, or printed no credentials" },
  "process-loop": { exit: 2, summary: "a credential_process leads back to a profile already on its way" },
  "sso-login-needed": { exit: 1, summary: "there is no valid SSO token: `aws sso login` gets one" },
  "sso-failed": { exit: 1, summary: "IAM Identity Center gave no role credentials" },
  "login-needed": { exit: 1, summary: "the `aws login` session is missing or has ended" },
  "login-failed": { exit: 1, summary: "the `aws login` session could not be refreshed" },

  // STS
  "mfa-code-needed": { exit: 1, summary: "a role needs an MFA code and nobody can be asked for it" },
  "mfa-code-invalid": { exit: 2, summary: "an MFA code has fewer than six characters" },
  "mfa-session-impossible": {
    exit: 2,
    summary: "`--mfa-session` with a source whose credentials are temporary already",
  },
  "sts-denied": { exit: 1, summary: "STS refused: the caller may not do this, or its credentials are not valid" },
  "sts-rejected": { exit: 1, summary: "STS found the request itself wrong" },
  "sts-unreachable": {
    exit: 1,
    summary: "STS could not be reached, or answered too slowly or with an error of its own",
  },

  // Handing over
  "server-failed": { exit: 1, summary: "the server could not listen, or its helper process could not be started" },
  "console-impossible": { exit: 1, summary: "the AWS console takes no sign-in with these credentials" },
  "console-failed": { exit: 1, summary: "the sign-in service gave no token for the AWS console" },
  "browser-failed": { exit: 1, summary: "`--open` found no browser, or could not start it" },
  "unsafe-value": {
    exit: 1,
    summary: "a credential has a character that the output format, or a request, cannot carry",
  },
  "write-failed": { exit: 1, summary: "the answer could not be written" },
  "command-not-executable": { exit: 126, summary: "COMMAND was found and cannot be executed" },
  "command-not-found": { exit: 127, summary: "COMMAND was not found" },
  "internal-error": { exit: 1, summary: "a defect in rolecall; please report it" },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface ErrorDetails {
  /** The place a person has to look at. */
  readonly at?: Origin | undefined;
  /** How many characters the caret underlines, counted from the place's column. */
  readonly length?: number | undefined;
  /** The sources that were asked before, in order, and why each held nothing: a line each. */
  readonly tried?: readonly string[] | undefined;
  /** What else is known, a sentence each. */
  readonly notes?: readonly string[] | undefined;
  /** What to do about it, a sentence each. */
  readonly help?: readonly string[] | undefined;
  readonly cause?: unknown;
}

/** Every error that a user is meant to see. Its message never holds a secret. */
export class RolecallError extends Error {
  override readonly name = "RolecallError";
  readonly code: ErrorCode;
  readonly at: Origin | undefined;
  readonly length: number | undefined;
  readonly tried: readonly string[];
  readonly notes: readonly string[];
  readonly help: readonly string[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.at = details.at;
    this.length = details.length;
    this.tried = details.tried ?? [];
    this.notes = details.notes ?? [];
    this.help = details.help ?? [];
  }

  /** The same error, with what was tried before what it is about. */
  after(tried: readonly string[]): RolecallError {
    const { at, length, notes, help, cause } = this;
    return new RolecallError(this.code, this.message, {
      at,
      length,
      tried: [...tried, ...this.tried],
      notes,
      help,
      cause,
    });
  }

  get exitCode(): ExitCode {
    return ERROR_CATALOGUE[this.code].exit;
  }
}

/**
 * The error for a value that cannot be used: `invalid duration "soon"`, at the place where the value was set.
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
 * Takes what a reader of a file finds wrong. One that throws ends the reading; one that returns lets it go on, past what
 * is wrong, so that `check` can tell everything at once.
 */
export type Report = (problem: RolecallError) => void;

/** The report of everybody but `check`: the first problem is the error. */
export function throwProblem(problem: RolecallError): never {
  throw problem;
}
