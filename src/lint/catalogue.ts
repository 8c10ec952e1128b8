/**
 * The catalogue of findings. Each has a stable code and one severity; docs/check.md lists the same codes, and a test
 * holds the two together.
 *
 * An error is what fails, with rolecall or with the AWS CLI. A warning is what works, but most likely not as it was
 * meant. A note is what a person may want to know.
 */
import { ERROR_CATALOGUE, type ErrorCode } from "../domain/errors.ts";

export type Severity = "error" | "warning" | "note";

interface CatalogueEntry {
  readonly severity: Severity;
  /** One line for the list. */
  readonly summary: string;
}

/** What the readers of the files and the plan refuse: found with the same code, before it fails. */
const REFUSED = [
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

const OWN = {
  // Files
  "byte-order-mark": {
    severity: "error",
    summary: "the file begins with a byte order mark, which the AWS CLI refuses",
  },
  "file-mode": { severity: "warning", summary: "others can read a file with secrets, or write a file or its folder" },
  "folder-mode": { severity: "note", summary: "others can list the folder of the files" },

  // Sections
  "profile-without-prefix": {
    severity: "warning",
    summary: "`[foo]` in the config file, where a profile's section is `[profile foo]`",
  },
  "profile-with-prefix": {
    severity: "warning",
    summary: "`[profile foo]` in the credentials file, where a profile's section is `[foo]`",
  },
  "section-name": { severity: "warning", summary: "a section whose name looks like something that it does not mean" },
  "section-replaced": { severity: "warning", summary: "a later section of the same profile replaces this one whole" },
  "section-lends": { severity: "warning", summary: "`[DEFAULT]`, which lends its keys to all sections" },
  "unknown-section": { severity: "note", summary: "a section of the config file that nothing reads" },

  // Keys
  "unknown-key": { severity: "warning", summary: "a key that does not exist, but much like one that does" },
  "unfamiliar-key": { severity: "note", summary: "a key that neither rolecall nor the AWS CLI knows" },
  "key-without-effect": { severity: "warning", summary: "a key that means nothing where it stands" },
  "source-shadowed": {
    severity: "warning",
    summary: "a source of credentials that is never asked: another comes first",
  },
  "role-and-keys": {
    severity: "warning",
    summary: "a role and keys in one profile: the role wins, but as a source profile the keys do",
  },

  // Values
  "malformed-arn": { severity: "error", summary: "what should be the ARN of a role or of an MFA device is none" },
  "malformed-value": { severity: "error", summary: "a value that AWS refuses in any case" },
  "unlikely-value": { severity: "warning", summary: "a value that counts as another, or as none" },
  "unlikely-region": { severity: "warning", summary: "what should be a region does not look like one" },
  "quoted-value": { severity: "warning", summary: "quotes around a value: they are part of it" },
  "inline-comment": { severity: "warning", summary: "what looks like a comment is part of the value" },
  "continued-value": { severity: "warning", summary: "a line that is indented deeper continues the value above it" },
  "file-not-found": { severity: "warning", summary: "a setting names a file that is not there" },
  "program-not-found": { severity: "warning", summary: "a setting names a program that is not there" },

  // Secrets
  "secret-in-config": { severity: "warning", summary: "a secret in the config file, which is often shared or copied" },
  "secret-characters": { severity: "warning", summary: "a key with a character that keys of AWS do not have" },
  "space-after-secret": { severity: "note", summary: "white space at the end of a key's line" },
  "half-key-pair": { severity: "warning", summary: "a secret or a token that is passed over: its key id is not there" },
  "temporary-key": { severity: "warning", summary: "temporary keys without their token, or a token with other keys" },

  // Chains
  "chain-too-long": { severity: "warning", summary: "more roles in a row than are planned here" },
  "shared-cache-entry": {
    severity: "warning",
    summary: "one role from two sources: their sessions share an entry of the AWS CLI's cache",
  },
} as const satisfies Record<string, CatalogueEntry>;

export type LintCode = keyof typeof OWN;
export type FindingCode = LintCode | (typeof REFUSED)[number];

export const FINDING_CATALOGUE: Readonly<Record<FindingCode, CatalogueEntry>> = {
  ...OWN,
  ...refusedEntries(),
};

function refusedEntries(): Record<(typeof REFUSED)[number], CatalogueEntry> {
  const entry = (code: (typeof REFUSED)[number]) => ({
    severity: "error" as const,
    summary: ERROR_CATALOGUE[code].summary,
  });
  return Object.fromEntries(REFUSED.map((code) => [code, entry(code)])) as ReturnType<typeof refusedEntries>;
}

/** Whether files can be the cause of such an error. */
export function isFindingCode(code: ErrorCode): code is (typeof REFUSED)[number] {
  return Object.hasOwn(FINDING_CATALOGUE, code);
}
