/** The commands, as cac tells them apart and prints their help. */
import { type CAC, cac } from "cac";
import { RolecallError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { VERSION } from "../version.ts";
import { sortArguments } from "./arguments.ts";
import { COMMANDS, type CommandName, OPTIONS, type OptionSpec } from "./option_table.ts";
import { type CommandOptions, commandOptions, type ParsedOptions } from "./options.ts";
import type { World } from "./world.ts";

type Run = (options: CommandOptions, positionals: readonly string[], world: World) => Promise<number>;

/** Each command is loaded when it is asked for: `exec` pays for none of the others. */
const LOAD: Readonly<Partial<Record<CommandName, () => Promise<Run>>>> = {
  exec: async () => (await import("./exec.ts")).exec,
  export: async () => (await import("./export.ts")).exportCredentials,
  cache: async () => (await import("./cache.ts")).cache,
  completion: async () => (await import("./completion.ts")).completion,
  console: async () => (await import("./console.ts")).consoleCommand,
  whoami: async () => (await import("./whoami.ts")).whoami,
};

/** Those that the help and the completion offer. */
export const BUILT_COMMANDS = COMMANDS.filter(({ name }) => LOAD[name] !== undefined);

/**
 * Runs one command line.
 *
 * @param words without the program's own name.
 * @param start called with the options before the command begins: `--verbose` and `--color` count from there on.
 * @returns the exit code.
 * @throws RolecallError for everything that a user can have got wrong.
 */
export async function runProgram(
  words: readonly string[],
  world: World,
  start: (command: CommandName, options: CommandOptions) => void,
): Promise<number> {
  const sorted = sortArguments(words);
  const program = describeCommands(async (command, parsed) => {
    const options = commandOptions(command, parsed, world.effects.environment);
    start(command, options);
    const load = LOAD[command];
    if (load === undefined) throw new RolecallError("not-built-yet", `this version has no command ${command} yet`);
    const run = await load();
    return await run(options, sorted.positionals, world);
  });
  const commandWord = sorted.command === undefined ? [] : [sorted.command];
  // The command's own arguments are not shown to cac: it would look for options among them.
  program.parse(["", "rolecall", ...commandWord, ...sorted.options], { run: false });
  if (program.options.help === true) return 0;
  if (sorted.command === undefined && program.options.version === true) {
    world.print(`rolecall ${VERSION} (${(await world.runtime()).name}, ${process.platform}-${process.arch})\n`);
    return 0;
  }
  if (program.matchedCommand === undefined) throw unknownCommand(sorted.command);
  return await program.runMatchedCommand();
}

/** What is not built yet is known, so that it can be refused by name, but the help does not offer it. */
function describeCommands(run: (command: CommandName, parsed: ParsedOptions) => Promise<number>): CAC {
  const program = cac("rolecall");
  for (const command of COMMANDS) {
    const described = program.command(command.name, command.help).usage(command.usage);
    for (const option of OPTIONS) {
      if (option.commands.includes(command.name)) described.option(rawName(option), option.help);
    }
    described.action((parsed: ParsedOptions) => run(command.name, parsed));
  }
  program.usage("COMMAND [options]");
  program.option("--version", "version, runtime, platform");
  program.help(tidyHelp);
  return program;
}

/**
 * cac's help without its repetitions: a second `--help`, the defaults of switches such as `--no-input`, and a list of
 * examples for help. What is not built yet is left out.
 */
function tidyHelp(sections: HelpSection[]): HelpSection[] {
  const missing = OPTIONS.filter((option) => !option.built).map((option) => `${rawName(option)} `);
  const absent = COMMANDS.filter((command) => LOAD[command.name] === undefined).map((command) => `${command.name} `);
  const shown = (line: string): boolean => {
    const text = `${line.trim()} `;
    return !text.endsWith("Display this message ") && ![...missing, ...absent].some((start) => text.startsWith(start));
  };
  return sections
    .filter((section) => !section.title?.startsWith("For more"))
    .map(({ title, body }) => ({
      ...(title === undefined ? {} : { title }),
      body: body
        .split("\n")
        .filter(shown)
        .map((line) => line.replace(" (default: true)", "").trimEnd())
        .join("\n"),
    }));
}

type HelpSection = { title?: string; body: string };

function rawName(option: OptionSpec): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const value = option.value === undefined ? "" : ` <${option.value}>`;
  return `${short}--${option.name}${value}`;
}

function unknownCommand(word: string | undefined): RolecallError {
  if (word === undefined) {
    return new RolecallError("missing-argument", "which command?", { help: ["rolecall --help lists them"] });
  }
  const meant = nearest(
    word,
    COMMANDS.map((command) => command.name),
  );
  return new RolecallError("unknown-command", `there is no command "${word}"`, {
    help: [
      meant === undefined ? "rolecall --help lists them" : `did you mean ${meant}?`,
      `to run a program with credentials: rolecall exec -- ${word}`,
    ],
  });
}
