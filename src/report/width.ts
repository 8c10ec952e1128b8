/** How many columns of a terminal a text takes. */

/** East Asian characters and symbols that are two columns wide (Unicode's East Asian Width W and F), by code point. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

/** The columns of a text without line ends and escape sequences. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** @param character one code point. */
export function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  return /^\p{Emoji_Presentation}$/u.test(character) || WIDE.some(([first, last]) => code >= first && code <= last)
    ? 2
    : 1;
}

/** The text, cut off with an ellipsis where it takes more columns than there are. */
export function fitWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let fitted = "";
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - 1) break;
    fitted += character;
  }
  return columns < 1 ? "" : `${fitted}…`;
}

/** The text, filled up with blanks, or cut off, to exactly so many columns. */
export function padWidth(text: string, columns: number): string {
  return padRight(fitWidth(text, columns), columns);
}

/** The text, filled up with blanks to at least so many columns. */
export function padRight(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}
