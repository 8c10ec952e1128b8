/** What is checked, and what the rules may know of the world around it. */
import type { SharedFile } from "../config/load.ts";
import type { SharedConfigPaths } from "../config/locate.ts";
import type { Settings } from "../config/settings.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { RolecallError } from "../domain/errors.ts";
import type { FileInfo } from "../files/file_info.ts";

export interface LintInput {
  readonly paths: SharedConfigPaths;
  /** The variables that name the two files, by path; none for a file in its usual place. */
  readonly namedBy: ReadonlyMap<string, string>;
  /** The user's home folder. */
  readonly home: string;
  /** As in `Effects`. */
  readFile(path: string): Uint8Array | undefined;
  facts(path: string): FileInfo | undefined;
  /** Whether a command's first word can be executed. */
  hasProgram(word: string): boolean;
  /** rolecall's own, and what was wrong with them. */
  readonly settings: Settings | undefined;
  readonly settingsProblems: readonly RolecallError[];
  /** Their file, for a problem that has no place. */
  readonly settingsFile: string;
}

/** The two files as the rules get them: each by itself, and merged. */
export interface LintedFiles {
  readonly config: SharedFile | undefined;
  readonly credentials: SharedFile | undefined;
  readonly merged: SharedConfig;
  /** Whether the two names lead to one file: its sections then have two meanings. */
  readonly isSameFile: boolean;
}
