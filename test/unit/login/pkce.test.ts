/** PKCE and the state. */
import { expect, test } from "bun:test";
import { challengeOf, newAuthorizationSecrets } from "../../../src/login/pkce.ts";

test("the challenge is that of the example in RFC 7636, appendix B", () => {
  expect(challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});

test("each sign-in has its own values", () => {
  const [a, b] = [newAuthorizationSecrets(), newAuthorizationSecrets()];
  expect(a.verifier).toMatch(/^[\w.~-]{64}$/);
  expect(a.challenge).toBe(challengeOf(a.verifier));
  expect(a.state).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(new Set([a.verifier, b.verifier, a.state, b.state]).size).toBe(4);
});
