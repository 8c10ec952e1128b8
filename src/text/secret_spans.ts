/**
 * Finds secrets in text that comes from outside. Each part of the search reads every character a bounded number of
 * times, whatever the text is: a service must not be able to keep rolecall busy with its error message.
 */

/** A text that is read character by character: a string, or in a test one that counts how much is read. */
export interface Characters {
  readonly length: number;
  charAt(index: number): string;
  slice(start: number, end: number): string;
}

/** A part of a text, from `start` up to but without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A part of each name of a secret. */
const NAME_PART = /secret|passw|passphrase|passcode|token|code|key|signature|cookie|authorization|bearer/i;

/** A part of each run that is secret: 40 characters, or the beginning of a JSON Web Token or a UUID. */
const RUN_PART = /[\w+/-]{40}|eyJ|[\da-f]{8}-/i;

/** Whether the text may have a secret. If not, no part of it between white space has one either. */
export function mayHaveSecret(text: string): boolean {
  return /[%\\]|:\/\//.test(text) || NAME_PART.test(text) || RUN_PART.test(text);
}

/** @returns the secrets, in order and without overlaps. */
export function secretSpans(text: Characters): Span[] {
  const { decoded, offsets } = decode(text);
  const whole = decoded.slice(0, decoded.length);
  // Each part of the search is skipped if its secrets cannot occur: most texts have none, and lists contain thousands.
  const spans = mergeSpans([
    ...(whole.includes("://") ? userInfoSpans(decoded) : []),
    ...(NAME_PART.test(whole) ? namedSpans(decoded) : []),
    ...(RUN_PART.test(whole) ? runSpans(decoded) : []),
  ]);
  if (offsets === undefined) return spans;
  return spans.map(({ start, end }) => ({ start: offsets[start] ?? 0, end: offsets[end] ?? text.length }));
}

interface Decoded {
  readonly decoded: Characters;
  /** The index in the original text of each character and of the end. Undefined if nothing is escaped. */
  readonly offsets: readonly number[] | undefined;
}

/**
 * Decodes ASCII characters that a URL (`%2F`) or JSON (`\/`, `\u002f`) escapes. Characters that would end a value stay
 * escaped, except that a blank becomes `INNER_BLANK`, which does not end it.
 */
function decode(text: Characters): Decoded {
  if (!/[%\\]/.test(text.slice(0, text.length))) return { decoded: text, offsets: undefined };
  const characters: string[] = [];
  const offsets: number[] = [];
  let index = 0;
  while (index < text.length) {
    offsets.push(index);
    const character = text.charAt(index);
    const escaped = character === "%" || character === "\\" ? readEscape(text, index) : undefined;
    characters.push(escaped?.character ?? character);
    index += escaped?.length ?? 1;
  }
  if (characters.length === text.length) return { decoded: text, offsets: undefined };
  offsets.push(text.length);
  const offset = (at: number) => offsets[at] ?? text.length;
  const charAt = (at: number) => (offset(at + 1) === offset(at) + 1 ? text.charAt(offset(at)) : (characters[at] ?? ""));
  const slice = (start: number, end: number) =>
    Array.from({ length: Math.max(0, Math.min(end, characters.length) - start) }, (_, at) => charAt(start + at)).join(
      "",
    );
  const decoded = { length: characters.length, charAt, slice };
  return { decoded, offsets };
}

/** A blank inside a word, which does not end the word. */
const INNER_BLANK = "\u00a0";

