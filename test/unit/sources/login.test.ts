/** The provider for `login_session`: the session's credentials and their refresh with a DPoP proof. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createHash, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { type ErrorCode, RolecallError } from "../../../src/domain/errors.ts";
import type { LoginStep, ServiceSettings } from "../../../src/plan/plan.ts";
import { inspectLogin, loginCredentials } from "../../../src/sources/login.ts";
import type { TokenState } from "../../../src/sources/token_refresh.ts";
import { closedUrl, type Reply, type ScriptedServer, startScriptedServer } from "../../support/scripted_server.ts";
import { NOW, rejection, type TestEffectsOptions } from "../../support/test_effects.ts";
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

const SESSION = "arn:aws:iam::123456789012:user/me";
const FILE = `${createHash("sha256").update(SESSION).digest("hex")}.json`;
const FROM = { file: "config", line: 2, column: 17 };
const SERVICES: ServiceSettings = { attempts: { value: 1, from: { default: "" } }, caBundle: undefined };
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const KEY = privateKey.export({ type: "sec1", format: "pem" }).toString();

function stepOf(changes: Partial<LoginStep> = {}): LoginStep {
  return {
    kind: "login",
    profile: "dev",
    session: { value: SESSION, from: FROM },
    region: undefined,
    endpoint: { value: server.url, from: { variable: "AWS_ENDPOINT_URL_SIGNIN" } },
    variant: { fips: false, dualStack: false },
    from: FROM,
    ...changes,
  };
}

/** A timestamp relative to NOW. */
function inSeconds(seconds: number): string {
  return new Date(NOW.getTime() + seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** @param access changes of the member `accessToken`. */
function sessionFile(secondsLeft: number, changes: object = {}, access: object = {}): object {
  return {
    accessToken: {
      accessKeyId: "OLD",
      secretAccessKey: "old-secret",
      sessionToken: "old-token",
      accountId: "123456789012",
      expiresAt: inSeconds(secondsLeft),
      ...access,
    },
    tokenType: "aws_sigv4",
    clientId: "client",
    refreshToken: "old-refresh",
    dpopKey: KEY,
    ...changes,
  };
}

const NEW = { accessKeyId: "NEW", secretAccessKey: "new-secret", sessionToken: "new-token" };
const REFRESHED: Reply = { body: { accessToken: NEW, expiresIn: 900, refreshToken: "new-refresh" } };

interface Situation {
  readonly file: object | string | undefined;
  readonly replies?: readonly Reply[];
  readonly step?: Partial<LoginStep>;
  readonly options?: TestEffectsOptions;
  readonly path?: string;
}

async function credentialsOf({
  file,
  replies = [REFRESHED],
  step,
  options,
  path = `.aws/login/cache/${FILE}`,
}: Situation) {
  server.script(...replies);
  home = tokenHome(path, file, options);
  return await loginCredentials(stepOf(step), SERVICES, home.effects);
}

describe("the credentials", () => {
  test("are those of the file, without a request", async () => {
    expect(await credentialsOf({ file: sessionFile(3600) })).toEqual({
      accessKeyId: "OLD",
      secretAccessKey: "old-secret",
      sessionToken: "old-token",
      accountId: "123456789012",
      expiration: new Date(inSeconds(3600)),
    });
    expect(server.requests).toEqual([]);
  });

  test("are not refreshed before their last five minutes", async () => {
    expect(await credentialsOf({ file: sessionFile(301) })).toMatchObject({ accessKeyId: "OLD" });
    expect(server.requests).toEqual([]);
  });

  test("are refreshed in their last five minutes", async () => {
    expect(await credentialsOf({ file: sessionFile(300) })).toEqual({
      ...NEW,
      accountId: "123456789012",
      expiration: new Date(inSeconds(900)),
    });
  });

  test("are refreshed after they have expired", async () => {
    expect(await credentialsOf({ file: sessionFile(-3600) })).toMatchObject({ accessKeyId: "NEW" });
  });

  test("are written back, with the new refresh token and the other members unchanged", async () => {
    await credentialsOf({ file: sessionFile(0) });
    expect(home?.read()).toEqual(sessionFile(900, { refreshToken: "new-refresh" }, NEW));
  });

  test("come from the folder in AWS_LOGIN_CACHE_DIRECTORY", async () => {
    const options = { environment: { AWS_LOGIN_CACHE_DIRECTORY: "~/sessions" } };
    const path = `sessions/${FILE}`;
    expect(await credentialsOf({ file: sessionFile(3600), options, path })).toMatchObject({ accessKeyId: "OLD" });
    home?.remove();
    const error = await rejection(credentialsOf({ file: sessionFile(3600), options }));
    expect(error).toMatchObject({ code: "login-needed" });
  });
});

function publicJwk(jwk: unknown) {
  const { kty = "", crv = "", x = "", y = "" } = jwk as Readonly<Record<string, string>>;
  return { kty, crv, x, y };
}

describe("the request for a refresh", () => {
  test("has the client, the refresh token and nothing secret of the credentials", async () => {
    await credentialsOf({ file: sessionFile(0) });
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: "POST",
      path: "/v1/token",
      headers: { "content-type": "application/json" },
    });
    expect(JSON.parse(request?.body ?? "")).toEqual({
      clientId: "client",
      refreshToken: "old-refresh",
      grantType: "refresh_token",
    });
  });

  test("proves the possession of the session's key (RFC 9449)", async () => {
    await credentialsOf({ file: sessionFile(0) });
    const [head = "", claims = "", signature = ""] = String(server.requests[0]?.headers.dpop).split(".");
    const decode = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, "base64url").toString());
    const { jwk, ...header } = decode(head);
    expect(header).toEqual({ typ: "dpop+jwt", alg: "ES256" });
    expect(jwk).toEqual(createPublicKey(privateKey).export({ format: "jwk" }));
    expect(decode(claims)).toMatchObject({
      htm: "POST",
      htu: `${server.url}/v1/token`,
      iat: NOW.getTime() / 1000,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const key = createPublicKey({ key: publicJwk(jwk), format: "jwk" });
    const content = Buffer.from(`${head}.${claims}`);
    const isValid = verify("sha256", content, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
    expect(isValid).toBe(true);
  });
});

describe("a refresh that fails", () => {
  const rows: readonly [what: string, reply: Reply, reason: string][] = [
    ["with an error of the service", { status: 400, body: { error: "INVALID_REQUEST" } }, "HTTP 400 INVALID_REQUEST"],
    ["with HTTP 500", { status: 500 }, "HTTP 500"],
    ["with a response without a refresh token", { body: { accessToken: NEW, expiresIn: 900 } }, "HTTP 200"],
    ["with an empty refresh token", { body: { accessToken: NEW, expiresIn: 900, refreshToken: "" } }, "refreshToken"],
    ["with empty keys", { body: { accessToken: {}, expiresIn: 900, refreshToken: "r" } }, "credentials"],
    [
      "with an empty secret access key",
      { body: { accessToken: { ...NEW, secretAccessKey: "" }, expiresIn: 900, refreshToken: "r" } },
      "credentials",
    ],
    [
      "with a lifetime beyond all years",
      { body: { accessToken: NEW, expiresIn: 1e300, refreshToken: "r" } },
      "expiresIn",
    ],
    ["with a response without a lifetime", { body: { accessToken: NEW, refreshToken: "r" } }, "HTTP 200"],
  ];
  for (const [what, reply, reason] of rows) {
    test(`${what}: the credentials are used with a warning until they expire`, async () => {
      expect(await credentialsOf({ file: sessionFile(60), replies: [reply] })).toMatchObject({ accessKeyId: "OLD" });
      expect(home?.effects.warnings.join()).toContain(reason);
      expect(home?.read()).toEqual(sessionFile(60));
    });

    test(`${what}: expired credentials are an error`, async () => {
      const error = await rejection(credentialsOf({ file: sessionFile(0), replies: [reply] }));
      expect(error).toMatchObject({ code: "login-failed", at: FROM, message: expect.stringContaining(reason) });
      expect(error instanceof RolecallError && error.help.join()).toContain("rolecall login --profile dev");
    });
  }

  for (const code of ["TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED"]) {
    test(`with ${code}: only a new login helps, even if the credentials are still valid`, async () => {
      const reply = { status: 400, body: { error: code } };
      const error = await rejection(credentialsOf({ file: sessionFile(60), replies: [reply] }));
      expect(error).toMatchObject({ code: "login-needed", at: FROM });
    });
  }

  test("because nothing listens: the credentials are used with a warning", async () => {
    const endpoint = { value: await closedUrl(), from: FROM };
    expect(await credentialsOf({ file: sessionFile(60), step: { endpoint } })).toMatchObject({ accessKeyId: "OLD" });
    expect(home?.effects.warnings).toHaveLength(1);
  });

  test("because no region is known: the credentials are used with a warning", async () => {
    const step = { endpoint: undefined };
    expect(await credentialsOf({ file: sessionFile(60), step })).toMatchObject({ accessKeyId: "OLD" });
    expect(home?.effects.warnings.join()).toContain("region");
    expect(server.requests).toEqual([]);
  });

  test("because the region cannot be part of a host name", async () => {
    const file = sessionFile(60, { signInRegion: "not a region" });
    const region = { value: "eu-west-1", from: FROM };
    await credentialsOf({ file, step: { endpoint: undefined, region } });
    // The region of the session overrides the configured one.
    expect(home?.effects.warnings.join()).toContain("not a region");
  });
});

describe("an error", () => {
  type Row = readonly [what: string, file: object | string | undefined, mentions: readonly string[]];
  const rows: readonly Row[] = [
    ["no session", undefined, [SESSION, "rolecall login --profile dev"]],
    ["a file that is not JSON", "{", []],
    ["a file without credentials", sessionFile(60, { accessToken: undefined }), ["accessToken"]],
    ["credentials without a secret", sessionFile(60, {}, { secretAccessKey: undefined }), ["accessToken"]],
    ["credentials without a token", sessionFile(60, {}, { sessionToken: "" }), ["accessToken"]],
    ["credentials without an expiration", sessionFile(60, {}, { expiresAt: undefined }), ["accessToken"]],
    ["credentials with a malformed expiration", sessionFile(60, {}, { expiresAt: "soon" }), ["accessToken"]],
    ["no refresh token", sessionFile(3600, { refreshToken: undefined }), ["refreshToken"]],
    ["no key", sessionFile(3600, { dpopKey: undefined }), ["dpopKey"]],
    ["no client", sessionFile(3600, { clientId: undefined }), ["clientId"]],
    ["a key that cannot be read", sessionFile(60, { dpopKey: "no PEM" }), ["key"]],
  ];
  for (const [what, file, mentions] of rows) {
    test(what, async () => {
      const error = await rejection(credentialsOf({ file }));
      if (!(error instanceof RolecallError)) throw error;
      expect([error.code, error.at]).toEqual(["login-needed", FROM]);
      const text = [error.message, ...error.help].join("\n");
      expect(mentions.filter((mention) => !text.includes(mention))).toEqual([]);
      expect(text).not.toContain("old-secret");
      expect(server.requests).toEqual([]);
    });
  }
});

describe("the state of a session, without a request", () => {
  const rows: readonly [file: object | undefined, state: TokenState["state"], problem: ErrorCode | undefined][] = [
    [sessionFile(3600), "valid", undefined],
    [sessionFile(60), "refreshable", undefined],
    [sessionFile(-60), "refreshable", undefined],
    [undefined, "missing", "login-needed"],
  ];
  for (const [file, state, problem] of rows) {
    test(state, () => {
      server.script();
      home = tokenHome(`.aws/login/cache/${FILE}`, file);
      const found = inspectLogin(stepOf(), home.effects);
      expect([found.state, found.problem?.code]).toEqual([state, problem]);
      expect(server.requests).toEqual([]);
    });
  }
});
