/**
 * Completes a command line of rolecall. The shells' scripts contain no rules of their own: they pass on the words that
 * were typed and show the candidates that come back.
 */
import { OPTIONS, type OptionSpec } from "../domain/option_table.ts";

export interface Candidate {
  readonly value: string;
  readonly description?: string | undefined;
}

export type Completion =
  | { readonly kind: "names"; readonly candidates: readonly Candidate[] }
  /** The shell completes a file name. `prefix` is the part of the word before it, such as `--settings=`. */
  | { readonly kind: "files"; readonly prefix: string }
  /** The shell completes another command line, which starts at this word (counted from 0). */
  | { readonly kind: "command"; readonly from: number };

export interface KnownCommand {
  readonly name: string;
  readonly help: string;
  readonly subcommands?: readonly string[];
}

/** The names that can be completed. They are loaded only when needed. */
export interface Names {
  readonly commands: readonly KnownCommand[];
  profiles(): readonly Candidate[];
  /** @param settings the value of `--settings`, if it was typed. */
  roles(settings: string | undefined): Promise<readonly Candidate[]>;
  ssoSessions(): readonly Candidate[];
  regions(): readonly Candidate[];
}

/**
 * Completes the last word of a command line.
 *
 * @param words the words after the name of the program, without quotes. The last one may be empty.
 * @returns candidates for the whole last word. They are not filtered by what was typed of it.
 */
export async function complete(words: readonly string[], names: Names): Promise<Completion> {
  const current = words.at(-1) ?? "";
  const typed = parseWords(words.slice(0, -1));
  if (typed.commandLineFrom !== undefined) return { kind: "command", from: typed.commandLineFrom };
  if (typed.pending !== undefined) return await valuesOf(typed.pending, "", typed.settings, names);
  const equals = /^--([^=]+)=/.exec(current);
  if (equals !== null && !typed.onlyPositionals) {
    const option = optionsOf(typed.command).find(({ name }) => name === equals[1]);
    return option === undefined ? NOTHING : await valuesOf(option, equals[0], typed.settings, names);
  }
  if (current.startsWith("-") && !typed.onlyPositionals) return optionNames(typed.command);
  if (typed.command === undefined) {
    return list(names.commands.map(({ name, help }) => ({ value: name, description: help })));
  }
  if (typed.command === "exec") return { kind: "command", from: words.length - 1 };
  const command = names.commands.find(({ name }) => name === typed.command);
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
  /** The number of arguments after the command. */
  readonly arguments: number;
  /** The option whose value is the next word. */
  readonly pending: OptionSpec | undefined;
  /** Whether `--` was typed, after which there are no options. */
  readonly onlyPositionals: boolean;
  /** The index of COMMAND of `exec`, if it was typed. */
  readonly commandLineFrom: number | undefined;
  /** The value of `--settings`. */
  readonly settings: string | undefined;
}

/** Parses as `parseArguments` does, but without errors, because the line is not finished. */
function parseWords(words: readonly string[]): Typed {
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
      pending = optionBeforeValue(word);
      if (word.startsWith("--settings=")) settings = word.slice("--settings=".length);
    }
  }
  return { command, arguments: count, pending, onlyPositionals, commandLineFrom: undefined, settings };
}

/** The option in a word, if the next word is its value. */
function optionBeforeValue(word: string): OptionSpec | undefined {
  const option = word.startsWith("--")
    ? OPTIONS.find(({ name }) => `--${name}` === word)
    : OPTIONS.find(({ short }) => short !== undefined && word.endsWith(short) && areSwitches(word.slice(1, -1)));
  return option?.value === undefined ? undefined : option;
}

/** Whether all letters are switches, as in `-qvp NAME` before the `p`. */
function areSwitches(letters: string): boolean {
  return [...letters].every((letter) => OPTIONS.some(({ short, value }) => short === letter && value === undefined));
}

function optionsOf(command: string | undefined): readonly OptionSpec[] {
  return OPTIONS.filter(({ commands }) => commands.some((name) => command === undefined || name === command));
}

function optionNames(command: string | undefined): Completion {
  const options = command === undefined ? OPTIONS.filter(({ name }) => GLOBAL.includes(name)) : optionsOf(command);
  return list(options.map(({ name, help }) => ({ value: `--${name}`, description: help })));
}

/** The options that are offered before a command. */
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
    case "sso-sessions":
      return names.ssoSessions();
    case "regions":
      return names.regions();
    default:
      return completes.map((value) => ({ value }));
  }
}
