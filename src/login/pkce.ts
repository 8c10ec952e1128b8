/** The random values of an authorization request: PKCE (RFC 7636) and the state. */
import { createHash, randomInt, randomUUID } from "node:crypto";

export interface AuthorizationSecrets {
  /** Sent only with the code, so that the code is worthless for everybody else. */
  readonly verifier: string;
  /** The hash of the verifier, which is a part of the URL for the browser. */
  readonly challenge: string;
  /** Comes back with the code, so that no other page can send one. */
  readonly state: string;
}

/** RFC 7636, section 4.1: the characters of a verifier. */
const UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

/** The length that the AWS CLI uses: of 43 to 128 characters. */
const VERIFIER_LENGTH = 64;

export function newAuthorizationSecrets(): AuthorizationSecrets {
  const verifier = Array.from({ length: VERIFIER_LENGTH }, () => UNRESERVED[randomInt(UNRESERVED.length)]).join("");
  return { verifier, challenge: challengeOf(verifier), state: randomUUID() };
}

/** The challenge of the method S256, which the sign-in service calls SHA-256. */
export function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
