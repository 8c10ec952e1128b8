/** The provider for IAM Identity Center: its token, the refresh of the token, and the role's credentials. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type Cache, NO_CACHE } from "../../../src/cache/cache.ts";
import { type ErrorCode, RolecallError } from "../../../src/domain/errors.ts";
import type { Sourced } from "../../../src/domain/origin.ts";
import type { ServiceSettings, SsoStep } from "../../../src/plan/plan.ts";
import { inspectSsoToken, ssoCredentials } from "../../../src/sources/sso.ts";
import type { TokenState } from "../../../src/sources/token_refresh.ts";
import { closedUrl, type Reply, type ScriptedServer, startScriptedServer } from "../../support/scripted_server.ts";
import { NOW, rejection } from "../../support/test_effects.ts";
import { type TokenHome, tokenHome } from "../../support/token_home.ts";

let server: ScriptedServer;
let home: TokenHome | undefined;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.stop());
afterEach(() => {
  home?.remove();
  home = undefined;
});

const START_URL = "https://corp.awsapps.com/start";
const SERVICES: ServiceSettings = { attempts: { value: 2, from: { default: "" } }, caBundle: undefined };

function at<T>(value: T, line: number): Sourced<T> {
  return { value, from: { file: "config", line, column: 1 } };
}

function stepOf(changes: Partial<SsoStep> = {}): SsoStep {
  return {
    kind: "sso",
    profile: "dev",
    session: at("corp", 1),
    accountId: at("123456789012", 2),
    roleName: at("Admin", 3),
    startUrl: at(START_URL, 4),
    region: at("eu-west-1", 5),
    portalEndpoint: at(`${server.url}/portal`, 6),
    oidcEndpoint: at(`${server.url}/oidc`, 7),
    from: at("", 2).from,
    ...changes,
  };
}

const LEGACY: Partial<SsoStep> = { session: undefined };

/** A timestamp relative to NOW. */
function inSeconds(seconds: number): string {
  return new Date(NOW.getTime() + seconds * 1000).toISOString().replace(".000Z", "Z");
}

function tokenFile(secondsLeft: number, changes: object = {}): object {
  return {
    startUrl: START_URL,
    region: "eu-west-1",
    accessToken: "old-token",
    expiresAt: inSeconds(secondsLeft),
    clientId: "client",
    clientSecret: "client-secret",
    registrationExpiresAt: inSeconds(86_400),
    refreshToken: "old-refresh",
    ...changes,
  };
}

function useHome(file: object | string | undefined, step: SsoStep): TokenHome {
  const name = step.session?.value ?? START_URL;
  home = tokenHome(`.aws/sso/cache/${createHash("sha1").update(name).digest("hex")}.json`, file);
  return home;
}

interface Situation {
  readonly file: object | string | undefined;
  readonly replies?: readonly Reply[];
  readonly step?: Partial<SsoStep>;
  readonly cache?: Cache;
}

async function credentialsOf({ file, replies = [KEYS], step: changes = {}, cache = NO_CACHE }: Situation) {
  const step = stepOf(changes);
  server.script(...replies);
  return await ssoCredentials(step, SERVICES, cache, useHome(file, step).effects);
}

const KEYS: Reply = {
  body: {
    roleCredentials: {
      accessKeyId: "ASIA",
      secretAccessKey: "s",
      sessionToken: "t",
      expiration: Date.parse("2026-01-02T09:00:00.999Z"),
    },
  },
};
const REFRESHED: Reply = { body: { accessToken: "new-token", expiresIn: 3600, refreshToken: "new-refresh" } };

/** The requests as `METHOD path`, with the token of the portal. */
function sent(): string[] {
  return server.requests.map(({ method, path, headers }) =>
    `${method} ${path} ${headers["x-amz-sso_bearer_token"] ?? ""}`.trim(),
  );
}

const PORTAL = "GET /portal/federation/credentials?account_id=123456789012&role_name=Admin";
const OIDC = "POST /oidc/token";

