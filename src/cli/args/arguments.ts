/**
 * The words of the command line, sorted before cac sees them.
 *
 * cac reads values that look like numbers as numbers (`012345` as 12345) and looks for options also among a command's
 * own arguments. So here each value is marked, which keeps it the text that was typed, and everything after `exec`'s
 * first positional is put aside: it belongs to COMMAND, with or without `--`.
 */
import { RolecallError } from "../../domain/errors.ts";
import { didYouMeanName } from "../../domain/help_texts.ts";
import { COMMANDS, type CommandName, OPTIONS, type OptionSpec } from "../../domain/option_table.ts";
import { nearest } from "../../text/suggest.ts";

/** What marks a value: no text that begins with it looks like a number. */
const MARK = "=";

export interface ParsedArguments {
  /** The first word, known or not; undefined when there is none. */
  readonly command: string | undefined;
  /** The options, in a form that cac does not misread; `unmark` undoes what was done to the values. */
  readonly options: readonly string[];
  /** Everything else: for `exec`, COMMAND and its arguments. */
  readonly positionals: readonly string[];
}

/**
 * @param words the command line without the program's own name.
 * @throws RolecallError `unknown-option`, `missing-argument`, or `invalid-option` for a value that a switch was given.
 */
export function parseArguments(words: readonly string[]): ParsedArguments {
  const options: string[] = [];
  const positionals: string[] = [];
  let command: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--") {
      positionals.push(...words.slice(i + 1));
      break;
    }
    if (!isOption(word)) {
      if (command === undefined) {
        command = word;
        continue;
      }
      if (command === "exec") {
        positionals.push(...words.slice(i));
        break;
      }
      positionals.push(word);
      continue;
    }
    for (const { spec, value } of readOption(word, command)) {
      if (spec.value === undefined) {
        if (value !== undefined) {
          throw new RolecallError("invalid-option", `--${spec.name} is a switch and takes no value`, {
            at: { option: word },
          });
        }
        options.push(`--${spec.name}`);
        continue;
      }
      const text = value ?? words[++i];
      if (text === undefined) {
        throw new RolecallError("missing-argument", `--${spec.name} needs a value: --${spec.name} ${spec.value}`);
      }
      options.push(`--${spec.name}=${MARK}${text}`);
    }
  }
  return { command, options, positionals };
}

/** The first word, also of a command line that is wrong before or after it. */
export function commandName(words: readonly string[]): string | undefined {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (!isOption(word)) return word;
    if (OPTIONS.some(({ name, short, value }) => value !== undefined && [`--${name}`, `-${short}`].includes(word))) i++;
  }
  return undefined;
}

/** The text of a value that came through cac. */
export function unmark(value: string): string {
  return value.startsWith(MARK) ? value.slice(MARK.length) : value;
}

/** A lone `-` is a positional, as everywhere. */
function isOption(word: string): boolean {
  return word.startsWith("-") && word !== "-";
}

interface ReadOption {
  readonly spec: OptionSpec;
  /** The value that stood in the same word. */
  readonly value: string | undefined;
}

/** `--name`, `--name=value`, `-p`, `-pvalue`, `-p=value`, and switches in a row: `-qv`. */
function readOption(word: string, command: string | undefined): ReadOption[] {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    const name = equals === -1 ? word.slice(2) : word.slice(2, equals);
    return [{ spec: specOf((option) => option.name === name, `--${name}`, command), value: afterEquals(word, equals) }];
  }
  const read: ReadOption[] = [];
  for (let i = 1; i < word.length; i++) {
    const spec = specOf((option) => option.short === word[i], `-${word[i]}`, command);
    if (spec.value === undefined) {
      read.push({ spec, value: undefined });
      continue;
    }
    const rest = word.slice(i + 1);
    read.push({ spec, value: rest === "" ? undefined : rest.replace(/^=/, "") });
    break;
  }
  return read;
}

function afterEquals(word: string, equals: number): string | undefined {
  return equals === -1 ? undefined : word.slice(equals + 1);
}

function specOf(matches: (option: OptionSpec) => boolean, typed: string, command: string | undefined): OptionSpec {
  const specs = OPTIONS.filter(matches);
  const [first] = specs;
  if (first === undefined) throw unknownOption(typed, command);
  if (command === undefined || !isCommand(command)) return first;
  // `--version` belongs to no command, and may stand with any.
  const spec = specs.find(({ commands }) => commands.length === 0 || commands.includes(command));
  if (spec === undefined) {
    throw new RolecallError("unknown-option", `${command} has no option ${typed}`, {
      help: [`--${first.name} belongs to ${specs.flatMap(({ commands }) => commands).join(", ")}`],
    });
  }
  return spec;
}

function unknownOption(typed: string, command: string | undefined): RolecallError {
  const known = OPTIONS.filter(
    (option) => command === undefined || !isCommand(command) || option.commands.includes(command),
  );
  const word = typed.replace(/^-+/, "");
  const names = known.map((option) => option.name);
  const begun = names.filter((name) => word.length > 1 && name.startsWith(word));
  const meant = nearest(word, names) ?? (begun.length === 1 ? begun[0] : undefined);
  return new RolecallError("unknown-option", `there is no option ${typed}`, {
    help: [
      meant === undefined ? `see rolecall ${command ?? ""}`.trimEnd().concat(" --help") : didYouMeanName(`--${meant}`),
      ...(command === "exec" ? ["an option of COMMAND goes after COMMAND"] : []),
    ],
  });
}

export function isCommand(word: string): word is CommandName {
  return COMMANDS.some((command) => command.name === word);
}

/** @throws RolecallError `unexpected-argument` for a command that takes none but was given some. */
export function rejectPositionals(command: CommandName, positionals: readonly string[]): void {
  const [first] = positionals;
  if (first === undefined) return;
  const takesProfile = OPTIONS.some(({ name, commands }) => name === "profile" && commands.includes(command));
  throw new RolecallError("unexpected-argument", `${command} takes no argument "${first}"`, {
    help: [
      ...(takesProfile ? [`if that is a profile: rolecall ${command} -p ${first}`] : []),
      `if that is a program to run with credentials: rolecall exec -- ${first}`,
    ],
  });
}
