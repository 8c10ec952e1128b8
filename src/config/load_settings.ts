/** Finds and reads rolecall's own settings file. Never in the working directory: a checkout must not steer credentials. */
import { join } from "node:path";
import { type Environment, variable } from "../environment.ts";
import { RolecallError } from "../errors.ts";
import type { Sourced } from "../origin.ts";
import type { Settings } from "./settings.ts";

/** For everybody on the machine. */
const SYSTEM_FILE = "/etc/rolecall/config.toml";

/**
 * The settings of the first file that exists: the named one, the user's, the machine's. The parser is loaded only then.
 *
 * @param named by `--settings` or its variable; it has to exist.
 * @param texts gets the text of the file that was read, by path: errors show the line.
 * @throws RolecallError `settings-invalid`.
 */
export async function loadSettings(
  named: Sourced<string> | undefined,
  environment: Environment,
  home: string,
  readFile: (path: string) => Uint8Array | undefined,
  texts: Map<string, string>,
): Promise<Settings | undefined> {
  const folder = variable(environment, "XDG_CONFIG_HOME") ?? join(home, ".config");
  const files = named === undefined ? [join(folder, "rolecall", "config.toml"), SYSTEM_FILE] : [named.value];
  for (const file of files) {
    const bytes = read(file, readFile, named);
    if (bytes === undefined) continue;
    const text = new TextDecoder().decode(bytes);
    texts.set(file, text);
    return (await import("./settings.ts")).parseSettings(text, file);
  }
  if (named === undefined) return undefined;
  throw new RolecallError("settings-invalid", `the settings file ${named.value} does not exist`, { at: named.from });
}

function read(
  file: string,
  readFile: (path: string) => Uint8Array | undefined,
  named: Sourced<string> | undefined,
): Uint8Array | undefined {
  try {
    return readFile(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOTDIR" && named === undefined) return undefined;
    throw new RolecallError("settings-invalid", `the settings file ${file} cannot be read: ${code}`, {
      at: named?.from,
      cause: error,
    });
  }
}
