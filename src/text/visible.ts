/** Makes invisible characters visible, so that a name looks different from every other name. */

const PRINTABLE_ASCII = /^[\t -~]*$/;

/** Control characters, with which a file or a service could rewrite the terminal. Tabs stay. */
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/**
 * Characters that take no space, change the direction of the text, break the line, or look like a space; and halves of
 * surrogate pairs.
 */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/** The joiner and the selectors inside an emoji, such as that of a family. They are part of one visible character. */
const AFTER_EMOJI = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u;
const BEFORE_EMOJI = /^\p{Extended_Pictographic}/u;

/** Shows invisible and bidirectional characters as `\u200b`, and control characters as `�`. */
export function escapeInvisible(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(CONTROLS, "\ufffd").replace(INVISIBLE, (character, index: number) => {
    if (isInsideEmoji(text, character, index)) return character;
    return unicodeEscape(character);
  });
}

/** Whether a text contains a character that `escapeInvisible` changes. */
export function hasInvisible(text: string): boolean {
  return escapeInvisible(text) !== text;
}

/** The escape of one character in JavaScript: `\u200b`, or `\u{e0001}` for one with more than four digits. */
function unicodeEscape(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits}`;
}

function isInsideEmoji(text: string, character: string, index: number): boolean {
  if (character !== "\u200d" && character !== "\ufe0f") return false;
  if (!AFTER_EMOJI.test(text.slice(Math.max(0, index - 2), index))) return false;
  return character === "\ufe0f" || BEFORE_EMOJI.test(text.slice(index + 1, index + 3));
}
