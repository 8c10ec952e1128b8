/** Lines of a user's file as they may be shown: an error must not carry a secret onto a screen or into a log. */

const SECRET_KEY = /^(\s*(?:aws_secret_access_key|aws_session_token|aws_security_token)\s*[=:]\s*)(.*)$/i;
const KEY_LINE = /^\s*[\w.-]+\s*[=:]/;

/**
 * The line, with the value of a secret key hidden. A line that is no `key = value` may be the rest of a secret that was
 * broken in two, so there everything that looks like one is hidden: 16 or more characters of the Base64 alphabet.
 */
export function withoutSecrets(line: string): string {
  const secret = SECRET_KEY.exec(line);
  if (secret !== null) return `${secret[1]}${hidden(secret[2] ?? "")}`;
  if (KEY_LINE.test(line) || /^\s*\[/.test(line)) return line;
  return line.replace(/[A-Za-z0-9+/=_-]{16,}/g, hidden);
}

/** As wide as what it hides, so that a caret below still points at the right place, but at most 20 wide. */
function hidden(text: string): string {
  return "*".repeat(Math.min([...text].length, 20));
}