function readEscape(text: Characters, index: number): { character: string; length: number } | undefined {
  if (text.slice(index, index + 2) === "\\/") return { character: "/", length: 2 };
  const found = /^(?:%|\\u00)([2-7][\dA-F])/i.exec(text.slice(index, index + 6));
  if (found === null) return undefined;
  const character = String.fromCharCode(Number.parseInt(found[1] ?? "", 16));
  if (/["'&,;<\\%]/.test(character)) return undefined;
  return { character: character === " " ? INNER_BLANK : character, length: found[0].length };
}

/** Sorts spans and joins those that overlap or touch. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || span.start > last.end) merged.push(span);
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  }
  return merged;
}

/** The first index from `start` on whose character does not pass the test. */
function endWhere(text: Characters, start: number, passes: (character: string) => boolean): number {
  let index = start;
  while (index < text.length && passes(text.charAt(index))) index++;
  return index;
}

function isBlank(character: string): boolean {
  return (character <= " " || character > "~") && /\s/.test(character);
}

// User and password in a URL

/** User and password, even if the password contains a `/` that is not percent-encoded. */
function userInfoSpans(text: Characters): Span[] {
  const spans: Span[] = [];
  for (let index = 0; index < text.length; index++) {
    if (!isSchemeEnd(text, index)) continue;
    const start = index + 3;
    let authorityEnd: number | undefined;
    let colon: number | undefined;
    let hasPassword = false;
    let lastAt: number | undefined;
    for (index = start; index < text.length && !isSchemeEnd(text, index); index++) {
      const character = text.charAt(index);
      if (/[\s"'<>]/.test(character)) break;
      if (character === "@" && (authorityEnd === undefined || hasPassword)) lastAt = index;
      if (authorityEnd !== undefined) continue;
      if (character === ":") colon ??= index;
      if (!"/?#".includes(character)) continue;
      authorityEnd = index;
      // A port has digits only.
      hasPassword = colon !== undefined && /\D/.test(text.slice(colon + 1, index));
    }
    if (lastAt !== undefined) spans.push({ start, end: lastAt });
    index--;
  }
  return spans;
}

function isSchemeEnd(text: Characters, index: number): boolean {
  return text.charAt(index) === ":" && text.charAt(index + 1) === "/" && text.charAt(index + 2) === "/";
}

// Values after the name of a secret

/**
 * What the names of secrets end with, in lower case and without `_` and `-`. Names such as `…_token_file` do not match.
 */
const SECRET_NAME =
  /(?:secret|secret(?:access)?key|password|passwd|passphrase|passcode|token|tokencode|mfacode|apikey|privatekey|signature|cookie|authorization)$/;

/** Longer than every name above. */
const MAX_NAME_LENGTH = 32;

/** The schemes of an `Authorization` header. The secret is the word after them. */
const SCHEME = /^(?:bearer|basic|dpop|negotiate|token)$/i;

/** The scheme that is also recognized outside a header. */
const BEARER = "bearer";

/**
 * A word or number after `token: ` that belongs to a sentence: "no token: connection refused", "the token: 2 h left".
 */
const PROSE = /^(?:[A-Za-z]{1,15}|\d{1,3})$/;

/** The value after the name of a secret, in INI, JSON, XML, a header, an environment or a command line. */
function namedSpans(text: Characters): Span[] {
  const spans: Span[] = [];
  let phrase = "";
  let phraseEnd = -1;
  let index = 0;
  while (index < text.length) {
    if (!isNameCharacter(text.charAt(index))) {
      index++;
      continue;
    }
    const start = index;
    const end = endWhere(text, start, isNameCharacter);
    const word = text
      .slice(Math.max(start, end - MAX_NAME_LENGTH), end)
      .toLowerCase()
      .replace(/[_-]/g, "");
    // `secret access key` is one name.
    const isNext = start === phraseEnd + 1 && isBlank(text.charAt(phraseEnd));
    phrase = `${isNext ? phrase : ""}${word}`.slice(-MAX_NAME_LENGTH);
    phraseEnd = end;
    const { span, next } = valueAfter(text, start, end, { word, isSecretName: SECRET_NAME.test(phrase) });
    if (span !== undefined && span.end > span.start) spans.push(span);
    index = next;
  }
  return spans;
}

// By comparison, because a regular expression for each character takes three times as long.
function isNameCharacter(character: string): boolean {
  return (
    (character >= "a" && character <= "z") ||
    (character >= "A" && character <= "Z") ||
    (character >= "0" && character <= "9") ||
    character === "_" ||
    character === "-"
  );
}

interface Name {
  readonly word: string;
  readonly isSecretName: boolean;
}

interface Value {
  /** Undefined if no secret follows. */
  readonly span?: Span;
  /** The index at which the search continues. */
  readonly next: number;
}

/** The value after the word from `start` to `end`. */
function valueAfter(text: Characters, start: number, end: number, { word, isSecretName }: Name): Value {
  if (!isSecretName) return word === BEARER ? wordAfterScheme(text, end) : { next: end };
  if (text.charAt(start - 1) === "<" && text.charAt(end) === ">") {
    const valueEnd = endWhere(text, end + 1, (character) => character !== "<");
    return { span: { start: end + 1, end: valueEnd }, next: valueEnd };
  }
  const afterName = endWhere(text, end, isQuote);
  const beforeSeparator = endWhere(text, afterName, isBlank);
  const afterSeparator = endWhere(text, beforeSeparator, (character) => character === ":" || character === "=");
  const isOption = text.charAt(start) === "-" && text.charAt(start + 1) === "-" && beforeSeparator > end;
  if (afterSeparator === beforeSeparator && !isOption) return { next: beforeSeparator };
  // `=>`
  const arrow = text.charAt(afterSeparator) === ">" ? afterSeparator + 1 : afterSeparator;
  const valueStart = endWhere(text, arrow, isBlank);
  const afterQuote = endWhere(text, valueStart, isQuote);
  if (afterQuote > valueStart) {
    const quote = text.charAt(afterQuote - 1);
    const valueEnd = quotedEnd(text, afterQuote, quote);
    return { span: { start: afterQuote, end: valueEnd }, next: valueEnd };
  }
  const valueEnd = endWhere(text, valueStart, isValueCharacter);
  const value = text.slice(valueStart, valueEnd);
  if (SCHEME.test(value)) {
    const inner = wordAfterScheme(text, valueEnd);
    if (inner.span !== undefined) return inner;
  }
  const isSentence = text.slice(end, valueStart) === ": " && !/passw|secret/.test(word) && PROSE.test(value);
  return isSentence ? { next: valueStart } : { span: { start: valueStart, end: valueEnd }, next: valueEnd };
}

/** The word after `Bearer`, unless it belongs to a sentence. */
function wordAfterScheme(text: Characters, schemeEnd: number): Value {
  const start = endWhere(text, schemeEnd, isBlank);
  const end = endWhere(text, start, isValueCharacter);
  const isSecret = start > schemeEnd && end - start >= 4 && !PROSE.test(text.slice(start, end));
  return isSecret ? { span: { start, end }, next: end } : { next: start };
}

/** A quote, which is escaped in JSON inside JSON. */
function isQuote(character: string): boolean {
  return character === '"' || character === "'" || character === "\\";
}

function isValueCharacter(character: string): boolean {
  return character === INNER_BLANK || !("\"',;&".includes(character) || isBlank(character));
}

/** The end of a quoted value: the quote, or the end of the line. A quote after a backslash is part of the value. */
function quotedEnd(text: Characters, start: number, quote: string): number {
  const isNested = text.charAt(start - 2) === "\\";
  let index = start;
  for (; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === quote || character === "\n") break;
    if (character !== "\\") continue;
    if (isNested) break;
    index++;
  }
  return Math.min(index, text.length);
}

// Runs of random characters

/** The length of a secret access key. Shorter runs cannot be distinguished from names. */
const MIN_SECRET_LENGTH = 40;

const JWT = /(?:^|\/)eyJ[\w-]{6}/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** The folders that absolute paths begin with. They distinguish a path, which can look random, from a secret. */
const PATH_START =
  /^\/(?:home|Users|root|tmp|var|etc|opt|usr|run|mnt|srv|private|Volumes|dev|proc|sys|nix|app|data|workspace|workspaces|work|builds|github|codebuild|snap|media|Library|Applications)\//;

/** Secret access keys, tokens, JSON Web Tokens, and UUIDs in URLs: the secret of a container's credentials. */
function runSpans(text: Characters): Span[] {
  const spans: Span[] = [];
  let isArn = false;
  let index = 0;
  while (index < text.length) {
    if (!isRunCharacter(text.charAt(index))) {
      if (/[\s"'()]/.test(text.charAt(index))) isArn = false;
      index++;
      continue;
    }
    const start = index;
    const end = endWhere(text, start, isRunCharacter);
    const run = text.slice(start, end);
    if (run === "arn" && text.charAt(end) === ":") isArn = true;
    const isPath = PATH_START.test(run.slice(0, 20)) || (text.charAt(start - 1) === "~" && run.startsWith("/"));
    if (JWT.test(run)) {
      // The three parts of a JSON Web Token are joined by dots.
      const tokenEnd = endWhere(text, end, (character) => character === "." || isRunCharacter(character));
      spans.push({ start, end: tokenEnd });
      index = tokenEnd;
      continue;
    }
    const padded = endWhere(text, end, (character) => character === "=");
    if (isSecretRun(run, isPath ? "path" : isArn ? "ARN" : undefined)) spans.push({ start, end: padded });
    else if (!isPath) spans.push(...uuidSpans(text, start, end));
    index = padded;
  }
  return spans;
}

/** Base64 in either alphabet. */
function isRunCharacter(character: string): boolean {
  return isNameCharacter(character) || character === "+" || character === "/";
}

/** UUIDs that are a whole segment of a path. */
function uuidSpans(text: Characters, start: number, end: number): Span[] {
  const spans: Span[] = [];
  let from = start;
  for (let index = start; index <= end; index++) {
    if (index < end && text.charAt(index) !== "/") continue;
    const isAfterSlash = from > start || text.charAt(from - 1) === "/";
    if (isAfterSlash && index - from === 36 && UUID.test(text.slice(from, index)))
      spans.push({ start: from, end: index });
    from = index + 1;
  }
  return spans;
}

/** What a run is part of. The names in it may look a little random. */
type Location = "path" | "ARN" | undefined;

function isSecretRun(run: string, location: Location): boolean {
  if (run.length < MIN_SECRET_LENGTH) return false;
  if (run.split(/[_-]/).some((part) => isSecretKeyText(part, location))) return true;
  return /[_-]/.test(run) && randomLength(run.split(/[/_-]/)) >= (location === undefined ? 24 : 32);
}

/** The hashes in the names of files: SHA-1 and SHA-256, and those of Nix. */
const HASH = /(?<![^/])(?:[\da-f]{40}|[\da-f]{64}|(?<=\/nix\/store\/)[\da-z]{32})(?![^/])/g;

/** Whether standard Base64 contains a secret access key or a token. */
function isSecretKeyText(text: string, location: Location): boolean {
  if (text.length < MIN_SECRET_LENGTH) return false;
  return text.split(HASH).some((part) => {
    if (part.length < MIN_SECRET_LENGTH || isName(part) || new Set(part).size < 10) return false;
    if (location === undefined) return true;
    const segments = part.split("/").filter((segment) => location === "path" || !hasLongWords(segment));
    return randomLength(segments) >= 12;
  });
}

/**
 * Letters with few capitals, and slashes: one in ten million secret access keys has no digits, no `+` and few capitals.
 */
function isName(text: string): boolean {
  if (!/^[A-Za-z/]+\d{0,4}$/.test(text) || text.replace(/[^A-Z]/g, "").length > text.length / 4) return false;
  return countWords(text) * 3.5 <= text.length;
}

/** Whether a name such as `DeploymentRole2026Europe` consists of words and numbers of five characters on average. */
function hasLongWords(name: string): boolean {
  return countWords(name) * 5 <= name.length;
}

function countWords(text: string): number {
  return (text.match(/[A-Z]+[a-z]*|[a-z]+|\d+|\+/g) ?? []).length;
}

/** The number of characters in parts that are neither names nor hexadecimal numbers. */
function randomLength(parts: readonly string[]): number {
  return parts
    .filter((part) => !isName(part) && !/^(?:[\da-f]*|[A-Z]*)$/.test(part))
    .reduce((sum, part) => sum + part.length, 0);
}
