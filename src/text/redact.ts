/**
 * Redacts secrets in text that comes from outside: lines of files, URLs, messages of services and programs. An error or
 * a trace must not show a secret on a screen or in a log. (Values that are known to be secret never get into a message.)
 */
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import { mayHaveSecret, mergeSpans, type Span, secretSpans } from "./secret_spans.ts";
import { nearest } from "./suggest.ts";

/** Redacts the secrets in a message, a path, an ARN or any other text. */
export function redact(text: string): string {
  return mayHaveSecret(text) ? withStars(text, secretSpans(text)) : text;
}

/** How much of the text after the maximum is read. Longer than a secret access key and most passwords. */
const LOOKAHEAD = 256;

/**
 * Redacts the secrets in the first `max` characters of a text of any length. A secret that is cut off is redacted, too.
 *
 * @returns at most `max` characters, and an ellipsis if something was cut off.
 */
export function redactExcerpt(text: string, max: number): string {
  const read = text.slice(0, max + LOOKAHEAD);
  if (read.length === text.length) return cutOff(redact(read), max);
  let start = read.length;
  while (start > read.length - LOOKAHEAD && /\S/.test(read.charAt(start - 1))) start--;
  const lastWord = { start, end: read.length };
  return cutOff(`${withStars(read, mergeSpans([...secretSpans(read), lastWord]))}…`, max);
}

function cutOff(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}

function withStars(text: string, spans: readonly Span[]): string {
  let shown = "";
  let index = 0;
  for (const { start, end } of spans) {
    shown += text.slice(index, start) + stars(text.slice(start, end));
    index = end;
  }
  return shown + text.slice(index);
}

const KEY_LINE = /^(\s*)([\w.-]+)(\s*[=:]\s*)(.*)$/s;

/** At least 16 characters of the Base64 alphabet, in either variant. */
const BASE64_RUN = /[A-Za-z0-9+/=_-]{16,}/g;

/**
 * Redacts a line of an AWS file or of the settings file: the value of a secret key, even if the key is misspelled, and
 * the arguments of a command, which may contain a password or the seed of an MFA device. A line that is not
 * `key = value` may be the second half of a secret with a line break in it, so all Base64 in it is redacted.
 */
export function redactLine(line: string): string {
  const [, indent = "", key, separator = "", value = ""] = KEY_LINE.exec(line) ?? [];
  if (key !== undefined && (isSecretKey(key) || isSwapped(key, value)))
    return `${indent}${key}${separator}${stars(value)}`;
  if (key !== undefined && isCommandKey(key)) return `${indent}${key}${separator}${redactArguments(value)}`;
  const [start, command] = splitAtCommand(line);
  if (command !== undefined) return `${redact(start)}${redactArguments(command)}`;
  if (key !== undefined && !isSecretText(key)) return redact(line);
  const text = redact(line);
  return /^\s*\[[^\]]*\]/.test(line) ? text : text.replace(BASE64_RUN, stars);
}

/** How many lines are searched for the key that a line continues. */
const MAX_CONTINUATION_LINES = 1000;

/** Redacts a line in its context: an indented line continues the value of the key above it. */
export function redactFileLine(lines: readonly string[], index: number): string {
  const line = lines[index] ?? "";
  if (!/^\s+\S/.test(line)) return redactLine(line);
  const first = Math.max(0, index - MAX_CONTINUATION_LINES);
  const above = lines.slice(first, index).findLast((text) => /^\S/.test(text) && !/^[#;]/.test(text));
  const [, , key] = KEY_LINE.exec(above ?? "") ?? [];
  const [indent = ""] = /^\s*/.exec(line) ?? [];
  if (key === undefined || !(isSecretKey(key) || isCommandKey(key))) return redactLine(line);
  return `${indent}${stars(line.slice(indent.length))}`;
}

/** The part of a line up to the command in it, and the command: `role.a = { mfa_process = "pass otp x" }`. */
function splitAtCommand(line: string): readonly [start: string, command: string | undefined] {
  const found = /(?:credential|mfa)_process["']?\s{0,100}[=:]\s*/i.exec(line);
  const end = found === null ? line.length : found.index + found[0].length;
  return [line.slice(0, end), found === null ? undefined : line.slice(end)];
}

/**
 * Redacts the arguments of a command. A program in quotes is shown only if arguments follow it: in TOML, the quotes are
 * around the whole command.
 */
function redactArguments(command: string): string {
  const [, quoted, rest] = /^("[^"]*"|'[^']*')(\s+[^\s#,}].*)$/s.exec(command) ?? [];
  const program = quoted ?? /^\[?[^\s,]*/.exec(command)?.[0] ?? "";
  const after = rest ?? command.slice(program.length);
  const [blank = ""] = /^[\s,]*/.exec(after) ?? [];
  return `${redact(program)}${blank}${stars(after.slice(blank.length))}`;
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

/** The keys whose values are commands. */
const COMMAND_KEYS = ["credential_process", "mfa_process"];

function isCommandKey(key: string): boolean {
  return /process$/i.test(key) || nearest(key, COMMAND_KEYS) !== undefined;
}

/** As many stars as the text has characters, so that a caret below them keeps its position, but at most 20. */
function stars(text: string): string {
  return "*".repeat(Math.min(20, [...text.slice(0, 40)].length));
}
