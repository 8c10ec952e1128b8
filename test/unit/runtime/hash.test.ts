/** Hashes and HMACs: the vectors of FIPS 180 and RFC 4231. */
import { expect, test } from "bun:test";
import { type HashAlgorithm, startHash } from "../../../src/runtime/hash.ts";

const rows: readonly [
  algorithm: HashAlgorithm,
  secret: string | undefined,
  parts: readonly string[],
  digest: string,
][] = [
  ["sha1", undefined, ["abc"], "a9993e364706816aba3e25717850c26c9cd0d89d"],
  ["sha256", undefined, ["a", "bc"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["sha256", undefined, [], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [
    "sha256",
    "Jefe",
    ["what do ya want ", "for nothing?"],
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
];

for (const [algorithm, secret, parts, digest] of rows) {
  test(`${algorithm} of ${JSON.stringify(parts.join(""))}${secret === undefined ? "" : " with a secret"}`, () => {
    const hash = startHash(algorithm, secret);
    for (const part of parts) hash.update(part);
    expect(Buffer.from(hash.digest()).toString("hex")).toBe(digest);
  });
}
