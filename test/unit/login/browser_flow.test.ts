/** A sign-in through the browser that takes too long, and the life of its listener. */
import { expect, test } from "bun:test";
import { RolecallError } from "../../../src/domain/errors.ts";
import { signInWithBrowser } from "../../../src/login/browser_flow.ts";
import { rejection, testEffects } from "../../support/test_effects.ts";

const BROWSER = { argv: undefined, reason: "there is no display", place: "here" } as const;

test("ends after the time limit, and stops listening", async () => {
  const effects = testEffects();
  let address = "";
  const flow = signInWithBrowser(
    {
      target: "corp",
      state: "s",
      port: undefined,
      alternative: "--use-device-code",
      authorizeUrl: (redirectUri) => {
        address = redirectUri;
        return "https://oidc.example/authorize";
      },
      exchange: async () => "token",
      describe: () => [],
    },
    { effects, browser: BROWSER, limitMs: 50 },
  );
  const error = await rejection(flow);
  expect(error instanceof RolecallError && error.code).toBe("sign-in-failed");
  expect(effects.shown).toContain("  https://oidc.example/authorize");
  expect(await rejection(fetch(address))).toBeInstanceOf(Error);
});

test("the first valid request wins", async () => {
  const effects = testEffects();
  const codes: string[] = [];
  let address = "";
  let finish = () => {};
  const exchanged = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const flow = signInWithBrowser(
    {
      target: "corp",
      state: "s",
      port: undefined,
      alternative: "--use-device-code",
      authorizeUrl: (redirectUri) => {
        address = redirectUri;
        return "https://oidc.example/authorize";
      },
      exchange: async (code) => {
        codes.push(code);
        await exchanged;
        return code;
      },
      describe: () => ["done"],
    },
    { effects, browser: BROWSER, limitMs: 60_000 },
  );
  while (address === "") await Promise.resolve();
  const first = fetch(`${address}?code=one&state=s`);
  while (codes.length === 0) await Bun.sleep(1);
  expect((await fetch(`${address}?code=two&state=s`)).status).toBe(404);
  finish();
  expect((await first).status).toBe(200);
  expect(await flow).toBe("one");
  expect(codes).toEqual(["one"]);
});
