/** Finds a command as execvp(3) does, so that a wrong name is an error before the MFA prompt appears. */
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../../text/system_error.ts";

export type FoundCommand = { readonly file: string } | { readonly missing: "not-found" | "not-executable" };

/** execvp(3) searches these folders if `PATH` is not set. */
const DEFAULT_PATH = "/bin:/usr/bin";

/**
 * Finds a command's executable.
 *
 * @param name a path if it contains a slash; otherwise the name of a file in a folder of `path`.
 * @param path the value of `PATH`. An empty entry is the working directory, as in POSIX.
 */
export function findCommand(name: string, path: string | undefined): FoundCommand {
  const candidates = name.includes("/")
    ? [name]
    : (path ?? DEFAULT_PATH).split(":").map((folder) => join(folder || ".", name));
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
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return "not-found";
    if (!found.isFile()) return "not-executable";
    accessSync(file, constants.X_OK);
    return "executable";
  } catch (error) {
    const code = systemErrorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? "not-found" : "not-executable";
  }
}
