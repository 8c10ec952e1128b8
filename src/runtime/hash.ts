/** Hashes and HMACs: Bun's own, which need no module, or those of node:crypto under Deno and Node. */

export type HashAlgorithm = "sha1" | "sha256";

export interface Hash {
  /** @param data text is hashed as UTF-8. */
  update(data: string | Uint8Array): unknown;
  digest(): Uint8Array;
}

/**
 * Starts a hash. Loading node:crypto takes half as long as starting Bun, so it is loaded only where Bun is missing.
 *
 * @param secret the key of an HMAC; without it, the result is a plain hash.
 */
export function startHash(algorithm: HashAlgorithm, secret?: string | Uint8Array): Hash {
  if (process.versions.bun !== undefined) return new Bun.CryptoHasher(algorithm, secret);
  const { createHash, createHmac } = process.getBuiltinModule("node:crypto");
  return secret === undefined ? createHash(algorithm) : createHmac(algorithm, secret);
}
