/** The input of `check`: the files, and the facts about the file system that the rules need. */
import type { SharedFile } from "../config/load.ts";
import type { SharedConfigPaths } from "../config/locate.ts";
import type { Settings } from "../config/settings.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { Environment } from "../domain/environment.ts";
import type { RolecallError } from "../domain/errors.ts";
import type { FileInfo } from "../files/file_info.ts";

export interface LintInput {
  readonly paths: SharedConfigPaths;
  /** By path, the variable that names the file. A file at its default path has no entry. */
  readonly namedBy: ReadonlyMap<string, string>;
  /** The user's home folder. */
  readonly home: string;
  /** For the folder of the console sessions, which a variable can name. */
  readonly environment: Environment;
  now(): Date;
  /** As in `Effects`. */
  readFile(path: string): Uint8Array | undefined;
  fileInfo(path: string): FileInfo | undefined;
  /** The names in a folder; none if it does not exist. */
  folderEntries(path: string): readonly string[];
  /** The user id that rolecall runs with; undefined if the system has none. */
  readonly userId: number | undefined;
  /** Whether `program`, a path or a name to look up in PATH, can be executed. */
  hasProgram(program: string): boolean;
  /** rolecall's own settings; undefined if there are none or they cannot be read. */
  readonly settings: Settings | undefined;
  /** The errors found while reading rolecall's settings. */
  readonly settingsProblems: readonly RolecallError[];
  /** The settings file, for problems that have no position. */
  readonly settingsFile: string;
}

/** The two files as the rules read them: each by itself, and merged. */
export interface LintedFiles {
  readonly config: SharedFile | undefined;
  readonly credentials: SharedFile | undefined;
  readonly merged: SharedConfig;
  /** Whether both paths lead to the same file. Each of its sections is then read in two ways. */
  readonly isSameFile: boolean;
}
