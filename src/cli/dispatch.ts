/** Runs the command that argv names. */
import { type CAC, cac } from "cac";
import { RolecallError } from "../domain/errors.ts";
import { LIST_COMMANDS, runWithCredentials } from "../domain/help_texts.ts";
import { COMMANDS, type CommandName, OPTIONS, type OptionSpec } from "../domain/option_table.ts";
import { COMMIT, TARGET, VERSION } from "../domain/version.ts";
import { shellWord } from "../text/shell.ts";
import { didYouMean } from "../text/suggest.ts";
import { isCommand, type ParsedArguments, parseArguments } from "./args/arguments.ts";
import { type CommandOptions, commandOptions, type ParsedOptions } from "./args/options.ts";
import type { Context } from "./context.ts";

type Run = (options: CommandOptions, positionals: readonly string[], context: Context) => Promise<number>;

/** Loads a command only when it runs, so that `exec` starts fast. */
const LOAD: Readonly<Record<CommandName, () => Promise<Run>>> = {
  exec: async () => (await import("./commands/exec.ts")).exec,
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
  const parsedArguments = parseArguments(argv);
  const { command: name, positionals } = parsedArguments;
  const program = declareCommand(parsedArguments, async (command, parsed) => {
    const options = commandOptions(command, parsed, context.effects.environment);
    onOptions(command, options);
    const run = await LOAD[command]();
    return await run(options, positionals, context);
  });
  // Without the positionals, because cac would look for options among them.
  program.parse(["", "rolecall", ...(name === undefined ? [] : [name]), ...parsedArguments.options], { run: false });
  if (program.options.help === true || name === "help") {
    const topic = name === "help" ? positionals[0] : name;
    if (topic !== undefined && !isCommand(topic)) throw unknownCommand(topic);
    context.print(await helpFor(topic, program.options.verbose === true));
    return 0;
  }
  if (program.options.version === true) {
    const target = TARGET ?? `${process.platform}-${process.arch}`;
    context.print(
      `rolecall ${VERSION} (${(await context.runtime()).name}, ${target})\ncommit ${COMMIT ?? "unknown"}\n`,
    );
    return 0;
  }
  if (program.matchedCommand === undefined) throw unknownCommand(name);
  return await program.runMatchedCommand();
}

/** Loads the help only when it is printed. */
async function helpFor(topic: string | undefined, full: boolean): Promise<string> {
  const { commandHelp, fullCommandHelp, programHelp } = await import("./args/help.ts");
  const command = COMMANDS.find(({ name }) => name === topic);
  if (command === undefined) return programHelp(COMMANDS);
  const options = OPTIONS.filter(({ commands }) => commands.includes(command.name));
  return full ? fullCommandHelp(command, options) : commandHelp(command, options);
}

/** Declares only the command that runs and the options that it was given: each declaration takes time. */
function declareCommand(
  { command, options }: ParsedArguments,
  run: (command: CommandName, parsed: ParsedOptions) => Promise<number>,
): CAC {
  const program = cac("rolecall");
  const given = new Set(options.map((option) => option.slice("--".length).split("=", 1)[0]));
  for (const { name, help } of COMMANDS.filter((known) => known.name === command)) {
    const declared = program.command(name, help);
    for (const option of OPTIONS) {
      if (given.has(option.name) && option.commands.includes(name)) declared.option(cacName(option), option.help);
    }
    declared.action((parsed: ParsedOptions) => run(name, parsed));
  }
  program.option("--version", "");
  return program;
}

/** The declaration of an option in cac: `-p, --profile <NAME>`. */
function cacName(option: OptionSpec): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const value = option.value === undefined ? "" : ` <${option.value}>`;
  return `${short}--${option.name}${value}`;
}

function unknownCommand(name: string | undefined): RolecallError {
  if (name === undefined) return new RolecallError("missing-argument", "no command given", { help: [LIST_COMMANDS] });
  const names = COMMANDS.map((command) => command.name);
  return new RolecallError("unknown-command", `unknown command "${name}"`, {
    help: [...didYouMean(name, names, LIST_COMMANDS), ...(name === "" ? [] : [runWithCredentials(shellWord(name))])],
  });
}