describe("role credentials", () => {
  test("come from the portal, for the token; milliseconds are dropped", async () => {
    expect(await credentialsOf({ file: tokenFile(3600) })).toEqual({
      accessKeyId: "ASIA",
      secretAccessKey: "s",
      sessionToken: "t",
      expiration: new Date("2026-01-02T09:00:00Z"),
      accountId: "123456789012",
    });
    expect(sent()).toEqual([`${PORTAL} old-token`]);
  });

  test("are requested with an encoded role name", async () => {
    await credentialsOf({ file: tokenFile(3600), step: { roleName: at("a+b&c", 3) } });
    expect(server.requests[0]?.path).toEndWith("role_name=a%2Bb%26c");
  });

  test("come from the cache if it has them, and no token is needed", async () => {
    const credentials = { accessKeyId: "CACHED", secretAccessKey: "s" };
    const cache: Cache = { ...NO_CACHE, read: () => ({ credentials }) };
    expect(await credentialsOf({ file: undefined, cache })).toEqual(credentials);
    expect(server.requests).toEqual([]);
  });

  test("are cached as credentials of SSO", async () => {
    const entries: unknown[] = [];
    const cache: Cache = {
      ...NO_CACHE,
      getOrCreate: async (_key, _what, create) => {
        const entry = await create();
        entries.push(entry);
        return entry;
      },
    };
    await credentialsOf({ file: tokenFile(3600), cache });
    expect(entries).toMatchObject([{ providerType: "sso", credentials: { accessKeyId: "ASIA" } }]);
  });

  test("are requested again after HTTP 500", async () => {
    expect(await credentialsOf({ file: tokenFile(3600), replies: [{ status: 500 }, KEYS] })).toMatchObject({
      accessKeyId: "ASIA",
    });
  });
});

describe("the token is refreshed", () => {
  const due = 15 * 60;
  const rows: readonly [what: string, file: object, step: Partial<SsoStep>, requests: readonly string[]][] = [
    ["not before its last 15 minutes", tokenFile(due + 1), {}, [`${PORTAL} old-token`]],
    ["in its last 15 minutes", tokenFile(due), {}, [OIDC, `${PORTAL} new-token`]],
    ["after it has expired", tokenFile(-3600), {}, [OIDC, `${PORTAL} new-token`]],
    ["not without a session, as in botocore", tokenFile(60), LEGACY, [`${PORTAL} old-token`]],
    ["not without a refresh token", tokenFile(60, { refreshToken: undefined }), {}, [`${PORTAL} old-token`]],
    ["not without a client id", tokenFile(60, { clientId: undefined }), {}, [`${PORTAL} old-token`]],
    ["not without a client secret", tokenFile(60, { clientSecret: undefined }), {}, [`${PORTAL} old-token`]],
    [
      "not without the expiration of the client",
      tokenFile(60, { registrationExpiresAt: undefined }),
      {},
      [`${PORTAL} old-token`],
    ],
    [
      "not with a malformed expiration of the client",
      tokenFile(60, { registrationExpiresAt: "x" }),
      {},
      [`${PORTAL} old-token`],
    ],
    [
      "not with a client that expires now",
      tokenFile(60, { registrationExpiresAt: inSeconds(0) }),
      {},
      [`${PORTAL} old-token`],
    ],
  ];
  for (const [what, file, step, requests] of rows) {
    test(what, async () => {
      const replies = requests.length === 2 ? [REFRESHED, KEYS] : [KEYS];
      expect(await credentialsOf({ file, step, replies })).toMatchObject({ accessKeyId: "ASIA" });
      expect(sent()).toEqual([...requests]);
      expect(home?.effects.warnings).toEqual([]);
    });
  }

  test("with the client and the refresh token of the file", async () => {
    await credentialsOf({ file: tokenFile(60), replies: [REFRESHED, KEYS] });
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({
      grantType: "refresh_token",
      clientId: "client",
      clientSecret: "client-secret",
      refreshToken: "old-refresh",
    });
    expect(server.requests[0]?.headers["content-type"]).toBe("application/json");
  });

  test("and written back, with the other members unchanged", async () => {
    await credentialsOf({ file: tokenFile(60), replies: [REFRESHED, KEYS] });
    expect(home?.read()).toEqual(
      tokenFile(0, { accessToken: "new-token", expiresAt: inSeconds(3600), refreshToken: "new-refresh" }),
    );
  });

  test("and keeps its refresh token if the response has none (RFC 6749, section 6)", async () => {
    const reply: Reply = { body: { accessToken: "new-token", expiresIn: 3600 } };
    await credentialsOf({ file: tokenFile(60), replies: [reply, KEYS] });
    expect(home?.read()).toMatchObject({ accessToken: "new-token", refreshToken: "old-refresh" });
  });
});

