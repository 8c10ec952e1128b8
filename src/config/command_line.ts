/** Words as a POSIX shell splits them: in section headers and in `credential_process`. */

/** The words, or why there are none. */
export type CommandLine = { readonly words: readonly string[] } | { readonly problem: string };

/**
 * Splits a text into words exactly as Python's `shlex.split` does, which is what the AWS CLI uses: quotes and
 * backslashes as in a POSIX shell, but nothing is expanded, `#` begins no comment, operators are ordinary characters,
 * and a backslash before a line's end keeps that end.
 */
export function splitCommandLine(text: string): CommandLine {
  const words: string[] = [];
  // Undefined between words; a pair of quotes alone makes an empty word.
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (quote === undefined && " \t\r\n".includes(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === undefined && `'"`.includes(character)) {
      quote = character;
      word ??= "";
    } else if (character === quote) {
      quote = undefined;
    } else if (character === "\\" && quote !== "'") {
      const escaped = text.charAt(++index);
      if (escaped === "") return { problem: "nothing follows the backslash at its end" };
      // Between double quotes a backslash escapes only these two; before anything else it stands for itself.
      word = (word ?? "") + (quote === '"' && !'"\\'.includes(escaped) ? `\\${escaped}` : escaped);
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== undefined) return { problem: `a quote (${quote}) is not closed` };
  if (word !== undefined) words.push(word);
  return { words };
}
