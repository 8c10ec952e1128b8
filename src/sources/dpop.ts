/** DPoP proofs (RFC 9449): a proof shows that the sender has the key to which a session's tokens are bound. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";

/**
 * The proof for a POST request.
 *
 * @param pem the private key, on the curve P-256.
 * @param url of the request.
 * @throws Error if the key cannot be used.
 */
export function dpopProof(pem: string, url: string, now: Date): string {
  const key = createPrivateKey(pem);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: publicJwk(key) };
  const claims = { htm: "POST", htu: url, iat: Math.floor(now.getTime() / 1000), jti: randomUUID() };
  const content = `${encode(header)}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(content), { key, dsaEncoding: "ieee-p1363" });
  return `${content}.${signature.toString("base64url")}`;
}

/** A new private key, in the format of the AWS CLI's cache: SEC1 (RFC 5915) as PEM. */
export function newDpopKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ format: "pem", type: "sec1" }).toString();
}

function publicJwk(key: KeyObject): Readonly<Record<string, unknown>> {
  const { kty, crv, x, y } = createPublicKey(key).export({ format: "jwk" });
  return { kty, crv, x, y };
}
