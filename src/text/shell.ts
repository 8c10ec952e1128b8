/** Quotes commands that a person may paste into a POSIX shell. */
import { hasInvisible } from "./visible.ts";

/** Characters that mean nothing to bash, zsh and fish. At the start of a word, `~` and `=` are expanded. */
const PLAIN_WORD = /^[\w@%+:,./-][\w@%+=:,./-]*$/;

/**
 * A command as one line for a shell.
 *
 * @param argv the program and its arguments. An option with a value is one pair, so that a value may begin with a dash.
 */
export function shellCommand(argv: readonly (string | readonly [option: string, value: string])[]): string {
  return argv
    .map((word) => {
      if (typeof word === "string") return shellWord(word);
      const [option, value] = word;
      return value.startsWith("-") ? shellWord(`${option}=${value}`) : `${option} ${shellWord(value)}`;
    })
    .join(" ");
}

/** A path as an argument, which does not begin with a dash. */
export function pathArgument(path: string): string {
  return path.startsWith("-") ? `./${path}` : path;
}

/** One word. Characters that cannot be seen or typed are escaped, as `$'…'` in bash and zsh has them. */
export function shellWord(word: string): string {
  if (PLAIN_WORD.test(word)) return word;
  if (!hasInvisible(word) && !word.includes("\t")) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = [...word].map((character) => {
    if (character === "'" || character === "\\") return `\\${character}`;
    if (!hasInvisible(character) && character !== "\t") return character;
    const digits = (character.codePointAt(0) ?? 0).toString(16);
    return digits.length > 4 ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
  });
  return `$'${escaped.join("")}'`;
}
