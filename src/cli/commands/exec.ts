/** `rolecall exec`: become COMMAND, with the credentials. */
import { execEnvironment } from "../../deliver/exec_environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { USE_PATH_FOLDER } from "../../domain/help_texts.ts";
import { findCommand } from "../../runtime/process/find_command.ts";
import { ExecError } from "../../runtime/process/runtime.ts";
import { systemErrorMessage } from "../../text/system_error.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { findCredentials } from "../find_credentials.ts";

/** @returns COMMAND's exit code, where COMMAND could not take this process's place. */
export async function exec(options: CommandOptions, command: readonly string[], context: Context): Promise<number> {
  const [name, ...args] = command;
  if (name === undefined) {
    throw new RolecallError("missing-argument", "exec needs a COMMAND", {
      help: ["rolecall exec [options] -- COMMAND [ARG…]"],
    });
  }
  const runtime = await context.runtime();
  const started = runtime.readInheritedState();
  const { environment, trace } = context.effects;
  // Before anybody is asked for an MFA code: a command that does not exist needs no credentials.
  const found = findCommand(name, environment.PATH);
  if ("missing" in found) throw commandMissing(name, found.missing);
  const credentials = await findCredentials(options, context, { region: true });
  const served = options.switch("serve")
    ? await (await import("../exec_server.ts")).startExecServer(options, credentials, runtime, context)
    : undefined;
  trace(`exec ${found.file}`);
  try {
    return await runtime.exec(
      {
        file: found.file,
        argv: [name, ...args],
        environment: served?.environment ?? execEnvironment(credentials.credentials, credentials.region),
      },
      started,
    );
  } catch (error) {
    if (error instanceof ExecError) {
      throw new RolecallError(
        error.code === "ENOENT" ? "command-not-found" : "command-not-executable",
        `${found.file} cannot be executed: ${systemErrorMessage(error)}`,
        { cause: error, help: remedies(error.code) },
      );
    }
    throw error;
  } finally {
    served?.stop();
  }
}

function commandMissing(name: string, missing: "not-found" | "not-executable"): RolecallError {
  if (missing === "not-executable") {
    return new RolecallError("command-not-executable", `${name} cannot be executed`, {
      help: ["it is there, but it is a folder, or its mode does not let you execute it"],
    });
  }
  return new RolecallError(
    "command-not-found",
    name === "" ? "COMMAND is empty" : `the command ${name} was not found`,
    {
      help: name === "" ? [] : [name.includes("/") ? "there is no such file" : USE_PATH_FOLDER],
    },
  );
}

function remedies(code: string): string[] {
  switch (code) {
    case "ENOENT":
      return ["the file is there, but the interpreter that it names (its #! line, or its dynamic loader) is not"];
    default:
      return [];
  }
}
