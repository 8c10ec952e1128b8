/** The commands, as cac tells them apart. */
import { type CAC, cac } from "cac";
import { RolecallError } from "../domain/errors.ts";
import { LIST_COMMANDS } from "../domain/help_texts.ts";
import { COMMANDS, type CommandName, OPTIONS, type OptionSpec } from "../domain/option_table.ts";
import { VERSION } from "../domain/version.ts";
import { didYouMean } from "../text/suggest.ts";
import { isCommand, parseArguments } from "./args/arguments.ts";
import { type CommandOptions, commandOptions, type ParsedOptions } from "./args/options.ts";
import type { Context } from "./context.ts";

type Run = (options: CommandOptions, positionals: readonly string[], context: Context) => Promise<number>;

/** Each command is loaded when it is asked for: `exec` pays for none of the others. */
const LOAD: Readonly<Record<CommandName, () => Promise<Run>>> = {
  exec: async () => (await import("./commands/exec.ts")).exec,
  export: async () => (await import("./commands/export.ts")).exportCredentials,
  probe: async () => (await import("./commands/probe.ts")).probeCommand,
  serve: async () => (await import("./commands/serve.ts")).serve,
  check: async () => (await import("./commands/check.ts")).check,
  cache: async () => (await import("./commands/cache.ts")).cache,
  completion: async () => (await import("./commands/completion.ts")).completion,
  console: async () => (await import("./commands/console.ts")).consoleCommand,
  whoami: async () => (await import("./commands/whoami.ts")).whoami,
  explain: async () => (await import("./commands/explain.ts")).explain,
  profiles: async () => (await import("./commands/profiles.ts")).profiles,
};

/**
 * Runs one command line.
 *
 * @param words without the program's own name.
 * @param start called with the options before the command begins: `--verbose` and `--color` count from there on.
 * @returns the exit code.
 * @throws RolecallError for everything that a user can have got wrong.
 */
export async function runCommand(
  words: readonly string[],
  context: Context,
  start: (command: CommandName, options: CommandOptions) => void,
): Promise<number> {
  const sorted = parseArguments(words);
  const program = describeCommand(sorted.command, async (command, parsed) => {
    const options = commandOptions(command, parsed, context.effects.environment);
    start(command, options);
    const run = await LOAD[command]();
    return await run(options, sorted.positionals, context);
  });
  const commandWord = sorted.command === undefined ? [] : [sorted.command];
  // The command's own arguments are not shown to cac: it would look for options among them.
  program.parse(["", "rolecall", ...commandWord, ...sorted.options], { run: false });
  if (program.options.help === true || sorted.command === "help") {
    const about = sorted.command === "help" ? sorted.positionals[0] : sorted.command;
    if (about !== undefined && !isCommand(about)) throw unknownCommand(about);
    context.print(await helpFor(about, program.options.verbose === true));
    return 0;
  }
  if (program.options.version === true) {
    context.print(`rolecall ${VERSION} (${(await context.runtime()).name}, ${process.platform}-${process.arch})\n`);
    return 0;
  }
  if (program.matchedCommand === undefined) throw unknownCommand(sorted.command);
  return await program.runMatchedCommand();
}

/** Loaded only for those who ask. */
async function helpFor(word: string | undefined, full: boolean): Promise<string> {
  const { commandHelp, fullCommandHelp, programHelp } = await import("./args/help.ts");
  const command = COMMANDS.find(({ name }) => name === word);
  if (command === undefined) return programHelp(COMMANDS);
  const options = OPTIONS.filter(({ commands }) => commands.includes(command.name));
  return full ? fullCommandHelp(command, options) : commandHelp(command, options);
}

/** Describes to cac the one command that was asked for: all of them would take longer than most commands do. */
function describeCommand(
  word: string | undefined,
  run: (command: CommandName, parsed: ParsedOptions) => Promise<number>,
): CAC {
  const program = cac("rolecall");
  for (const command of COMMANDS.filter(({ name }) => name === word)) {
    const described = program.command(command.name, command.help);
    for (const option of OPTIONS) {
      if (option.commands.includes(command.name)) described.option(rawName(option), option.help);
    }
    described.action((parsed: ParsedOptions) => run(command.name, parsed));
  }
  program.option("--version", "version, runtime, platform");
  return program;
}

function rawName(option: OptionSpec): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const value = option.value === undefined ? "" : ` <${option.value}>`;
  return `${short}--${option.name}${value}`;
}

function unknownCommand(word: string | undefined): RolecallError {
  if (word === undefined) {
    return new RolecallError("missing-argument", "which command?", { help: [LIST_COMMANDS] });
  }
  const names = COMMANDS.map(({ name }) => name);
  return new RolecallError("unknown-command", `there is no command "${word}"`, {
    help: [
      ...didYouMean(word, names, LIST_COMMANDS),
      ...(word === "" ? [] : [`to run a program with credentials: rolecall exec -- ${word}`]),
    ],
  });
}
