/** The expiration of JSON Web Tokens, and texts that are not tokens. */
import { describe, expect, test } from "bun:test";
import { readJwt } from "../../../src/sts/jwt.ts";

const jwt = (claims: string) => `e30.${Buffer.from(claims).toString("base64url")}.c2ln`;

describe("readJwt", () => {
  const rows: readonly [what: string, token: string, expiration: string | "none" | undefined][] = [
    ["with an expiration", jwt('{"exp":1767323045}'), "2026-01-02T03:04:05.000Z"],
    ["with an expiration and a trailing newline", `${jwt('{"exp":1767323045}')}\n`, "2026-01-02T03:04:05.000Z"],
    ["without an expiration", jwt('{"sub":"x"}'), "none"],
    ["with an expiration that is not a number", jwt('{"exp":"soon"}'), "none"],
    ["with an expiration beyond the range of dates", jwt('{"exp":1e300}'), "none"],
    ["two parts", "e30.e30", undefined],
    ["not JSON", "e30.bm90IGpzb24.c2ln", undefined],
    ["a JSON list", jwt("[]"), undefined],
    ["an opaque token", "Atza|IQEBLjAsAhQ", undefined],
    ["empty", "", undefined],
  ];
  for (const [what, token, expiration] of rows) {
    test(what, () => {
      const read = readJwt(token);
      expect(read === undefined ? undefined : (read.expiration?.toISOString() ?? "none")).toBe(expiration);
    });
  }
});
