/** Secrets that clients show. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A new one: 256 bits, in characters that a header and a shell take as they are. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Compares in a time that says nothing of where the two differ, nor of how long the right one is. */
export function equalsToken(shown: string | undefined, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(shown ?? ""), digest(secret)) && shown !== undefined;
}
