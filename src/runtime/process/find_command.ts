/** Finding a command as `execvp` does, so that a wrong name is known before anybody is asked for an MFA code. */
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../../text/system_error.ts";

export type FoundCommand = { readonly file: string } | { readonly missing: "not-found" | "not-executable" };

/** What `execvp` searches where `PATH` is not set. */
const DEFAULT_PATH = "/bin:/usr/bin";

/**
 * @param name with a slash it is a path; else it is searched in `path`.
 * @param path the value of `PATH`; an empty entry is the working directory, as POSIX has it.
 */
export function findCommand(name: string, path: string | undefined): FoundCommand {
  const candidates = name.includes("/")
    ? [name]
    : (path ?? DEFAULT_PATH).split(":").map((dir) => join(dir || ".", name));
  let missing: "not-found" | "not-executable" = "not-found";
  if (name === "") return { missing };
  for (const file of candidates) {
    const state = executableState(file);
    if (state === "executable") return { file };
    if (state === "not-executable") missing = state;
  }
  return { missing };
}

function executableState(file: string): "executable" | "not-found" | "not-executable" {
  try {
    if (!statSync(file).isFile()) return "not-executable";
    accessSync(file, constants.X_OK);
    return "executable";
  } catch (error) {
    const code = systemErrorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? "not-found" : "not-executable";
  }
}
