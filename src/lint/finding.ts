/** A finding: one problem that `check` reports. */
import type { RolecallError } from "../domain/errors.ts";
import type { FilePosition } from "../domain/origin.ts";
import type { Edit } from "../ini/edit.ts";
import { FINDING_CATALOGUE, type FindingCode, isFindingCode, type LintCode, type Severity } from "./catalogue.ts";

/** A file or a folder as a whole. */
export interface WholeFile {
  readonly file: string;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Never contains a secret. */
  readonly message: string;
  readonly at: FilePosition | WholeFile;
  /** How many characters the caret underlines. */
  readonly length?: number | undefined;
  /** What to do about it, one sentence each. */
  readonly help: readonly string[];
  /** What `--fix` does about it; undefined if there is no automatic fix. */
  readonly fix?: Fix | undefined;
}

/** A change that loses nothing and never changes the credentials of a working profile. `result` says what was done. */
export type Fix =
  | { readonly kind: "edit"; readonly edits: readonly Edit[]; readonly result: string }
  | { readonly kind: "mode"; readonly path: string; readonly mode: number; readonly result: string };

export type FindingDetails = Partial<Pick<Finding, "length" | "help" | "fix">>;

/** Makes a finding whose code only `check` has. */
export function finding(code: LintCode, message: string, at: Finding["at"], details: FindingDetails = {}): Finding {
  return { code, severity: FINDING_CATALOGUE[code].severity, message, at, help: [], ...details };
}

/**
 * Makes a finding from an error that reading or planning threw.
 *
 * @param file the file to report if the error has no position in a file.
 * @throws RolecallError the error itself, if the content of files cannot cause it.
 */
export function findingOf(error: RolecallError, file: string, fix?: Fix): Finding {
  const { code, message, length, help } = error;
  if (!isFindingCode(code)) throw error;
  const at = error.at !== undefined && "file" in error.at ? error.at : { file };
  return { code, severity: FINDING_CATALOGUE[code].severity, message, at, length, help, fix };
}

/** Whether a finding is about a position rather than about a whole file. */
export function isFilePosition(at: Finding["at"]): at is FilePosition {
  return "line" in at;
}

/** Equal for two findings that report the same problem, so that several profiles do not repeat it. */
export function findingKey({ code, at, message }: Finding): string {
  return isFilePosition(at) ? `${code} ${at.line}:${at.column} ${at.file}` : `${code} ${at.file} ${message}`;
}
