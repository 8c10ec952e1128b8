/** Lines of a user's file as they may be shown: an error must not carry a secret onto a screen or into a log. */
import { nearest } from "../nearest.ts";

const SECRET_KEYS = ["aws_secret_access_key", "aws_session_token", "aws_security_token"];
const KEY_LINE = /^(\s*)([\w.-]+)(\s*[=:]\s*)(.*)$/;

/**
 * The line, with the value of a secret key hidden, also where the key is misspelled. A line that is no `key = value` may
 * be the rest of a secret that was broken in two, so there everything that looks like one is hidden.
 */
export function withoutSecrets(line: string): string {
  const [, indent, key, separator, value] = KEY_LINE.exec(line) ?? [];
  if (key === undefined || isSecretText(key)) return /^\s*\[/.test(line) ? line : line.replace(SECRET_TEXT, hidden);
  return isSecretKey(key) ? `${indent}${key}${separator}${hidden(value ?? "")}` : line;
}

/** A key as it may be shown: what stands before the `=` that a secret ends with is read as one. */
export function keyWithoutSecrets(key: string): string {
  return /^[\w.-]+$/.test(key) && !isSecretText(key) ? key : key.replace(SECRET_TEXT, hidden);
}

/** 16 or more characters of the Base64 alphabet. */
const SECRET_TEXT = /[A-Za-z0-9+/=_-]{16,}/g;

/** Keys are words with underscores between. */
function isSecretText(key: string): boolean {
  return /^[A-Za-z0-9+/=]{16,}$/.test(key);
}

function isSecretKey(key: string): boolean {
  return /secret|passw|session_?token|security_?token/i.test(key) || nearest(key, SECRET_KEYS) !== undefined;
}

/** As wide as what it hides, so that a caret below still points at the right place, but at most 20 wide. */
function hidden(text: string): string {
  return "*".repeat(Math.min([...text].length, 20));
}
