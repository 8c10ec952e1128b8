/**
 * Reads the claims of a JSON Web Token (RFC 7519). It does not verify the signature: the service that accepts the token
 * does.
 */
import { parseJsonObject } from "../text/json_object.ts";

export interface JwtClaims {
  /** The `exp` claim, if the token has one. */
  readonly expiration: Date | undefined;
  /** The `iss` claim, if the token has one. */
  readonly issuer: string | undefined;
}

/** @returns undefined if the text is not a JSON Web Token. */
export function readJwt(token: string): JwtClaims | undefined {
  const parts = token.trim().split(".");
  const claims =
    parts.length === 3 ? parseJsonObject(Buffer.from(parts[1] ?? "", "base64url").toString("utf8")) : undefined;
  if (claims === undefined) return undefined;
  const expiration = typeof claims.exp === "number" ? new Date(claims.exp * 1000) : undefined;
  return {
    expiration: Number.isNaN(expiration?.getTime()) ? undefined : expiration,
    issuer: typeof claims.iss === "string" ? claims.iss : undefined,
  };
}
