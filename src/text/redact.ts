/**
 * Redacts secrets in text that comes from outside: lines of files, URLs, messages of services and programs. An error or
 * a trace must not show a secret on a screen or in a log. (Values that are known to be secret never get into a message.)
 */
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import { nearest } from "./suggest.ts";

/** The user and password in a URL. */
const USER_INFO = /(?<=\w:\/\/)[^\s/?#"'@]*:[^\s/?#"'@]*(?=@)/g;

/**
 * The value after the name of a secret, in INI, JSON, an environment or a command line. Names such as `…_token_file` do
 * not match.
 */
const NAMED_SECRET =
  /((?:secret[\s_-]?(?:access[\s_-]?)?key|secret|password|passwd|(?:session|security|access|refresh|bearer|id|auth)?[_-]?token)["']?(?:\s*[=:]\s*|\s+(?<=--[\w-]*\s+))["']?)([^\s"',;&]+)/gi;

/** Characters of the Base64 alphabet, at least as many as in a secret access key. Names this long contain `-` or `_`. */
const LONG_BASE64 = /[A-Za-z0-9+/]{40,}={0,2}/g;

const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/** Redacts the secrets in a message, a path, an ARN or any other text. */
export function redact(text: string): string {
  return text
    .replace(USER_INFO, stars)
    .replace(NAMED_SECRET, (whole, before: string, secret: string) =>
      isProse(before, secret) ? whole : `${before}${stars(secret)}`,
    )
    .replace(JSON_WEB_TOKEN, stars)
    .replace(LONG_BASE64, (run) => (looksRandom(run) && !looksLikePath(run) ? stars(run) : run));
}

/** Whether a word or number after "token: " belongs to a sentence: "no token: connection refused", "the token: 2 h left". */
function isProse(before: string, after: string): boolean {
  return /token: $/i.test(before) && /^(?:[A-Za-z]{1,15}|\d{1,3})$/.test(after);
}

const KEY_LINE = /^(\s*)([\w.-]+)(\s*[=:]\s*)(.*)$/;

/** At least 16 characters of the Base64 alphabet, in either variant. */
const BASE64_RUN = /[A-Za-z0-9+/=_-]{16,}/g;

/**
 * Redacts a line of an AWS file: the value of a secret key, even if the key is misspelled. A line that is not
 * `key = value` may be the second half of a secret with a line break in it, so all Base64 in it is redacted.
 */
export function redactLine(line: string): string {
  const [, indent, key, separator, value] = KEY_LINE.exec(line) ?? [];
  if (key === undefined || isSecretText(key)) {
    const text = redact(line);
    return /^\s*\[[^\]]*\]/.test(line) ? text : text.replace(BASE64_RUN, stars);
  }
  return isSecretKey(key) || isSwapped(key, value ?? "")
    ? `${indent}${key}${separator}${stars(value ?? "")}`
    : redact(line);
}

/** Redacts a key: the parser takes a secret that ends with `=` for a key without a value. */
export function redactKey(key: string): string {
  return /^[\w.-]+$/.test(key) && !isSecretText(key) ? key : key.replace(BASE64_RUN, stars);
}

/** Whether the text before a separator is a secret rather than a key, which is words joined by underscores. */
function isSecretText(key: string): boolean {
  return /^[A-Za-z0-9+/=]{16,}$/.test(key);
}

function isSecretKey(key: string): boolean {
  return /secret|passw|session_?token|security_?token/i.test(key) || nearest(key, SECRET_KEYS) !== undefined;
}

/** Whether the value of an access key ID is a secret access key: an ID has no slash, and is in one case. */
function isSwapped(key: string, value: string): boolean {
  return /access_?key_?id/i.test(key) && (/[/+]/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value)));
}

/** Random text has upper case, lower case and digits. Few names and paths have all three. */
function looksRandom(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
}

/** Whether there are more slashes than in Base64, which has 1 in 64 characters on average. */
function looksLikePath(text: string): boolean {
  return text.split("/").length - 1 > text.length / 16;
}

/** As many stars as the text has characters, so that a caret below them keeps its position, but at most 20. */
function stars(text: string): string {
  return "*".repeat(Math.min([...text].length, 20));
}
