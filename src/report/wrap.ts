/** Text for a terminal of limited width. */

/**
 * Breaks text at its spaces into lines of at most `width` characters; a word that is longer is broken.
 *
 * @returns at least one line.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if ([...longer].length <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    let rest = [...word];
    while (rest.length > width) {
      lines.push(rest.slice(0, width).join(""));
      rest = rest.slice(width);
    }
    line = rest.join("");
  }
  return [...lines, line];
}

/** The text, cut off to fit into `width` characters. */
export function fitLine(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
}

/** The text as a terminal shows it without line wrap: one line, whatever its width and that of its characters. */
export function unwrapped(text: string): string {
  return `\u001b[?7l${text}\u001b[?7h`;
}
