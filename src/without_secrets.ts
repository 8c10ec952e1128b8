/**
 * Text as it may be shown: an error or a trace must not carry a secret onto a screen or into a log. What is known to be
 * secret is never put into a message; this is for text of others: lines of files, URLs, what services and programs say.
 */

/** User and password of a URL. */
const USER_INFO = /(?<=\w:\/\/)[^\s/?#"'@]*:[^\s/?#"'@]*(?=@)/g;

/** What stands after the name of a secret, in INI, JSON, an environment or a command line. A `…_file` is none. */
const NAMED =
  /((?:secret[\s_-]?(?:access[\s_-]?)?key|secret|password|passwd|(?:session|security|access|refresh|bearer|id|auth)?[_-]?token)["']?(?:\s*[=:]\s*|\s+(?<=--[\w-]*\s+))["']?)([^\s"',;&]+)/gi;

/** Runs of the Base64 alphabet, as long as a secret access key or longer; names that long have `-` or `_` in them. */
const LONG = /[A-Za-z0-9+/]{40,}={0,2}/g;

const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/** In a message, a path or an ARN, of any kind. */
export function withoutSecrets(text: string): string {
  return text
    .replace(USER_INFO, hidden)
    .replace(NAMED, (_, before: string, secret: string) => `${before}${hidden(secret)}`)
    .replace(JSON_WEB_TOKEN, hidden)
    .replace(LONG, (run) => (looksRandom(run) && !looksLikePath(run) ? hidden(run) : run));
}

const SECRET_KEY = /^(\s*(?:aws_secret_access_key|aws_session_token|aws_security_token)\s*[=:]\s*)(.*)$/i;
const KEY_LINE = /^\s*([\w.-]+)\s*[=:]/;

/**
 * A line of a user's file, with the value of a secret key hidden. A line that is no `key = value` may be the rest of a
 * secret that was broken in two, so there everything that looks like one is hidden: 16 or more characters of Base64.
 */
export function lineWithoutSecrets(line: string): string {
  const secret = SECRET_KEY.exec(line);
  if (secret !== null) return `${secret[1]}${hidden(secret[2] ?? "")}`;
  const key = KEY_LINE.exec(line)?.[1];
  // A secret that ends with = looks like a key, but no key is like that.
  const isKey = key !== undefined && !(key.length >= 16 && looksRandom(key));
  if (isKey || /^\s*\[[^\]]*\]/.test(line)) return withoutSecrets(line);
  return withoutSecrets(line).replace(/[A-Za-z0-9+/=_-]{16,}/g, hidden);
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