describe("role credentials that are empty or of the wrong type", () => {
  const rows: readonly [what: string, members: object, code: string][] = [
    ["an empty access key id", { accessKeyId: "" }, "sso-failed"],
    ["an empty secret access key", { secretAccessKey: "" }, "sso-failed"],
    ["a blank session token", { sessionToken: " " }, "sso-failed"],
    ["a session token that is a number", { sessionToken: 1 }, "sso-failed"],
    ["a time beyond all years", { expiration: 1e300 }, "sso-failed"],
    ["a time before 1970", { expiration: -1 }, "sso-failed"],
    ["a time that has passed", { expiration: 1000 }, "credentials-expired"],
  ];
  for (const [what, members, code] of rows) {
    test(`${what}: an error`, async () => {
      const complete = { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t", expiration: 2e12 };
      const replies = [{ body: { roleCredentials: { ...complete, ...members } } }];
      expect(await rejection(credentialsOf({ file: tokenFile(3600), replies }))).toMatchObject({ code });
    });
  }
});

describe("a refresh that fails", () => {
  const rows: readonly [what: string, reply: Reply, reason: string][] = [
    ["with an error of the service", { status: 400, body: { error: "invalid_grant" } }, "HTTP 400 invalid_grant"],
    ["with a response without a token", { body: { expiresIn: 3600 } }, "HTTP 200"],
    ["with a response without a lifetime", { body: { accessToken: "new-token" } }, "HTTP 200"],
    ["with a lifetime that is a text", { body: { accessToken: "new-token", expiresIn: "3600" } }, "HTTP 200"],
    ["with a lifetime beyond all years", { body: { accessToken: "new-token", expiresIn: 1e300 } }, "expiresIn"],
    ["with a lifetime that has passed", { body: { accessToken: "new-token", expiresIn: -1 } }, "expiresIn"],
    ["with an empty token", { body: { accessToken: "", expiresIn: 3600 } }, "accessToken"],
    ["with a blank token", { body: { accessToken: " ", expiresIn: 3600 } }, "accessToken"],
    [
      "with an empty refresh token",
      { body: { accessToken: "new-token", expiresIn: 3600, refreshToken: "" } },
      "refreshToken",
    ],
    [
      "with a refresh token that is a number",
      { body: { accessToken: "new-token", expiresIn: 3600, refreshToken: 1 } },
      "refreshToken",
    ],
  ];
  for (const [what, reply, reason] of rows) {
    test(`${what}: the token is used with a warning until it expires`, async () => {
      expect(await credentialsOf({ file: tokenFile(60), replies: [reply, KEYS] })).toMatchObject({
        accessKeyId: "ASIA",
      });
      expect(sent().at(-1)).toBe(`${PORTAL} old-token`);
      expect(home?.effects.warnings).toHaveLength(1);
      expect(home?.effects.warnings[0]).toContain(reason);
      expect(home?.read()).toEqual(tokenFile(60));
    });

    test(`${what}: an expired token needs a login`, async () => {
      const error = await rejection(credentialsOf({ file: tokenFile(0), replies: [reply] }));
      expect(error).toMatchObject({ code: "sso-login-needed", message: expect.stringContaining(reason) });
    });
  }

  test("because nothing listens: the token is used with a warning", async () => {
    const step = { oidcEndpoint: at(await closedUrl(), 7) };
    expect(await credentialsOf({ file: tokenFile(60), step })).toMatchObject({ accessKeyId: "ASIA" });
    expect(home?.effects.warnings).toHaveLength(1);
  });
});

describe("an error", () => {
  type Row = readonly [what: string, situation: Situation, code: ErrorCode, line: number, mentions: readonly string[]];
  const valid = tokenFile(3600);
  const rows: readonly Row[] = [
    [
      "no token of the session",
      { file: undefined },
      "sso-login-needed",
      1,
      ["corp", "rolecall login --sso-session corp"],
    ],
    [
      "no token of the start URL",
      { file: undefined, step: LEGACY },
      "sso-login-needed",
      4,
      [START_URL, "rolecall login --profile dev"],
    ],
    ["a file that is not JSON", { file: "{" }, "sso-login-needed", 1, []],
    ["a file without a token", { file: tokenFile(3600, { accessToken: undefined }) }, "sso-login-needed", 1, []],
    ["a file with a malformed expiration", { file: tokenFile(3600, { expiresAt: "x" }) }, "sso-login-needed", 1, []],
    [
      "an expired token that cannot be refreshed",
      { file: tokenFile(0, { refreshToken: undefined }) },
      "sso-login-needed",
      1,
      ["expired"],
    ],
    ["an expired token of a legacy profile", { file: tokenFile(0), step: LEGACY }, "sso-login-needed", 4, ["expired"]],
    [
      "a token that the portal does not accept",
      { file: valid, replies: [{ status: 401 }] },
      "sso-login-needed",
      1,
      ["rolecall login"],
    ],
    [
      "a role that the user does not have",
      { file: valid, replies: [{ status: 403, body: { message: "No access" } }] },
      "sso-failed",
      2,
      ["HTTP 403", "No access", "Admin", "123456789012"],
    ],
    ["a response without credentials", { file: valid, replies: [{ body: {} }] }, "sso-failed", 2, ["Admin"]],
    [
      "an expiration that is a text",
      {
        file: valid,
        replies: [
          { body: { roleCredentials: { accessKeyId: "A", secretAccessKey: "s", sessionToken: "t", expiration: "x" } } },
        ],
      },
      "sso-failed",
      2,
      [],
    ],
    [
      "credentials without a token",
      {
        file: valid,
        replies: [{ body: { roleCredentials: { accessKeyId: "A", secretAccessKey: "s", expiration: 1 } } }],
      },
      "sso-failed",
      2,
      [],
    ],
  ];
  for (const [what, situation, code, line, mentions] of rows) {
    test(what, async () => {
      const error = await rejection(credentialsOf(situation));
      if (!(error instanceof RolecallError)) throw error;
      expect([error.code, error.at]).toEqual([code, { file: "config", line, column: 1 }]);
      const text = [error.message, ...error.help].join("\n");
      expect(mentions.filter((mention) => !text.includes(mention))).toEqual([]);
      expect(text).not.toContain("old-token");
    });
  }

  test("nothing listens at the portal", async () => {
    const url = await closedUrl();
    const error = await rejection(credentialsOf({ file: valid, step: { portalEndpoint: at(url, 6) } }));
    expect(error).toMatchObject({ code: "sso-failed", message: expect.stringContaining(new URL(url).host) });
  });
});

describe("the state of a token, without a request", () => {
  const rows: readonly [
    what: string,
    file: object | undefined,
    step: Partial<SsoStep>,
    state: TokenState["state"],
    problem: ErrorCode | undefined,
  ][] = [
    ["valid", tokenFile(3600), {}, "valid", undefined],
    ["about to expire", tokenFile(60), {}, "refreshable", undefined],
    ["about to expire, without a refresh", tokenFile(60), LEGACY, "valid", undefined],
    ["expired, and refreshed at its next use", tokenFile(-60), {}, "refreshable", undefined],
    ["expired", tokenFile(0), LEGACY, "expired", "sso-login-needed"],
    ["missing", undefined, {}, "missing", "sso-login-needed"],
  ];
  for (const [what, file, changes, state, problem] of rows) {
    test(what, () => {
      server.script();
      const step = stepOf(changes);
      const found = inspectSsoToken(step, useHome(file, step).effects);
      expect([found.state, found.problem?.code]).toEqual([state, problem]);
      expect(found.file).toEndWith(".json");
      expect(server.requests).toEqual([]);
    });
  }
});

describe("an error is temporary", () => {
  type Row = readonly [
    what: string,
    secondsLeft: number,
    step: () => Promise<Partial<SsoStep>>,
    replies: readonly Reply[],
  ];
  const closed = async () => `${await closedUrl()}/x`;
  const rows: readonly [...row: Row, isTemporary: boolean][] = [
    ["the portal cannot be reached", 3600, async () => ({ portalEndpoint: at(await closed(), 6) }), [], true],
    ["the portal responds with HTTP 503", 3600, async () => ({}), [{ status: 503 }], true],
    ["not if the portal responds with HTTP 403", 3600, async () => ({}), [{ status: 403 }], false],
    ["an expired token cannot be refreshed", -60, async () => ({ oidcEndpoint: at(await closed(), 7) }), [], true],
    ["the refresh of an expired token gets HTTP 503", -60, async () => ({}), [{ status: 503 }], true],
    ["not if the refresh of an expired token is rejected", -60, async () => ({}), [{ status: 400 }], false],
  ];
  for (const [what, secondsLeft, step, replies, isTemporary] of rows) {
    test(what, async () => {
      const error = await rejection(credentialsOf({ file: tokenFile(secondsLeft), replies, step: await step() }));
      expect(error).toMatchObject({ isTemporary });
    });
  }
});
