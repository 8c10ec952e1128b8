/**
 * Parses a command line in bash's syntax, and quotes candidates for it. bash passes the line on as it was typed, and
 * inserts the candidates as they are, so this module both removes and adds quotes.
 */

export interface BashLine {
  /** The words without quotes. The last one is to be completed. */
  readonly words: readonly string[];
  /** The position of each word in the line, in characters. */
  readonly starts: readonly number[];
  /** The quote that is still open at the end of the last word. */
  readonly quote: "" | "'" | '"';
  /**
   * The start of the last word, which bash keeps. It replaces only the part after the last word break or the open quote.
   */
  readonly kept: string;
}

/**
 * Parses a line.
 *
 * @param line from the start of the command to the cursor.
 * @param breaks the value of COMP_WORDBREAKS.
 */
export function parseBashLine(line: string, breaks: string): BashLine {
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
      // `@` is the only word break that readline counts as a part of the next word.
      if (quote === "" && breaks.includes(character)) kept = character === "@" ? word : word + character;
      word += character;
    }
  }
  words.push(word);
  starts.push(start ?? characters.length);
  return { words, starts, quote, kept };
}

/**
 * The text that bash inserts for a candidate.
 *
 * @returns undefined for a candidate that cannot be written inside the open quote.
 */
export function quoteForBash(candidate: string, { quote, kept }: BashLine): string | undefined {
  if (!candidate.startsWith(kept)) return undefined;
  const rest = candidate.slice(kept.length);
  switch (quote) {
    case "'":
      return rest.replaceAll("'", "'\\''");
    case '"':
      // An interactive bash expands `!` inside double quotes. A backslash prevents that, but stays in the word.
      return rest.includes("!") ? undefined : rest.replace(/["\\$`]/g, "\\$&");
    default:
      return rest.replace(/[^\w@%+=:,./\u0080-\u{10ffff}-]/gu, "\\$&");
  }
}
