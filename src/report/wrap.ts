/** Text for a terminal of limited width. */
import { characterWidth, displayWidth } from "./width.ts";

/**
 * Breaks text at its spaces into lines of at most `columns`; a word that is wider is broken.
 *
 * @returns at least one line.
 */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    const parts = brokenWord(word, columns);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1) ?? "";
  }
  return [...lines, line];
}

function brokenWord(word: string, columns: number): string[] {
  const parts: string[] = [];
  let part = "";
  let width = 0;
  for (const character of word) {
    width += characterWidth(character);
    if (width > columns && part !== "") {
      parts.push(part);
      part = "";
      width = characterWidth(character);
    }
    part += character;
  }
  return [...parts, part];
}

/** The text as a terminal shows it without line wrap: one line, whatever its width and that of its characters. */
export function unwrapped(text: string): string {
  return `\u001b[?7l${text}\u001b[?7h`;
}
