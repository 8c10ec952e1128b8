/**
 * Splits argv into command, options and positionals before cac parses it.
 *
 * cac converts values that look like numbers (`012345` to 12345), and it looks for options among the arguments of
 * COMMAND. So each value gets a mark that keeps it a string, and cac does not see the first positional of `exec` and what
 * follows it: that belongs to COMMAND, with or without `--`.
 */
import { RolecallError } from "../../domain/errors.ts";
import { didYouMeanOption, runWithCredentials } from "../../domain/help_texts.ts";
import { COMMANDS, type CommandName, OPTIONS, type OptionSpec } from "../../domain/option_table.ts";
import { shellWord } from "../../text/shell.ts";
import { nearest } from "../../text/suggest.ts";

/** The prefix of each value. With it, no value looks like a number. */
const MARK = "=";

export interface ParsedArguments {
  /** The first argument that is not an option, whether or not it is a known command. */
  readonly command: string | undefined;
  /** The options as `--name` or `--name==VALUE`, which cac reads as strings. `unmark` removes the second `=`. */
  readonly options: readonly string[];
  /** The other arguments. For `exec`: COMMAND and its arguments. */
  readonly positionals: readonly string[];
}

/**
 * Splits argv.
 *
 * @param argv the arguments, without the name of the program.
 * @throws RolecallError `unknown-option`, `missing-argument`, or `invalid-option` if a switch has a value.
 */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  const options: string[] = [];
  const positionals: string[] = [];
  const beforeCommand: Pick<ParsedOption, "spec" | "typed">[] = [];
  let command: string | undefined;
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? "";
    if (argument === "--") {
      positionals.push(...argv.slice(i + 1));
      break;
    }
    if (!isOption(argument)) {
      if (command === undefined) {
        command = argument;
        continue;
      }
      if (command === "exec") {
        positionals.push(...argv.slice(i));
        break;
      }
      positionals.push(argument);
      continue;
    }
    for (const { spec, value, typed } of parseOption(argument, command)) {
      if (command === undefined) beforeCommand.push({ spec, typed });
      if (spec.value === undefined) {
        if (value !== undefined) {
          throw new RolecallError("invalid-option", `--${spec.name} takes no value`, { at: { option: argument } });
        }
        // cac would make a list of a switch that is given twice.
        if (!options.includes(`--${spec.name}`)) options.push(`--${spec.name}`);
        continue;
      }
      const text = value ?? argv[++i];
      if (text === undefined) {
        throw new RolecallError("missing-argument", `--${spec.name} needs a value (--${spec.name} ${spec.value})`);
      }
      options.push(`--${spec.name}=${MARK}${text}`);
    }
  }
  for (const { spec, typed } of beforeCommand) findSpec(({ name }) => name === spec.name, typed, command);
  return { command, options, positionals };
}

/** The command, even if another part of the command line is invalid. */
export function commandName(argv: readonly string[]): string | undefined {
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? "";
    if (argument === "--") return undefined;
    if (!isOption(argument)) return argument;
    const takesNext = OPTIONS.some(
      ({ name, short, value }) => value !== undefined && [`--${name}`, `-${short}`].includes(argument),
    );
    if (takesNext) i++;
  }
  return undefined;
}

/** Removes the mark from a value that cac returned. */
export function unmark(value: string): string {
  return value.startsWith(MARK) ? value.slice(MARK.length) : value;
}

/** A lone `-` is a positional (POSIX Utility Syntax Guideline 13). */
function isOption(argument: string): boolean {
  return argument.startsWith("-") && argument !== "-";
}

interface ParsedOption {
  readonly spec: OptionSpec;
  /** `--name`, or `-n`. */
  readonly typed: string;
  /** The value, if it is part of the same argument. */
  readonly value: string | undefined;
}

/** Parses `--name`, `--name=value`, `-p`, `-pvalue`, `-p=value` and combined switches, such as `-qv`. */
function parseOption(argument: string, command: string | undefined): ParsedOption[] {
  if (argument.startsWith("--")) {
    const equals = argument.indexOf("=");
    const name = equals === -1 ? argument.slice(2) : argument.slice(2, equals);
    const value = equals === -1 ? undefined : argument.slice(equals + 1);
    const typed = `--${name}`;
    return [{ spec: findSpec((option) => option.name === name, typed, command), typed, value }];
  }
  const parsed: ParsedOption[] = [];
  for (let i = 1; i < argument.length; i++) {
    const typed = `-${argument[i]}`;
    const spec = findSpec((option) => option.short === argument[i], typed, command);
    if (spec.value === undefined) {
      parsed.push({ spec, typed, value: undefined });
      continue;
    }
    const rest = argument.slice(i + 1);
    parsed.push({ spec, typed, value: rest === "" ? undefined : rest.replace(/^=/, "") });
    break;
  }
  return parsed;
}

function findSpec(matches: (option: OptionSpec) => boolean, typed: string, command: string | undefined): OptionSpec {
  const specs = OPTIONS.filter(matches);
  const [first] = specs;
  if (first === undefined) throw unknownOption(typed, command);
  if (command === undefined || !isCommand(command)) return first;
  // `--version` belongs to no command and is valid with each.
  const spec = specs.find(({ commands }) => commands.length === 0 || commands.includes(command));
  if (spec === undefined) {
    const commands = specs.flatMap((option) => option.commands);
    throw new RolecallError("unknown-option", `${command} has no option ${typed}`, {
      help: [`use --${first.name} with ${joinOr(commands)}`],
    });
  }
  return spec;
}

/** Joins names: "export, serve, or check". */
function joinOr(names: readonly string[]): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(names);
}

function unknownOption(typed: string, command: string | undefined): RolecallError {
  const known = OPTIONS.filter(
    (option) => command === undefined || !isCommand(command) || option.commands.includes(command),
  );
  const typedName = typed.replace(/^-+/, "");
  const names = known.map((option) => option.name);
  const completions = names.filter((name) => typedName.length > 1 && name.startsWith(typedName));
  const suggestion = nearest(typedName, names) ?? (completions.length === 1 ? completions[0] : undefined);
  const helpCommand = ["rolecall", ...(command === undefined ? [] : [command]), "--help"].join(" ");
  return new RolecallError("unknown-option", `unknown option ${typed}`, {
    help: [
      suggestion === undefined ? `run ${helpCommand} for the options` : didYouMeanOption(`--${suggestion}`),
      ...(command === "exec" ? ["put options of COMMAND after COMMAND"] : []),
    ],
  });
}

/** Whether rolecall has this command. */
export function isCommand(name: string): name is CommandName {
  return COMMANDS.some((command) => command.name === name);
}

/**
 * Requires that there are no positionals, for the commands that take none.
 *
 * @param help what the first one may be meant for; by default a profile, or a command for `exec`.
 * @throws RolecallError `unexpected-argument`.
 */
export function rejectPositionals(
  command: CommandName,
  positionals: readonly string[],
  help = (word: string): readonly string[] => [...profileHelp(command, word), runWithCredentials(shellWord(word))],
): void {
  const [first] = positionals;
  if (first === undefined) return;
  throw new RolecallError("unexpected-argument", `unexpected argument "${first}"`, { help: help(first) });
}

function profileHelp(command: CommandName, word: string): string[] {
  const takesProfile = OPTIONS.some(({ name, commands }) => name === "profile" && commands.includes(command));
  return takesProfile ? [`use -p ${shellWord(word)} to choose a profile`] : [];
}
