/** Splits command lines: those of `credential_process`, and section headers. */

/** The arguments, or the reason why the text cannot be split. */
export type CommandLine = { readonly argv: readonly string[] } | { readonly problem: string };

/**
 * Splits a text into arguments exactly as Python's `shlex.split` does, which the AWS CLI uses. Quotes and backslashes
 * mean what they mean in a POSIX shell, but nothing is expanded, `#` does not start a comment, operators are ordinary
 * characters, and a backslash before a newline keeps the newline.
 */
export function splitCommandLine(text: string): CommandLine {
  const argv: string[] = [];
  // Undefined between arguments; a pair of quotes alone is an empty argument.
  let argument: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (quote === undefined && " \t\r\n".includes(character)) {
      if (argument !== undefined) argv.push(argument);
      argument = undefined;
    } else if (quote === undefined && `'"`.includes(character)) {
      quote = character;
      argument ??= "";
    } else if (character === quote) {
      quote = undefined;
    } else if (character === "\\" && quote !== "'") {
      const escaped = text.charAt(++index);
      if (escaped === "") return { problem: "it ends with a backslash" };
      // Between double quotes, a backslash only escapes these two characters.
      argument = (argument ?? "") + (quote === '"' && !'"\\'.includes(escaped) ? `\\${escaped}` : escaped);
    } else {
      argument = (argument ?? "") + character;
    }
  }
  if (quote !== undefined) return { problem: `the quote ${quote} is not closed` };
  if (argument !== undefined) argv.push(argument);
  return { argv };
}

/**
 * Splits the command line of a program as the AWS CLI does: on Windows by the rules of Microsoft's C library, in which
 * only double quotes quote, and a backslash is an ordinary character unless it is in a row of them before a quote.
 *
 * @param platform as `process.platform`.
 */
export function splitProgram(text: string, platform: string | undefined): CommandLine {
  return platform === "win32" ? splitWindowsCommandLine(text) : splitCommandLine(text);
}

function splitWindowsCommandLine(text: string): CommandLine {
  const argv: string[] = [];
  let argument: string | undefined;
  let isQuoted = false;
  for (const [part] of text.matchAll(/\\*"|[ \t]+|[^ \t"\\]+|\\+/g)) {
    if (part.endsWith('"')) {
      const backslashes = part.length - 1;
      const isEscaped = backslashes % 2 === 1;
      argument = (argument ?? "") + "\\".repeat(Math.floor(backslashes / 2)) + (isEscaped ? '"' : "");
      if (!isEscaped) isQuoted = !isQuoted;
    } else if (!isQuoted && /^[ \t]/.test(part)) {
      if (argument !== undefined) argv.push(argument);
      argument = undefined;
    } else {
      argument = (argument ?? "") + part;
    }
  }
  if (isQuoted) return { problem: 'the quote " is not closed' };
  if (argument !== undefined) argv.push(argument);
  return { argv };
}
