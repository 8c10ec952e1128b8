/**
 * Finds and reads rolecall's own settings file. It is never read from the working directory: a cloned repository must
 * not decide which credentials are used.
 */
import { posix, win32 } from "node:path";
import { type Environment, variable } from "../domain/environment.ts";
import { type Report, RolecallError, throwProblem } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";
import { foreignEncoding } from "./encoding.ts";
import type { Settings } from "./settings.ts";

/** The settings for all users of the machine. On Windows there is none: every user can create such a folder there. */
const SYSTEM_FILE = "/etc/rolecall/config.toml";

/**
 * The paths of the user's and of the machine's settings file, whether or not they exist. A relative `XDG_CONFIG_HOME` is
 * ignored, as in the XDG specification: it would be a folder of the working directory.
 *
 * @param platform as `process.platform`.
 */
export function settingsFiles(environment: Environment, platform: string, home: string): readonly string[] {
  const { isAbsolute, join } = platform === "win32" ? win32 : posix;
  const folder = variable(environment, "XDG_CONFIG_HOME") ?? join(home, ".config");
  return [
    ...(isAbsolute(folder) ? [join(folder, "rolecall", "config.toml")] : []),
    ...(platform === "win32" ? [] : [SYSTEM_FILE]),
  ];
}

/**
 * Reads the settings file: the named one, else the first of the others that exists. If there is none, the TOML parser is
 * not loaded.
 *
 * @param named the file of `--settings` or its variable, which must exist.
 * @param others the result of `settingsFiles`.
 * @param texts receives the text of the file, by path, so that errors can show the line.
 * @param report receives the problems, as `settings-invalid`. By default, the first problem is thrown.
 * @returns undefined if there is no settings file, or it cannot be read.
 */
export async function loadSettings(
  named: Sourced<string> | undefined,
  others: readonly string[],
  readFile: (path: string) => Uint8Array | undefined,
  texts: Map<string, string>,
  report: Report = throwProblem,
): Promise<Settings | undefined> {
  let problems = 0;
  const countAndReport: Report = (problem) => {
    problems++;
    report(problem);
  };
  const files = named === undefined ? others : [named.value];
  for (const file of files) {
    const bytes = read(file, readFile, named, countAndReport);
    if (bytes === undefined) continue;
    const encoding = foreignEncoding(bytes);
    if (encoding !== undefined) {
      const { what, help } = encoding;
      report(new RolecallError("settings-invalid", `${file} is ${what}`, { at: { file, line: 1, column: 1 }, help }));
      return undefined;
    }
    const text = new TextDecoder().decode(bytes);
    texts.set(file, text);
    return (await import("./settings.ts")).parseSettings(text, file, report);
  }
  if (named === undefined || problems > 0) return undefined;
  report(new RolecallError("settings-invalid", `the settings file ${named.value} does not exist`, { at: named.from }));
  return undefined;
}

function read(
  file: string,
  readFile: (path: string) => Uint8Array | undefined,
  named: Sourced<string> | undefined,
  report: Report,
): Uint8Array | undefined {
  try {
    return readFile(file);
  } catch (error) {
    if (systemErrorCode(error) === "ENOTDIR" && named === undefined) return undefined;
    report(
      new RolecallError("settings-invalid", `the settings file ${file} cannot be read: ${systemErrorMessage(error)}`, {
        at: named?.from,
        cause: error,
      }),
    );
    return undefined;
  }
}
