/** Finds a command as the system does, so that a wrong name is an error before the MFA prompt appears. */
import { accessSync, constants, lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../domain/environment.ts";
import { systemErrorCode } from "../../text/system_error.ts";
import { type FoundWindowsCommand, findWindowsCommand, isWindowsPath } from "./find_windows_command.ts";

export type FoundCommand = FoundWindowsCommand;

/** execvp(3) searches these folders if `PATH` is not set. */
const DEFAULT_PATH = "/bin:/usr/bin";

/**
 * Finds a command's executable: on Windows by the rules of `findWindowsCommand`, elsewhere by those of execvp(3).
 *
 * @param name a path if `isPath` says so; otherwise the name of a file in a folder of `PATH`. An empty entry of `PATH` is
 *   the working directory, as in POSIX; on Windows it is ignored.
 */
export function findCommand(name: string, environment: Environment): FoundCommand {
  if (process.platform === "win32") return findWindowsCommand(name, environment, kindOnWindows);
  const candidates = isPath(name)
    ? [name]
    : (environment.PATH ?? DEFAULT_PATH).split(":").map((folder) => join(folder || ".", name));
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

/** Whether the name of a command is a path, which is not searched in `PATH`. */
export function isPath(name: string): boolean {
  return process.platform === "win32" ? isWindowsPath(name) : name.includes("/");
}

/** The programs of the Microsoft Store are links that only Windows itself can follow. */
function kindOnWindows(path: string): "file" | "folder" | undefined {
  for (const inspect of [statSync, lstatSync]) {
    try {
      return inspect(path).isDirectory() ? "folder" : "file";
    } catch {
      // There is no such file, or no file at the end of the link.
    }
  }
  return undefined;
}
