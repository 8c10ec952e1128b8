/** One thing that `check` has to say. */
import type { RolecallError } from "../domain/errors.ts";
import type { FilePosition } from "../domain/origin.ts";
import type { Edit } from "../ini/edit.ts";
import { FINDING_CATALOGUE, type FindingCode, isFindingCode, type LintCode, type Severity } from "./catalogue.ts";

/** A file, or a folder, as a whole. */
export interface WholeFile {
  readonly file: string;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** It never holds a secret. */
  readonly message: string;
  readonly at: FilePosition | WholeFile;
  /** How many characters the caret underlines. */
  readonly length?: number | undefined;
  /** What to do about it, a sentence each. */
  readonly help: readonly string[];
  /** What `--fix` does about it. */
  readonly fix?: Fix | undefined;
}

/** A change that cannot lose anything, nor give a working profile other credentials. */
export type Fix =
  | { readonly kind: "edit"; readonly edits: readonly Edit[] /** `is now …` */; readonly result: string }
  | { readonly kind: "mode"; readonly path: string; readonly mode: number; readonly result: string };

export type FindingDetails = Partial<Pick<Finding, "length" | "help" | "fix">>;

/** A finding of `check`'s own. */
export function finding(code: LintCode, message: string, at: Finding["at"], details: FindingDetails = {}): Finding {
  return { code, severity: FINDING_CATALOGUE[code].severity, message, at, help: [], ...details };
}

/**
 * What an error of the readers or of the plan says, as a finding.
 *
 * @param file where the error has no place in a file.
 * @throws the error itself where it is none that files can cause.
 */
export function findingOf(error: RolecallError, file: string, fix?: Fix): Finding {
  const { code, message, length, help } = error;
  if (!isFindingCode(code)) throw error;
  const at = error.at !== undefined && "file" in error.at ? error.at : { file };
  return { code, severity: FINDING_CATALOGUE[code].severity, message, at, length, help, fix };
}

/** Whether it is about a place, rather than about a file as a whole. */
export function isFilePosition(at: Finding["at"]): at is FilePosition {
  return "line" in at;
}

/** For comparing: the same finding at the same place is said once, however many profiles lead there. */
export function findingKey({ code, at, message }: Finding): string {
  return isFilePosition(at) ? `${code} ${at.line}:${at.column} ${at.file}` : `${code} ${at.file} ${message}`;
}
