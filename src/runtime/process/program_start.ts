/** How a program is started: on Windows, batch files need cmd.exe. */
import { type Environment, withVariableKeys } from "../../domain/environment.ts";
import { batchArguments, commandProcessor, isBatchFile } from "./batch_file.ts";
import { findCommand } from "./find_command.ts";

/** For `spawn` of node:child_process. */
export interface ProgramStart {
  readonly file: string;
  readonly args: readonly string[];
  readonly argv0: string | undefined;
  /** Whether the arguments are the command line as it is, without further quotes. */
  readonly windowsVerbatimArguments: boolean;
}

/**
 * How to start a file.
 *
 * @param argv the name of the program and its arguments.
 * @param platform as `process.platform`.
 * @throws Error if an argument cannot be passed to a batch file.
 */
export function programStart(
  file: string,
  argv: readonly string[],
  environment: Environment,
  platform: string,
): ProgramStart {
  const [argv0, ...args] = argv;
  if (platform !== "win32" || !isBatchFile(file)) return { file, args, argv0, windowsVerbatimArguments: false };
  const batch = batchArguments(file, args);
  if (batch === undefined) throw new Error("an argument has a line break, which a batch file cannot receive");
  const processor = commandProcessor(withVariableKeys(environment, platform));
  return { file: processor, args: batch, argv0: "cmd.exe", windowsVerbatimArguments: true };
}

/**
 * How to start a program by its name. Windows itself would search the current folder first, and only for `.exe` files.
 *
 * @throws Error with the `code` `ENOENT` if it is not found on Windows. Elsewhere `spawn` finds it.
 */
export function namedProgramStart(argv: readonly string[], environment: Environment): ProgramStart {
  const [name = ""] = argv;
  if (process.platform !== "win32") return programStart(name, argv, environment, process.platform);
  const found = findCommand(name, withVariableKeys(environment, process.platform));
  if ("missing" in found) throw Object.assign(new Error(`${name} was not found`), { code: "ENOENT" });
  return programStart(found.file, argv, environment, process.platform);
}
