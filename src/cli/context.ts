/** What a command acts on: everything outside of the program. */
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
  /** Reads and merges the two AWS files. */
  readConfig(): SharedConfig;
  /** Where the two AWS files are, whether or not they exist. */
  readonly configPaths: SharedConfigPaths;
  /**
   * Reads rolecall's own settings file.
   * @param named by `--settings`.
   * @param report gets what is wrong with it; without one the first is thrown.
   */
  readSettings(named: Sourced<string> | undefined, report?: Report): Promise<Settings | undefined>;
  /** The text of each file that was read, by path: errors show the line. */
  readonly texts: ReadonlyMap<string, string>;
  /** Writes the answer to standard output. */
  print(text: string): void;
  /** The terminal that standard output is; undefined where it is none. */
  screen(): Screen | undefined;
  /** @throws RolecallError `write-failed`. */
  appendFile(path: string, text: string): void;
  /**
   * Makes a folder that only this user can enter, with these files in it, by name.
   *
   * @returns its path.
   * @throws RolecallError `write-failed`.
   */
  makePrivateFolder(files: ReadonlyMap<string, string>): Promise<string>;
  removeFolder(path: string): void;
  /** Loads what differs between runtimes. */
  runtime(): Promise<Runtime>;
}
