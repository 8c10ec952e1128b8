/** Which request of the browser ends a sign-in, and the page that a person sees. */
import { describe, expect, test } from "bun:test";
import {
  pageResponse,
  REGISTERED_REDIRECT_URI,
  type Redirect,
  readConfirmation,
  readPasted,
  readRedirect,
  redirectUri,
} from "../../../src/login/callback.ts";

const STATE = "2f1f7f1e-58a4-4a3c-9d52-0d6d2f4f0f4a";
const CODE: Redirect = { kind: "code", code: "c" };
const FOREIGN: Redirect = { kind: "foreign" };

describe("readRedirect", () => {
  const rows: readonly [what: string, path: string, expected: Redirect, method?: string, host?: string][] = [
    ["the redirect", `/oauth/callback?code=c&state=${STATE}`, CODE],
    ["further parameters", `/oauth/callback?iss=x&state=${STATE}&code=c`, CODE],
    ["another state", "/oauth/callback?code=c&state=2f1f7f1e-58a4-4a3c-9d52-0d6d2f4f0f4b", FOREIGN],
    ["a prefix of the state", `/oauth/callback?code=c&state=${STATE.slice(0, 8)}`, FOREIGN],
    ["no state", "/oauth/callback?code=c", FOREIGN],
    ["no code", `/oauth/callback?state=${STATE}`, FOREIGN],
    ["an empty code", `/oauth/callback?code=&state=${STATE}`, FOREIGN],
    ["two codes", `/oauth/callback?code=a&code=b&state=${STATE}`, FOREIGN],
    ["two states", `/oauth/callback?code=c&state=x&state=${STATE}`, FOREIGN],
    ["another path", `/callback?code=c&state=${STATE}`, FOREIGN],
    ["a path below", `/oauth/callback/x?code=c&state=${STATE}`, FOREIGN],
    ["an absolute target", `http://127.0.0.1:8400/oauth/callback?code=c&state=${STATE}`, FOREIGN],
    ["two slashes", `//oauth/callback?code=c&state=${STATE}`, FOREIGN],
    ["POST", `/oauth/callback?code=c&state=${STATE}`, FOREIGN, "POST"],
    ["HEAD", `/oauth/callback?code=c&state=${STATE}`, FOREIGN, "HEAD"],
    ["another host", `/oauth/callback?code=c&state=${STATE}`, FOREIGN, "GET", "evil.example:8400"],
    ["localhost", `/oauth/callback?code=c&state=${STATE}`, FOREIGN, "GET", "localhost:8400"],
    ["another port", `/oauth/callback?code=c&state=${STATE}`, FOREIGN, "GET", "127.0.0.1:80"],
    ["an error", `/oauth/callback?error=access_denied&state=${STATE}`, { kind: "error", error: "access_denied" }],
    [
      "an error without the state",
      "/oauth/callback?error=access_denied",
      { kind: "unproven-error", error: "access_denied" },
    ],
    [
      "an error that is no OAuth code",
      `/oauth/callback?error=%1b[2Jrun%20this&state=${STATE}`,
      { kind: "error", error: "an unknown error" },
    ],
    [
      "an error and a code",
      `/oauth/callback?error=invalid_scope&code=c&state=${STATE}`,
      { kind: "error", error: "invalid_scope" },
    ],
  ];
  for (const [what, path, expected, method = "GET", host = "127.0.0.1:8400"] of rows) {
    test(what, () => expect(readRedirect({ method, path, headers: { host }, port: 8400 }, STATE)).toEqual(expected));
  }
});

describe("readPasted", () => {
  const rows: readonly [what: string, text: string, expected: Redirect | undefined][] = [
    ["the address", `http://127.0.0.1:8400/oauth/callback?code=c&state=${STATE}`, CODE],
    ["with white space around it", `  http://127.0.0.1:8400/oauth/callback?code=c&state=${STATE}\r\n`, CODE],
    ["as some browsers show it, without the scheme", `127.0.0.1:8400/oauth/callback?code=c&state=${STATE}`, CODE],
    ["the query alone", `?code=c&state=${STATE}`, CODE],
    ["another sign-in's", "http://127.0.0.1:8400/oauth/callback?code=c&state=x", FOREIGN],
    ["an error", `http://127.0.0.1/?error=access_denied&state=${STATE}`, { kind: "error", error: "access_denied" }],
    ["another address", "https://example.com/", undefined],
    ["a text", "y", undefined],
  ];
  for (const [what, text, expected] of rows) {
    test(what, () => expect(readPasted(text, STATE)).toEqual(expected));
  }
});

describe("readConfirmation", () => {
  const rows: readonly [what: string, text: string, expected: Redirect | undefined][] = [
    ["the code", btoa(`state=${STATE}&code=c`), CODE],
    ["with a line end", `${btoa(`state=${STATE}&code=c`)}\n`, CODE],
    ["another sign-in's", btoa("state=x&code=c"), FOREIGN],
    ["not Base64", "no!", undefined],
    ["without a code", btoa(`state=${STATE}`), undefined],
  ];
  for (const [what, text, expected] of rows) {
    test(what, () => expect(readConfirmation(text, STATE)).toEqual(expected));
  }
});

test("the registered redirect URI is the real one without its port", () => {
  expect(redirectUri(8400).replace(":8400", "")).toBe(REGISTERED_REDIRECT_URI);
});

test("the page escapes what it shows, has no script and loads nothing", () => {
  const { headers, body } = pageResponse(200, {
    isSuccess: true,
    title: "<b>",
    lines: ['a "profile" <script>alert(1)</script> & \u202e \u001b[2J'],
  });
  expect(body).toContain("&#60;b&#62;");
  expect(body).toContain("a &#34;profile&#34; &#60;script&#62;alert(1)&#60;/script&#62; &#38; \\u202e \ufffd[2J");
  expect(body).not.toMatch(/<script|https?:|src=|url\(/);
  expect(headers?.["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'sha256-/);
});
