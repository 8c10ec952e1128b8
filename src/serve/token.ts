/** The secret token that clients of the server send. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Makes a token of 256 random bits, from characters that need no quoting in a header or a shell. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Compares in constant time, so that the time reveals neither where the two differ nor how long the secret is. */
export function equalsToken(given: string | undefined, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given ?? ""), digest(secret)) && given !== undefined;
}
