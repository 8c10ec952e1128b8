/** What a JSON web token says of itself. Its signature is not looked at: whoever takes the token does that. */
import { parseJsonObject } from "../text/json_object.ts";
export interface JwtClaims {
  /** When it ends, where it says so. */
  readonly expiration: Date | undefined;
  /** Who made it, where it says so. */
  readonly issuer: string | undefined;
}

/** @returns undefined for a text that is no JSON web token. */
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
