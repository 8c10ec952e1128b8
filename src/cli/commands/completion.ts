/** `rolecall completion`: a shell's script, and, for the scripts themselves, what may come next on a command line. */
import { quoteForBash, readBashLine } from "../../completion/bash_line.ts";
import { type Candidate, type Completion, complete, type Names } from "../../completion/complete.ts";
import { REGIONS } from "../../completion/regions.ts";
import { SCRIPTS, type Shell } from "../../completion/scripts.ts";
import { variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { COMMANDS, SHELLS } from "../../domain/option_table.ts";
import { didYouMean } from "../../text/suggest.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";

/** What the scripts call, with the shell's name and the words. It is no part of what a person types. */
const INTERNAL = "__complete";

/** @returns the exit code 0. */
export async function completion(
  _options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  const [first, ...rest] = positionals;
  if (first === INTERNAL) {
    context.print(await answer(rest, context));
    return 0;
  }
  context.print(SCRIPTS[shellOf(first)]);
  const [more] = rest;
  if (more === undefined) return 0;
  throw new RolecallError("unexpected-argument", `unexpected argument "${more}"`);
}

function shellOf(word: string | undefined): Shell {
  const shell = SHELLS.find((known) => known === word);
  if (shell !== undefined) return shell;
  if (word === undefined) {
    throw new RolecallError("missing-argument", "completion needs the name of a shell", {
      help: ["use bash, zsh or fish, such as source <(rolecall completion bash)"],
    });
  }
  throw new RolecallError("unexpected-argument", `no completion for the shell "${word}"`, {
    help: didYouMean(word, SHELLS, `use one of ${SHELLS.join(", ")}`),
  });
}

/** The kind in the first line, then a candidate a line. Whatever goes wrong, a person is typing: then there is nothing. */
async function answer([shell, ...words]: readonly string[], context: Context): Promise<string> {
  try {
    return shell === "bash" ? await answerBash(words, context) : await answerWords(words, context);
  } catch {
    return "";
  }
}

/** @param words for zsh and fish: those behind the program's own, unquoted. */
async function answerWords(words: readonly string[], context: Context): Promise<string> {
  const found = await complete(words, namesIn(context));
  if (found.kind === "names") {
    return lines(
      "names",
      found.candidates.map(({ value, description }) => (description ? `${value}\t${description}` : value)),
    );
  }
  return found.kind === "files" ? lines(`files ${found.prefix}`.trimEnd()) : lines(`command ${found.from}`);
}

/** bash narrows nothing down and quotes nothing, and it wants to know at which character COMMAND begins. */
async function answerBash([breaks = "", line = ""]: readonly string[], context: Context): Promise<string> {
  const typed = readBashLine(line, breaks);
  const program = typed.words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word)) + 1;
  const words = typed.words.slice(program);
  const found: Completion = await complete(words, namesIn(context));
  if (found.kind === "files") return lines("files");
  if (found.kind === "command") return lines(`command ${typed.starts[program + found.from]}`);
  const current = words.at(-1) ?? "";
  const candidates = found.candidates.filter(({ value }) => value.startsWith(current));
  return lines(
    "names",
    candidates.map(({ value }) => quoteForBash(value, typed)).filter((text) => text !== undefined),
  );
}

function lines(kind: string, candidates: readonly string[] = []): string {
  return [kind, ...candidates].map((line) => `${line}\n`).join("");
}

function namesIn(context: Context): Names {
  const { environment } = context.effects;
  return {
    commands: COMMANDS,
    profiles: () =>
      [...context.readConfig().profiles.values()]
        .map(({ name, settings }) => ({ value: name, description: settings.get("role_arn")?.value }))
        .filter(isOneLine),
    async roles(typed) {
      const named = typed ?? variable(environment, "ROLECALL_SETTINGS");
      const settings = await context.readSettings(
        named === undefined ? undefined : { value: named, from: { option: "--settings" } },
      );
      return [...(settings?.roles ?? [])]
        .map(([name, { roleArn }]) => ({ value: name, description: roleArn.value }))
        .filter(isOneLine);
    },
    regions: () => REGIONS.map((value) => ({ value })),
  };
}

/** A name with a control character could draw over the screen, and break the lines of the answer. */
function isOneLine({ value, description = "" }: Candidate): boolean {
  return !/\p{Cc}/u.test(value + description);
}
