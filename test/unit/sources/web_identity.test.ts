/** The provider for a web identity token. */
import { describe, expect, test } from "bun:test";
import { type Cache, NO_CACHE } from "../../../src/cache/cache.ts";
import { RolecallError } from "../../../src/domain/errors.ts";
import type { WebIdentityStep } from "../../../src/plan/plan.ts";
import { webIdentityCredentials } from "../../../src/sources/web_identity.ts";
import type { Sts, WebIdentityRequest } from "../../../src/sts/sts.ts";
import { rejection, systemError, type TestEffectsOptions, testEffects } from "../../support/test_effects.ts";

const ARN = "arn:aws:iam::123456789012:role/pod";
const FROM = { variable: "AWS_WEB_IDENTITY_TOKEN_FILE" };
const STEP: WebIdentityStep = {
  kind: "web-identity",
  tokenFile: { value: "/token", from: FROM },
  roleArn: { value: ARN, from: { variable: "AWS_ROLE_ARN" } },
  roleSessionName: { value: "me", from: { variable: "AWS_ROLE_SESSION_NAME" } },
  from: FROM,
};
const CREDENTIALS = { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t" };

async function ask(options: TestEffectsOptions, step = STEP, cache: Cache = NO_CACHE) {
  const requests: WebIdentityRequest[] = [];
  let connections = 0;
  const unused = () => Promise.reject(new Error("another call"));
  const sts: Sts = {
    assumeRole: unused,
    sessionToken: unused,
    callerIdentity: unused,
    assumeRoleWithWebIdentity: async (request) => {
      requests.push(request);
      return { credentials: CREDENTIALS, assumedRoleUser: undefined };
    },
  };
  const connect = async () => {
    connections++;
    return sts;
  };
  const result = await webIdentityCredentials(step, cache, connect, testEffects(options)).catch(
    (error: unknown) => error,
  );
  return { result, requests, connections };
}

const TOKEN = { files: { "/token": "the-token" } };

describe("the request to STS", () => {
  test("has the role, the session name and the token", async () => {
    const { result, requests } = await ask(TOKEN);
    expect(result).toEqual(CREDENTIALS);
    expect(requests).toEqual([{ RoleArn: ARN, RoleSessionName: "me", WebIdentityToken: "the-token" }]);
  });

  test("has a session name of its own if none is configured", async () => {
    const { requests } = await ask(TOKEN, { ...STEP, roleSessionName: undefined });
    expect(requests[0]?.RoleSessionName).toMatch(/^[\w+=,.@-]{2,64}$/);
  });

  test("is not sent if the cache has a session; the token is not read", async () => {
    const cache: Cache = {
      ...NO_CACHE,
      read: () => ({ credentials: { accessKeyId: "CACHED", secretAccessKey: "s" } }),
    };
    const { result, connections } = await ask({}, STEP, cache);
    expect(result).toMatchObject({ accessKeyId: "CACHED" });
    expect(connections).toBe(0);
  });

  test("is not sent if another process has created the session meanwhile", async () => {
    const credentials = { accessKeyId: "OTHER", secretAccessKey: "s" };
    const cache: Cache = { ...NO_CACHE, getOrCreate: async () => ({ credentials }) };
    const { result, connections } = await ask({}, STEP, cache);
    expect(result).toEqual(credentials);
    expect(connections).toBe(0);
  });
});

describe("a token file that is an error", () => {
  const rows: readonly [what: string, options: TestEffectsOptions][] = [
    ["does not exist", {}],
    ["cannot be read", { files: { "/token": systemError("EACCES") } }],
    ["is empty", { files: { "/token": "" } }],
    ["has only white space", { files: { "/token": " \n" } }],
  ];
  for (const [what, options] of rows) {
    test(what, async () => {
      const { result, connections } = await ask(options);
      if (!(result instanceof RolecallError)) throw new Error(`no error, but ${String(result)}`);
      expect([result.code, result.at, result.length]).toEqual(["web-identity-token-unreadable", FROM, 6]);
      expect(result.message).toContain("/token");
      expect(connections).toBe(0);
    });
  }
});

test("an error of STS is the error", async () => {
  const denied = new RolecallError("sts-denied", "no");
  const sts = () => Promise.reject(denied);
  expect(await rejection(webIdentityCredentials(STEP, NO_CACHE, sts, testEffects(TOKEN)))).toBe(denied);
});
