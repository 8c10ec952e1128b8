/** The refresh that the SSO token and the login session share. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RolecallError } from "../../../src/domain/errors.ts";
import { currentToken, inspectToken, type TokenFile, TokenRefreshError } from "../../../src/sources/token_refresh.ts";
import type { JsonObject } from "../../../src/text/json_object.ts";
import { NOW, rejection, systemError, testEffects } from "../../support/test_effects.ts";

const folder = mkdtempSync(join(tmpdir(), "rolecall-token-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PATH = join(folder, "token.json");

/** A file with a token in the member `token` that expires after `seconds`, and is refreshed in the last minute. */
function tokenFile(canRefresh: boolean): TokenFile<string> {
  return {
    path: PATH,
    tokenName: "the test token",
    refreshWindowSeconds: 60,
    parse: ({ token, seconds }) =>
      typeof token === "string" && typeof seconds === "number"
        ? { value: token, expiration: new Date(NOW.getTime() + seconds * 1000) }
        : undefined,
    canRefresh: () => canRefresh,
    registrationExpiresAt: () => undefined,
    missingError: (json) => new RolecallError("login-needed", json === undefined ? "no file" : "incomplete"),
    expiredError: (refreshError) => new RolecallError("login-failed", refreshError?.message ?? "expired"),
  };
}

const succeed = async (json: JsonObject) => ({ ...json, token: "new", seconds: 3600 });
const fail = () => Promise.reject(new TokenRefreshError("HTTP 500"));
const failForGood = () => Promise.reject(new RolecallError("login-needed", "revoked"));

type Refresh = (json: JsonObject) => Promise<JsonObject>;

const stored = (seconds: number) => JSON.stringify({ token: "old", seconds, extra: "kept" });

function useToken(content: string | Error | undefined, refresh: Refresh, canRefresh = true) {
  const effects = testEffects(content === undefined ? {} : { files: { [PATH]: content } });
  let refreshes = 0;
  const counted: Refresh = async (json) => {
    refreshes++;
    return await refresh(json);
  };
  return { token: currentToken(tokenFile(canRefresh), counted, effects), effects, count: () => refreshes };
}

describe("the token that is used", () => {
  const rows: readonly [
    what: string,
    seconds: number,
    refresh: Refresh,
    canRefresh: boolean,
    expected: string,
    refreshes: number,
    warnings: readonly RegExp[],
  ][] = [
    ["is the current one before the refresh window", 61, succeed, true, "old", 0, []],
    ["is the new one from the start of the refresh window", 60, succeed, true, "new", 1, []],
    ["is the new one if the current one has expired", -1, succeed, true, "new", 1, []],
    ["is the current one if it cannot be refreshed", 1, succeed, false, "old", 0, []],
    [
      "is the current one, with a warning, if the refresh fails",
      1,
      fail,
      true,
      "old",
      1,
      [/^could not refresh the test token: HTTP 500; using the current one until 2026-01-02T03:04:06/],
    ],
    [
      "is the current one, with a warning, if the new one is incomplete",
      1,
      async () => ({}),
      true,
      "old",
      1,
      [/^could not refresh the test token: HTTP 200 without complete credentials; using the current one/],
    ],
  ];
  for (const [what, seconds, refresh, canRefresh, expected, refreshes, warnings] of rows) {
    test(what, async () => {
      const { token, effects, count } = useToken(stored(seconds), refresh, canRefresh);
      expect(await token).toBe(expected);
      expect(count()).toBe(refreshes);
      expect(effects.warnings.length).toBe(warnings.length);
      for (const [index, warning] of warnings.entries()) expect(effects.warnings[index]).toMatch(warning);
    });
  }

  test("is written back with all other members", async () => {
    await useToken(stored(1), succeed).token;
    expect(JSON.parse(readFileSync(PATH, "utf8"))).toEqual({ token: "new", seconds: 3600, extra: "kept" });
  });
});

describe("an error", () => {
  const rows: readonly [
    what: string,
    content: string | Error | undefined,
    refresh: Refresh,
    canRefresh: boolean,
    string,
  ][] = [
    ["if the file does not exist", undefined, succeed, true, "login-needed: no file"],
    ["if the file is not JSON", "nonsense", succeed, true, "login-needed: no file"],
    ["if the file is incomplete", "{}", succeed, true, "login-needed: incomplete"],
    [
      "if the file cannot be read",
      systemError("EACCES"),
      succeed,
      true,
      `file-unreadable: ${PATH} cannot be read: Permission denied`,
    ],
    ["if the token has expired and cannot be refreshed", stored(0), succeed, false, "login-failed: expired"],
    ["if the token has expired and the refresh fails", stored(0), fail, true, "login-failed: HTTP 500"],
    ["if only a new login helps, even before the token expires", stored(1), failForGood, true, "login-needed: revoked"],
  ];
  for (const [what, content, refresh, canRefresh, expected] of rows) {
    test(what, async () => {
      const error = await rejection(useToken(content, refresh, canRefresh).token);
      if (!(error instanceof RolecallError)) throw error;
      expect(`${error.code}: ${error.message}`).toBe(expected);
    });
  }
});

describe("the state of a token", () => {
  const rows: readonly [
    content: string | undefined,
    canRefresh: boolean,
    state: string,
    problem: string | undefined,
  ][] = [
    [stored(61), true, "valid", undefined],
    [stored(60), true, "refreshable", undefined],
    [stored(-1), true, "refreshable", undefined],
    [stored(60), false, "valid", undefined],
    [stored(0), false, "expired", "expired"],
    [undefined, true, "missing", "no file"],
    ["{}", true, "missing", "incomplete"],
  ];
  for (const [content, canRefresh, state, problem] of rows) {
    test(`${content} ${canRefresh ? "can" : "cannot"} be refreshed: ${state}`, () => {
      const effects = testEffects(content === undefined ? {} : { files: { [PATH]: content } });
      const found = inspectToken(tokenFile(canRefresh), effects);
      expect([found.state, found.problem?.message]).toEqual([state, problem]);
      expect(found.file).toBe(PATH);
    });
  }
});
