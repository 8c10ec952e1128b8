/** Splits command lines as a POSIX shell does: those of `credential_process`, and section headers. */

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
