/**
 * A command line as bash has it: the words behind the quotes, and candidates quoted so that bash reads them back as they
 * are. bash hands over what was typed and inserts what it gets, both as they stand.
 */

export interface BashLine {
  /** The words, unquoted; the last is the one to complete. */
  readonly words: readonly string[];
  /** Where each word begins in the line, in characters. */
  readonly starts: readonly number[];
  /** The quote that the last word has open. */
  readonly quote: "" | "'" | '"';
  /** How much of the last word stays: bash replaces only what follows the last of its word breaks, or the open quote. */
  readonly kept: string;
}

/**
 * @param line from the command's beginning to the cursor.
 * @param breaks COMP_WORDBREAKS.
 */
export function readBashLine(line: string, breaks: string): BashLine {
  const characters = [...line];
  const words: string[] = [];
  const starts: number[] = [];
  let word = "";
  let start: number | undefined;
  let kept = "";
  let quote: BashLine["quote"] = "";
  const endWord = () => {
    if (start === undefined) return;
    words.push(word);
    starts.push(start);
    [word, start, kept] = ["", undefined, ""];
  };
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? "";
    if (quote === "" && /\s/.test(character)) {
      endWord();
      continue;
    }
    start ??= i;
    if (quote !== "" && character === quote) quote = "";
    else if (quote === "" && (character === "'" || character === '"')) {
      quote = character;
      kept = word;
    } else if (character === "\\" && quote !== "'") {
      const next = characters[++i] ?? "";
      word += quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next;
    } else {
      // Of the word breaks `@` is the one that readline counts to the word that it begins.
      if (quote === "" && breaks.includes(character)) kept = character === "@" ? word : word + character;
      word += character;
    }
  }
  words.push(word);
  starts.push(start ?? characters.length);
  return { words, starts, quote, kept };
}

/**
 * What bash is to insert for a candidate.
 *
 * @returns undefined for one that cannot be written in the quotes that are open.
 */
export function quoteForBash(candidate: string, { quote, kept }: BashLine): string | undefined {
  if (!candidate.startsWith(kept)) return undefined;
  const rest = candidate.slice(kept.length);
  switch (quote) {
    case "'":
      return rest.replaceAll("'", "'\\''");
    case '"':
      // Between double quotes an interactive bash expands `!`, and no backslash prevents it without staying there.
      return rest.includes("!") ? undefined : rest.replace(/["\\$`]/g, "\\$&");
    default:
      return rest.replace(/[^\w@%+=:,./\u0080-\u{10ffff}-]/gu, "\\$&");
  }
}
