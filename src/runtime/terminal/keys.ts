/** Decodes the keys that a terminal in raw mode sends. */
import type { Key, KeyName } from "../../domain/prompt.ts";

const CONTROL_CHARACTERS: Readonly<Record<string, KeyName>> = {
  "\u0001": "select-all",
  "\t": "tab",
  "\r": "enter",
  "\n": "enter",
  "\u0003": "interrupt",
  "\u0004": "end-of-input",
  "\b": "backspace",
  "\u007f": "backspace",
  "\u0015": "delete-line",
  "\u0017": "delete-word",
  "\u001a": "suspend",
  "\u0010": "up",
  "\u000e": "down",
};

/** By what follows `ESC [` or `ESC O`: the keys of xterm, the Linux console and rxvt. */
const SEQUENCES: Readonly<Record<string, KeyName>> = {
  A: "up",
  B: "down",
  H: "home",
  F: "end",
  "1~": "home",
  "4~": "end",
  "5~": "page-up",
  "6~": "page-down",
  "7~": "home",
  "8~": "end",
};

const ESCAPE = "\u001b";
const SEQUENCE = /^\u001b[[O]([0-9;]*[A-Za-z~])/;

export interface DecodedKeys {
  readonly keys: readonly Key[];
  /** The start of an incomplete escape sequence: the Escape key, unless more input follows at once. */
  readonly rest: string;
}

/** Ignores unknown escape sequences and control characters. */
export function decodeKeys(text: string): DecodedKeys {
  const keys: Key[] = [];
  let left = text;
  while (left !== "") {
    const sequence = SEQUENCE.exec(left);
    if (sequence !== null) {
      const name = SEQUENCES[sequence[1] ?? ""];
      if (name !== undefined) keys.push({ name });
      left = left.slice(sequence[0].length);
      continue;
    }
    if (/^\u001b(?:[[O][0-9;]*)?$/.test(left)) return { keys, rest: left };
    const character = String.fromCodePoint(left.codePointAt(0) ?? 0);
    const name = CONTROL_CHARACTERS[character];
    if (character === ESCAPE) keys.push({ name: "escape" });
    else if (name !== undefined) keys.push({ name });
    else if (!/\p{Cc}/u.test(character)) keys.push({ text: character });
    left = left.slice(character.length);
  }
  return { keys, rest: "" };
}
