/**
 * Text as it may be shown: an error or a trace must not carry a secret onto a screen or into a log. What is known to be
 * secret is never put into a message; this is for text of others: lines of files, URLs, what services and programs say.
 */
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import { nearest } from "./suggest.ts";

/** User and password of a URL. */
const USER_INFO = /(?<=\w:\/\/)[^\s/?#"'@]*:[^\s/?#"'@]*(?=@)/g;

/** What stands after the name of a secret, in INI, JSON, an environment or a command line. A `…_file` is none. */
const NAMED =
  /((?:secret[\s_-]?(?:access[\s_-]?)?key|secret|password|passwd|(?:session|security|access|refresh|bearer|id|auth)?[_-]?token)["']?(?:\s*[=:]\s*|\s+(?<=--[\w-]*\s+))["']?)([^\s"',;&]+)/gi;

/** Runs of the Base64 alphabet, as long as a secret access key or longer; names that long have `-` or `_` in them. */
const LONG = /[A-Za-z0-9+/]{40,}={0,2}/g;

const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/** In a message, a path or an ARN, of any kind. */
export function redact(text: string): string {
  return text
    .replace(USER_INFO, hidden)
    .replace(NAMED, (whole, before: string, secret: string) =>
      isProse(before, secret) ? whole : `${before}${hidden(secret)}`,
    )
    .replace(JSON_WEB_TOKEN, hidden)
    .replace(LONG, (run) => (looksRandom(run) && !looksLikePath(run) ? hidden(run) : run));
}

/** "There is no token: nobody answers", "the token: 2 h left". */
function isProse(before: string, after: string): boolean {
  return /token: $/i.test(before) && /^(?:[A-Za-z]{1,15}|\d{1,3})$/.test(after);
}

const KEY_LINE = /^(\s*)([\w.-]+)(\s*[=:]\s*)(.*)$/;

/** 16 or more characters of the Base64 alphabet. */
const SECRET_TEXT = /[A-Za-z0-9+/=_-]{16,}/g;

/**
 * A line of a user's file, with the value of a secret key hidden, also where the key is misspelled. A line that is no
 * `key = value` may be the rest of a secret that was broken in two, so there everything that looks like one is hidden.
 */
export function redactLine(line: string): string {
  const [, indent, key, separator, value] = KEY_LINE.exec(line) ?? [];
  if (key === undefined || isSecretText(key)) {
    const text = redact(line);
    return /^\s*\[[^\]]*\]/.test(line) ? text : text.replace(SECRET_TEXT, hidden);
  }
  return isSecretKey(key) ? `${indent}${key}${separator}${hidden(value ?? "")}` : redact(line);
}

/** A key as it may be shown: what stands before the `=` that a secret ends with is read as one. */
export function redactKey(key: string): string {
  return /^[\w.-]+$/.test(key) && !isSecretText(key) ? key : key.replace(SECRET_TEXT, hidden);
}

/** Keys are words with underscores between. */
function isSecretText(key: string): boolean {
  return /^[A-Za-z0-9+/=]{16,}$/.test(key);
}

function isSecretKey(key: string): boolean {
  return /secret|passw|session_?token|security_?token/i.test(key) || nearest(key, SECRET_KEYS) !== undefined;
}

/** Names and paths are mostly of one case, without digits between; a secret has all three. */
function looksRandom(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
}

/** Base64 has a slash in 64 characters. */
function looksLikePath(text: string): boolean {
  return text.split("/").length - 1 > text.length / 16;
}

/** As wide as what it hides, so that a caret below still points at the right place, but at most 20 wide. */
function hidden(text: string): string {
  return "*".repeat(Math.min([...text].length, 20));
}
