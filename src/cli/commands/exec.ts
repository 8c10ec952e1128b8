/** `rolecall exec`: becomes COMMAND, with the credentials in its environment. */
import { activeName, execEnvironment } from "../../deliver/exec_environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { runCommand, USE_PATH_FOLDER } from "../../domain/help_texts.ts";
import { type FoundCommand, findCommand, isPath } from "../../runtime/process/find_command.ts";
import { ExecError } from "../../runtime/process/runtime.ts";
import { systemErrorMessage } from "../../text/system_error.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { findCredentials } from "../find_credentials.ts";

/** @returns COMMAND's exit code, if COMMAND runs as a child because it cannot replace this process. */
export async function exec(options: CommandOptions, command: readonly string[], context: Context): Promise<number> {
  const [name, ...args] = command;
  if (name === undefined) {
    throw new RolecallError("missing-argument", "no COMMAND given", {
      help: ["use rolecall exec [options] -- COMMAND [ARG…]"],
    });
  }
  const runtime = await context.runtime();
  const inherited = runtime.readInheritedState();
  const { environment, trace } = context.effects;
  // Before the credentials, because they may need an MFA code.
  const program = findCommand(name, environment);
  if ("missing" in program) throw missingCommand(command, program.missing);
  const found = await findCredentials(options, context, { region: true });
  const active = options.text("role")?.value ?? activeName(found.plan);
  const { source, roles } = found.plan;
  const account = source.kind === "environment" && roles.length === 0 ? found.credentials.accountId : undefined;
  const served = options.switch("serve")
    ? await (await import("../exec_server.ts")).startExecServer(options, found, active, runtime, context)
    : undefined;
  trace(`exec ${program.file}`);
  try {
    return await runtime.exec(
      {
        file: program.file,
        argv: [name, ...args],
        environment: served?.environment ?? execEnvironment(found.credentials, found.region, active, account),
      },
      inherited,
    );
  } catch (error) {
    if (error instanceof ExecError) {
      throw new RolecallError(
        error.code === "ENOENT" ? "command-not-found" : "command-not-executable",
        `${program.file} cannot be executed: ${systemErrorMessage(error)}`,
        { cause: error, help: HELP_BY_CODE[error.code] ?? [] },
      );
    }
    throw error;
  } finally {
    await served?.stop();
  }
}

const HELP_BY_CODE: Readonly<Record<string, readonly string[]>> = {
  // For a file that exists: execve(2) returns this code also if its interpreter is missing.
  ENOENT: ["check that its interpreter exists: the program in its #! line, or its dynamic loader"],
  EFTYPE: ["use its interpreter as COMMAND: Windows itself starts only .exe, .com, .bat and .cmd files"],
};

function missingCommand(
  [name = "", ...args]: readonly string[],
  missing: Extract<FoundCommand, { readonly missing: string }>["missing"],
): RolecallError {
  if (missing === "not-executable") {
    return new RolecallError("command-not-executable", `${name} cannot be executed`, {
      help: [
        process.platform === "win32"
          ? "check that it is a file"
          : "check that it is a file, and that its mode lets you execute it (chmod +x)",
      ],
    });
  }
  if (missing === "current-folder") {
    return new RolecallError("command-not-found", `command "${name}" not found in PATH`, {
      help: [
        `use .\\${name} to run the one in the current folder: rolecall does not search there, because a checkout could contain a program of any name`,
      ],
    });
  }
  if (name === "") return new RolecallError("command-not-found", "COMMAND is empty");
  if (/^[A-Za-z_]\w*=/.test(name)) {
    return new RolecallError("command-not-found", `command "${name}" not found`, { help: [useEnv([name, ...args])] });
  }
  const blanks = /\s/.test(name) ? [separateWords(name)] : [];
  if (isPath(name)) {
    return new RolecallError("command-not-found", `the file ${name} does not exist`, { help: blanks });
  }
  return new RolecallError("command-not-found", `command "${name}" not found`, {
    help: blanks.length > 0 ? blanks : [USE_PATH_FOLDER],
  });
}

/** A shell would take the word as an assignment. */
function useEnv(command: readonly string[]): string {
  const words = command.flatMap((word, index) =>
    index === 0 && command.length === 1 ? word.trim().split(/\s+/) : [word],
  );
  return words.length > 1 && words.every(isPlainWord)
    ? runCommand(`rolecall exec -- env ${words.join(" ")}`)
    : "use env to set variables: rolecall exec -- env NAME=VALUE COMMAND";
}

/** Whether a shell takes the word literally. */
function isPlainWord(word: string): boolean {
  return /^[\w@%+=:,./-]+$/.test(word);
}

/** For a whole command line in quotes: rolecall runs no shell that would split it. */
function separateWords(name: string): string {
  const words = name.trim().split(/\s+/);
  return words.every(isPlainWord)
    ? `${runCommand(`rolecall exec -- ${words.join(" ")}`)} (without quotes: no shell splits COMMAND into words)`
    : "use sh -c to run it in a shell: rolecall exec -- sh -c 'COMMAND'";
}
