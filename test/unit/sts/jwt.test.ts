/** When a token ends, whatever the token is. */
import { describe, expect, test } from "bun:test";
import { readJwt } from "../../../src/sts/jwt.ts";

const jwt = (claims: string) => `e30.${Buffer.from(claims).toString("base64url")}.c2ln`;

describe("readJwt", () => {
  const rows: readonly [what: string, token: string, expiration: string | "none" | undefined][] = [
    ["with an end", jwt('{"exp":1767323045}'), "2026-01-02T03:04:05.000Z"],
    ["with an end and a newline after it", `${jwt('{"exp":1767323045}')}\n`, "2026-01-02T03:04:05.000Z"],
    ["without an end", jwt('{"sub":"x"}'), "none"],
    ["with an end that is no number", jwt('{"exp":"soon"}'), "none"],
    ["with an end beyond all time", jwt('{"exp":1e300}'), "none"],
    ["two parts only", "e30.e30", undefined],
    ["no JSON inside", "e30.bm90IGpzb24.c2ln", undefined],
    ["a list inside", jwt("[]"), undefined],
    ["opaque", "Atza|IQEBLjAsAhQ", undefined],
    ["empty", "", undefined],
  ];
  for (const [what, token, expiration] of rows) {
    test(what, () => {
      const read = readJwt(token);
      expect(read === undefined ? undefined : (read.expiration?.toISOString() ?? "none")).toBe(expiration);
    });
  }
});
