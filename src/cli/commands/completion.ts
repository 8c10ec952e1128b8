/** `rolecall completion`: prints a shell's completion script, and gives that script its candidates. */
import { parseBashLine, quoteForBash } from "../../completion/bash_line.ts";
import { type Candidate, type Completion, complete, type Names } from "../../completion/complete.ts";
import { REGIONS } from "../../completion/regions.ts";
import { SCRIPTS, type Shell } from "../../completion/scripts.ts";
import { variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { COMMANDS, SHELLS } from "../../domain/option_table.ts";
import { redact } from "../../text/redact.ts";
import { didYouMean } from "../../text/suggest.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";

/** The argument with which the scripts request candidates, before the name of the shell and the command line. */
const COMPLETE = "__complete";

/** @returns the exit code 0. */
export async function completion(
  _options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  const [first, ...rest] = positionals;
  if (first === COMPLETE) {
    context.print(await respond(rest, context));
    return 0;
  }
  const shell = parseShell(first);
  const [extra] = rest;
  if (extra !== undefined) throw new RolecallError("unexpected-argument", `unexpected argument "${extra}"`);
  context.print(SCRIPTS[shell]);
  return 0;
}

/** @throws RolecallError `missing-argument` without a name, `unexpected-argument` for an unknown shell. */
function parseShell(name: string | undefined): Shell {
  const shell = SHELLS.find((known) => known === name);
  if (shell !== undefined) return shell;
  if (name === undefined) {
    throw new RolecallError("missing-argument", "no shell given", {
      help: ["use bash, zsh or fish"],
    });
  }
  throw new RolecallError("unexpected-argument", `unknown shell "${name}"`, {
    help: didYouMean(name, SHELLS, "use bash, zsh or fish"),
  });
}

/**
 * The response to a script: the kind of completion in the first line, then one candidate a line. After an error it is
 * empty, because an error message would end up in the line that the user is typing.
 */
async function respond([shell, ...args]: readonly string[], context: Context): Promise<string> {
  try {
    return shell === "bash" ? await respondToBash(args, context) : await respondToWords(args, context);
  } catch {
    return "";
  }
}

/**
 * For zsh and fish.
 *
 * @param words the words after the name of the program, without quotes.
 */
async function respondToWords(words: readonly string[], context: Context): Promise<string> {
  const found = await complete(words, namesIn(context));
  if (found.kind === "names") {
    return lines(
      "names",
      found.candidates.map(({ value, description }) => (description ? `${value}\t${description}` : value)),
    );
  }
  return found.kind === "files" ? lines(`files ${found.prefix}`.trimEnd()) : lines(`command ${found.from}`);
}

/**
 * For bash. bash neither filters nor quotes the candidates, and its script needs the position of COMMAND in characters.
 *
 * @param args COMP_WORDBREAKS and the line up to the cursor.
 */
async function respondToBash([breaks = "", line = ""]: readonly string[], context: Context): Promise<string> {
  const typed = parseBashLine(line, breaks);
  // Assignments, such as A=b, may come before the name of the program.
  const first = typed.words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word)) + 1;
  const words = typed.words.slice(first);
  const found: Completion = await complete(words, namesIn(context));
  if (found.kind === "files") return lines("files");
  if (found.kind === "command") return lines(`command ${typed.starts[first + found.from]}`);
  const current = words.at(-1) ?? "";
  const candidates = found.candidates.filter(({ value }) => value.startsWith(current));
  return lines(
    "names",
    candidates.map(({ value }) => quoteForBash(value, typed)).filter((text) => text !== undefined),
  );
}

/** A response: the kind of completion, then the candidates. */
function lines(kind: string, candidates: readonly string[] = []): string {
  return [kind, ...candidates].map((line) => `${line}\n`).join("");
}

/** The names that can be completed in this context. */
function namesIn(context: Context): Names {
  const { environment } = context.effects;
  return {
    commands: COMMANDS,
    profiles: () =>
      [...context.readConfig().profiles.values()]
        .map(({ name, settings }) => ({ value: name, description: settings.get("role_arn")?.value }))
        .filter(isPrintable),
    async roles(typed) {
      const named = typed ?? variable(environment, "ROLECALL_SETTINGS");
      const settings = await context.readSettings(
        named === undefined ? undefined : { value: named, from: { option: "--settings" } },
      );
      return [...(settings?.roles ?? [])]
        .map(([name, { roleArn }]) => ({ value: name, description: roleArn.value }))
        .filter(isPrintable);
    },
    ssoSessions: () =>
      [...context.readConfig().ssoSessions]
        .map(([value, { settings }]) => ({ value, description: settings.get("sso_start_url")?.value }))
        .filter(isPrintable),
    regions: () => REGIONS.map((value) => ({ value })),
  };
}

/**
 * Excludes names with control characters, which could rewrite the screen or break the lines of the response, and secrets
 * in place of a name.
 */
function isPrintable({ value, description = "" }: Candidate): boolean {
  return [value, description].every((text) => !/\p{Cc}/u.test(text) && redact(text) === text);
}
