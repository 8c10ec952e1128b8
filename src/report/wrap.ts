/** Line wrapping. */
import { displayWidth, graphemes } from "./width.ts";

/**
 * Wraps a text at its spaces into lines of at most `columns`. A word that is wider is broken between grapheme clusters.
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
    const parts = breakWord(word, columns);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1) ?? "";
  }
  return [...lines, line];
}

function breakWord(word: string, columns: number): string[] {
  const parts: string[] = [];
  let part = "";
  let width = 0;
  for (const cluster of graphemes(word)) {
    const clusterWidth = displayWidth(cluster);
    if (width + clusterWidth > columns && part !== "") {
      parts.push(part);
      part = "";
      width = 0;
    }
    part += cluster;
    width += clusterWidth;
  }
  return [...parts, part];
}
