/** The context of a command: everything outside of the process that it reads or changes. */
import type { SharedConfigPaths } from "../config/locate.ts";
import type { Settings } from "../config/settings.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { Effects } from "../domain/effects.ts";
import type { Report } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
import type { Runtime } from "../runtime/process/runtime.ts";
import type { Screen } from "../runtime/terminal/screen.ts";

export interface Context {
  readonly effects: Effects;
  /**
   * Reads and merges the two AWS files.
   *
   * @throws RolecallError for a file that cannot be read or parsed.
   */
  readConfig(): SharedConfig;
  /** The paths of the two AWS files, whether or not they exist. */
  readonly configPaths: SharedConfigPaths;
  /**
   * Reads rolecall's settings file.
   *
   * @param named the value of `--settings`.
   * @param report receives each problem in the file. Without it, the first problem is thrown.
   * @returns undefined if there is no settings file.
   * @throws RolecallError `settings-invalid`.
   */
  readSettings(named: Sourced<string> | undefined, report?: Report): Promise<Settings | undefined>;
  /** The text of each file that was read, by path. Error messages show lines of it. */
  readonly texts: ReadonlyMap<string, string>;
  /** Writes the result to standard output. */
  print(text: string): void;
  /** The terminal that standard output is connected to, or undefined. */
  screen(): Screen | undefined;
  /**
   * Appends text to a file.
   *
   * @throws RolecallError `write-failed`.
   */
  appendFile(path: string, text: string): Promise<void>;
  /**
   * Makes a folder that only the user can enter, in the first of several parent folders that allow it.
   *
   * @param purpose what the folder is for, to complete an error message.
   * @param files the content of its files, by name.
   * @returns the path of the folder.
   * @throws RolecallError `write-failed`.
   */
  makePrivateFolder(purpose: string, files: ReadonlyMap<string, string>): Promise<string>;
  /** Loads the module for the current runtime (Bun, Deno or Node). */
  runtime(): Promise<Runtime>;
}
