/**
 * What may come next on a command line of rolecall. All that is known about it stands here; the shells' scripts hand
 * over the words that were typed and show what comes back.
 */
import { OPTIONS, type OptionSpec } from "../domain/option_table.ts";

export interface Candidate {
  readonly value: string;
  readonly description?: string | undefined;
}

export type Completion =
  | { readonly kind: "names"; readonly candidates: readonly Candidate[] }
  /** Files, the shell's own way. `prefix` is what stands before the file's name in the word: `--settings=`. */
  | { readonly kind: "files"; readonly prefix: string }
  /** The words from this one on, counted from 0, are a command line of their own: the shell completes it. */
  | { readonly kind: "command"; readonly from: number };

export interface KnownCommand {
  readonly name: string;
  readonly help: string;
  readonly subcommands?: readonly string[];
}

/** What can be named. It is looked up only when it is asked for. */
export interface Names {
  readonly commands: readonly KnownCommand[];
  profiles(): readonly Candidate[];
  /** @param settings the file of `--settings`, if it was typed. */
  roles(settings: string | undefined): Promise<readonly Candidate[]>;
  regions(): readonly Candidate[];
}

/**
 * @param words what was typed after the program's own name, unquoted; the last is the one to complete and may be empty.
 * @returns candidates for the whole last word, in no way narrowed down to those that begin with it.
 */
export async function complete(words: readonly string[], names: Names): Promise<Completion> {
  const current = words.at(-1) ?? "";
  const typed = readWords(words.slice(0, -1));
  if (typed.commandLineFrom !== undefined) return { kind: "command", from: typed.commandLineFrom };
  if (typed.pending !== undefined) return await valuesOf(typed.pending, "", typed.settings, names);
  const equals = /^--([^=]+)=/.exec(current);
  if (equals !== null && !typed.onlyPositionals) {
    const option = optionsOf(typed.command).find((one) => one.name === equals[1]);
    return option === undefined ? NOTHING : await valuesOf(option, equals[0], typed.settings, names);
  }
  if (current.startsWith("-") && !typed.onlyPositionals) return optionNames(typed.command);
  if (typed.command === undefined) {
    return list(names.commands.map(({ name, help }) => ({ value: name, description: help })));
  }
  if (typed.command === "exec") return { kind: "command", from: words.length - 1 };
  const command = names.commands.find((one) => one.name === typed.command);
  if (command?.subcommands !== undefined && typed.arguments === 0)
    return list(command.subcommands.map((value) => ({ value })));
  return typed.onlyPositionals ? NOTHING : optionNames(typed.command);
}

const NOTHING: Completion = { kind: "names", candidates: [] };

function list(candidates: readonly Candidate[]): Completion {
  return { kind: "names", candidates };
}

interface Typed {
  readonly command: string | undefined;
  /** How many arguments stand after the command. */
  readonly arguments: number;
  /** An option that still lacks its value. */
  readonly pending: OptionSpec | undefined;
  /** After `--`. */
  readonly onlyPositionals: boolean;
  /** Where COMMAND of `exec` begins, once it has. */
  readonly commandLineFrom: number | undefined;
  /** The value of `--settings`. */
  readonly settings: string | undefined;
}

/** Reads as `parseArguments` does, but takes offence at nothing: a line is half-written while it is completed. */
function readWords(words: readonly string[]): Typed {
  let command: string | undefined;
  let count = 0;
  let pending: OptionSpec | undefined;
  let onlyPositionals = false;
  let settings: string | undefined;
  for (const [index, word] of words.entries()) {
    if (pending !== undefined) {
      if (pending.name === "settings") settings = word;
      pending = undefined;
    } else if (word === "--" && !onlyPositionals) {
      onlyPositionals = true;
    } else if (onlyPositionals || !word.startsWith("-") || word === "-") {
      if (command === undefined) command = word;
      else if (command === "exec") {
        return { command, arguments: 0, pending, onlyPositionals, commandLineFrom: index, settings };
      } else count++;
    } else {
      pending = withoutValue(word);
      if (word.startsWith("--settings=")) settings = word.slice("--settings=".length);
    }
  }
  return { command, arguments: count, pending, onlyPositionals, commandLineFrom: undefined, settings };
}

/** The option of the word, if its value comes in the next one. */
function withoutValue(word: string): OptionSpec | undefined {
  const option = word.startsWith("--")
    ? OPTIONS.find(({ name }) => `--${name}` === word)
    : OPTIONS.find(({ short }) => short !== undefined && word.endsWith(short) && switches(word.slice(1, -1)));
  return option?.value === undefined ? undefined : option;
}

/** Whether the letters are all of switches: `-qvp NAME`. */
function switches(letters: string): boolean {
  return [...letters].every((letter) => OPTIONS.some(({ short, value }) => short === letter && value === undefined));
}

function optionsOf(command: string | undefined): readonly OptionSpec[] {
  return OPTIONS.filter(({ commands }) => commands.some((one) => command === undefined || one === command));
}

function optionNames(command: string | undefined): Completion {
  const options = command === undefined ? OPTIONS.filter(({ name }) => GLOBAL.includes(name)) : optionsOf(command);
  return list(options.map(({ name, help }) => ({ value: `--${name}`, description: help })));
}

/** What makes sense before a command is named. */
const GLOBAL: readonly string[] = ["help", "version"];

async function valuesOf(
  option: OptionSpec,
  prefix: string,
  settings: string | undefined,
  names: Names,
): Promise<Completion> {
  const values = await candidatesFor(option.completes ?? [], settings, names);
  if (values === "files") return { kind: "files", prefix };
  return list(values.map(({ value, description }) => ({ value: `${prefix}${value}`, description })));
}

async function candidatesFor(
  completes: NonNullable<OptionSpec["completes"]>,
  settings: string | undefined,
  names: Names,
): Promise<readonly Candidate[] | "files"> {
  switch (completes) {
    case "files":
      return completes;
    case "profiles":
      return names.profiles();
    case "roles":
      return await names.roles(settings);
    case "regions":
      return names.regions();
    default:
      return completes.map((value) => ({ value }));
  }
}
