/** Runs the command that argv names. */
import { cac } from "cac";
import { RolecallError } from "../domain/errors.ts";
import { LIST_COMMANDS, runWithCredentials } from "../domain/help_texts.ts";
import { COMMANDS, type CommandName, OPTIONS } from "../domain/option_table.ts";
import { compileEarly } from "../runtime/process/jit_policy.ts";
import { shellWord } from "../text/shell.ts";
import { didYouMean } from "../text/suggest.ts";
import { isCommand, parseArguments } from "./args/arguments.ts";
import { type CommandOptions, commandOptions, type ParsedOptions } from "./args/options.ts";
import { exec } from "./commands/exec.ts";
import type { Context } from "./context.ts";

type Run = (options: CommandOptions, positionals: readonly string[], context: Context) => Promise<number>;

/** Loads a command only when it runs, so that `exec` starts fast. `exec` itself is loaded at the start. */
const LOAD: Readonly<Record<CommandName, () => Promise<Run>>> = {
  exec: async () => exec,
  export: async () => (await import("./commands/export.ts")).exportCredentials,
  probe: async () => (await import("./commands/probe.ts")).probeCommand,
  serve: async () => (await import("./commands/serve.ts")).serve,
  check: async () => (await import("./commands/check.ts")).check,
  cache: async () => (await import("./commands/cache.ts")).cache,
  completion: async () => (await import("./commands/completion.ts")).completion,
  console: async () => (await import("./commands/console.ts")).consoleCommand,
  login: async () => (await import("./commands/login.ts")).login,
  logout: async () => (await import("./commands/logout.ts")).logout,
  whoami: async () => (await import("./commands/whoami.ts")).whoami,
  explain: async () => (await import("./commands/explain.ts")).explain,
  profiles: async () => (await import("./commands/profiles.ts")).profiles,
};

/**
 * Runs a command.
 *
 * @param argv the arguments, without the name of the program.
 * @param onOptions called with the options before the command runs, so that `--verbose` and `--color` apply to it.
 * @returns the exit code.
 * @throws RolecallError for every error that a user can cause.
 */
export async function runCommand(
  argv: readonly string[],
  context: Context,
  onOptions: (command: CommandName, options: CommandOptions) => void,
): Promise<number> {
  const { command: name, options: given, positionals } = parseArguments(argv);
  const parsed = parseOptions(given);
  if (parsed.help === true || name === "help") {
    const topic = name === "help" ? positionals[0] : name;
    if (topic !== undefined && !isCommand(topic)) throw unknownCommand(topic);
    context.print(await helpFor(topic, parsed.verbose === true));
    return 0;
  }
  if (parsed.version === true) {
    context.print((await import("./version.ts")).versionText());
    return 0;
  }
  if (name === undefined || !isCommand(name)) throw unknownCommand(name);
  const options = commandOptions(name, parsed, context.effects.environment);
  onOptions(name, options);
  const run = await LOAD[name]();
  // All other commands end before the machine code would pay off, even with thousands of profiles.
  if (name === "serve") compileEarly();
  return await run(options, positionals, context);
}

/**
 * Parses `--name` and `--name=VALUE`. cac is not told which options exist: `parseArguments` has checked that, and each
 * declaration of a command or an option takes time.
 */
function parseOptions(options: readonly string[]): ParsedOptions {
  return cac().parse(["", "", ...options], { run: false }).options;
}

/** Loads the help only when it is printed. */
async function helpFor(topic: string | undefined, full: boolean): Promise<string> {
  const { commandHelp, fullCommandHelp, programHelp } = await import("./args/help.ts");
  const command = COMMANDS.find(({ name }) => name === topic);
  if (command === undefined) return programHelp(COMMANDS);
  const options = OPTIONS.filter(({ commands }) => commands.includes(command.name));
  return full ? fullCommandHelp(command, options) : commandHelp(command, options);
}

function unknownCommand(name: string | undefined): RolecallError {
  if (name === undefined) return new RolecallError("missing-argument", "no command given", { help: [LIST_COMMANDS] });
  const names = COMMANDS.map((command) => command.name);
  return new RolecallError("unknown-command", `unknown command "${name}"`, {
    help: [...didYouMean(name, names, LIST_COMMANDS), ...(name === "" ? [] : [runWithCredentials(shellWord(name))])],
  });
}
