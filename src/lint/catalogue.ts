/**
 * The catalogue of findings. Each has a stable code and one severity. docs/check.md has a section for each, and a test
 * compares the two.
 *
 * An error makes rolecall or the AWS CLI fail. A warning works, but probably not as intended. A note is information.
 */
import { ERROR_CATALOGUE, type ErrorCode } from "../domain/errors.ts";

export type Severity = "error" | "warning" | "note";

interface CatalogueEntry {
  readonly severity: Severity;
  /** One line for the index of docs/check.md. */
  readonly summary: string;
}

/** Errors of reading and planning that files can cause. `check` reports them under the same codes. */
const ERROR_CODES = [
  "file-unreadable",
  "file-not-utf8",
  "file-syntax",
  "duplicate-section",
  "duplicate-key",
  "settings-invalid",
  "source-profile-not-found",
  "source-profile-loop",
  "source-profile-empty",
  "role-without-source",
  "role-with-two-sources",
  "unknown-credential-source",
  "partial-credentials",
  "web-identity-without-role",
  "sso-incomplete",
  "invalid-setting",
] as const satisfies readonly ErrorCode[];

/** Findings that only `check` has. */
const LINT_CATALOGUE = {
  // Files
  "byte-order-mark": {
    severity: "error",
    summary: "the file begins with a byte order mark, which the AWS CLI rejects",
  },
  "file-mode": {
    severity: "warning",
    summary: "other users can read a file that contains secrets, or can write a file or its folder",
  },
  "folder-mode": { severity: "note", summary: "other users can access the folder of the files" },

  // Sections
  "profile-without-prefix": {
    severity: "warning",
    summary: "`[foo]` in the config file, which should be `[profile foo]`",
  },
  "profile-with-prefix": {
    severity: "warning",
    summary: "`[profile foo]` in the credentials file, which should be `[foo]`",
  },
  "section-name": { severity: "warning", summary: "a section name that resembles a valid one but is not" },
  "section-replaced": { severity: "warning", summary: "a later section of the same profile replaces this one" },
  "section-lends": { severity: "warning", summary: "`[DEFAULT]`, whose keys every section inherits" },
  "unknown-section": {
    severity: "note",
    summary: "a section of the config file that neither rolecall nor the AWS CLI reads",
  },

  // Keys
  "unknown-key": { severity: "warning", summary: "an unknown key that resembles a known one" },
  "unfamiliar-key": { severity: "note", summary: "a key that neither rolecall nor the AWS CLI knows" },
  "key-without-effect": { severity: "warning", summary: "a key that has no effect in its section or profile" },
  "source-shadowed": {
    severity: "warning",
    summary: "a credential source that another one overrides",
  },
  "role-and-keys": {
    severity: "warning",
    summary: "a profile with both a role and access keys that do not assume it",
  },

  // Values
  "malformed-arn": { severity: "error", summary: "an invalid ARN of a role or of an MFA device" },
  "malformed-value": { severity: "error", summary: "a value that AWS always rejects" },
  "unlikely-value": { severity: "warning", summary: "a value that is read as another one, or ignored" },
  "unlikely-region": { severity: "warning", summary: "a value that does not look like a region" },
  "quoted-value": { severity: "warning", summary: "quotes around a value, which are part of the value" },
  "inline-comment": { severity: "warning", summary: "a comment after a value, which is part of the value" },
  "continued-value": { severity: "warning", summary: "an indented line, which continues the value above it" },
  "file-not-found": { severity: "warning", summary: "a setting names a file that does not exist" },
  "program-not-found": {
    severity: "warning",
    summary: "a program that `credential_process` or `mfa_process` names cannot be executed",
  },

  // Secrets
  "secret-in-config": { severity: "warning", summary: "a secret in the config file, which people often share or copy" },
  "secret-characters": { severity: "warning", summary: "an access key with a character that AWS keys never contain" },
  "space-after-secret": { severity: "note", summary: "white space at the end of the line of an access key" },
  "half-key-pair": {
    severity: "warning",
    summary: "a secret key or a token that is ignored, because the access key id is missing",
  },
  "temporary-key": { severity: "warning", summary: "temporary keys without a token, or long-term keys with one" },

  // Chains
  "chain-too-long": { severity: "warning", summary: "a chain of more than 100 roles" },
  "shared-cache-entry": {
    severity: "warning",
    summary: "profiles that assume a role with different credentials share one cached session",
  },

  // Sign-ins
  "sign-in-expired": {
    severity: "note",
    summary: "a sign-in has expired, or its client registration has, so that it cannot be refreshed",
  },
} as const satisfies Record<string, CatalogueEntry>;

export type LintCode = keyof typeof LINT_CATALOGUE;
export type FindingCode = LintCode | (typeof ERROR_CODES)[number];

export const FINDING_CATALOGUE: Readonly<Record<FindingCode, CatalogueEntry>> = {
  ...LINT_CATALOGUE,
  ...errorEntries(),
};

function errorEntries(): Record<(typeof ERROR_CODES)[number], CatalogueEntry> {
  const entry = (code: (typeof ERROR_CODES)[number]) => ({
    severity: "error" as const,
    summary: ERROR_CATALOGUE[code].summary,
  });
  return Object.fromEntries(ERROR_CODES.map((code) => [code, entry(code)])) as ReturnType<typeof errorEntries>;
}

/** Whether the content of files can cause this error. */
export function isFindingCode(code: ErrorCode): code is (typeof ERROR_CODES)[number] {
  return Object.hasOwn(FINDING_CATALOGUE, code);
}
