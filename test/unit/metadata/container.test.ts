/** The client of the container credentials endpoint. */
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { fetchContainerCredentials, PROBE_RETRY_POLICY, type RetryPolicy } from "../../../src/metadata/container.ts";
import type { MetadataErrorReason } from "../../../src/metadata/error.ts";
import {
  closedUrl,
  type Reply,
  type ScriptedServer,
  SILENCE,
  startScriptedServer,
} from "../../support/scripted_server.ts";
import { rejection, testEffects } from "../../support/test_effects.ts";

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.stop());

type Script = readonly (Reply | typeof SILENCE)[];

const KEYS: Reply = {
  body: { AccessKeyId: "ASIA", SecretAccessKey: "s", Token: "t", Expiration: "2026-01-02T09:00:00Z", AccountId: "1" },
};
const LIMITS = { connectMs: 5000, responseMs: 5000, totalMs: 5000, maxBytes: 1000 };
const ONCE: RetryPolicy = { attempts: 1, limits: LIMITS };

function fetchWith(script: Script, policy?: RetryPolicy, authorization: () => string | undefined = () => undefined) {
  server.script(...script);
  const effects = testEffects();
  const { http, sleep, trace } = effects;
  return {
    credentials: fetchContainerCredentials(`${server.url}/creds?x=1`, { http, authorization, sleep, trace }, policy),
    effects,
  };
}

test("the credentials have the values of the response", async () => {
  expect(await fetchWith([KEYS]).credentials).toEqual({
    accessKeyId: "ASIA",
    secretAccessKey: "s",
    sessionToken: "t",
    expiration: new Date("2026-01-02T09:00:00Z"),
    accountId: "1",
  });
});

describe("the request", () => {
  test("asks for JSON at exactly the URL", async () => {
    await fetchWith([KEYS]).credentials;
    expect(server.requests).toMatchObject([
      { method: "GET", path: "/creds?x=1", headers: { accept: "application/json" } },
    ]);
    expect(server.requests[0]?.headers["user-agent"]).toStartWith("rolecall/");
  });

  test("has no Authorization header without a token", async () => {
    await fetchWith([KEYS]).credentials;
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  test("reads the token again for each attempt", async () => {
    const tokens = ["first", "second"];
    await fetchWith([{ status: 500 }, KEYS], undefined, () => tokens.shift()).credentials;
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["first", "second"]);
  });

  test("is not sent if the token cannot be read", async () => {
    const { credentials } = fetchWith([KEYS], undefined, () => {
      throw new RangeError("no token");
    });
    expect(await rejection(credentials)).toBeInstanceOf(RangeError);
    expect(server.requests).toEqual([]);
  });
});

describe("the attempts", () => {
  const rows: readonly [what: string, script: Script, policy: RetryPolicy | undefined, attempts: number][] = [
    ["one is enough", [KEYS], undefined, 1],
    ["a second after HTTP 500", [{ status: 500 }, KEYS], undefined, 2],
    ["a second after HTTP 404, as in botocore", [{ status: 404 }, KEYS], undefined, 2],
    ["a second after a body that is not a JSON object", [{ body: "[]" }, KEYS], undefined, 2],
    ["a third after two failures", [{ status: 500 }, { body: "" }, KEYS], undefined, 3],
    ["a second after HTTP 201, even with credentials", [{ ...KEYS, status: 201 }, KEYS], undefined, 2],
  ];
  for (const [what, script, policy, attempts] of rows) {
    test(what, async () => {
      expect(await fetchWith(script, policy).credentials).toMatchObject({ accessKeyId: "ASIA" });
      expect(server.requests).toHaveLength(attempts);
    });
  }

  test("are half a second to two seconds apart", async () => {
    const random = spyOn(Math, "random").mockReturnValue(0.5);
    const { credentials, effects } = fetchWith([{ status: 500 }]);
    await rejection(credentials);
    random.mockRestore();
    expect(effects.sleeps).toEqual([750, 1500]);
  });

  test("of a probe are one", async () => {
    await rejection(fetchWith([{ status: 500 }], PROBE_RETRY_POLICY).credentials);
    expect(server.requests).toHaveLength(1);
  });
});

describe("an error", () => {
  type Row = readonly [
    what: string,
    script: Script,
    reason: MetadataErrorReason,
    attempts: number,
    mentions: readonly string[],
  ];
  const rows: readonly Row[] = [
    ["HTTP 500 three times", [{ status: 500 }], "unexpected-response", 3, ["HTTP 500"]],
    ["a body that is not a JSON object", [{ body: "text" }], "unexpected-response", 3, ["JSON"]],
    [
      "the endpoint's own error",
      [{ status: 403, body: { code: "AccessDenied", message: "not you" } }],
      "reported-error",
      3,
      ["HTTP 403", "AccessDenied", "not you"],
    ],
    [
      "the endpoint's own error with HTTP 200",
      [{ body: { code: "AccessDenied", message: "not you" } }],
      "reported-error",
      1,
      ["AccessDenied"],
    ],
    [
      "a response without a token",
      [{ body: { AccessKeyId: "A", SecretAccessKey: "s" } }],
      "unexpected-response",
      1,
      ["Token", "Expiration"],
    ],
    [
      "a malformed expiration",
      [{ body: { AccessKeyId: "A", SecretAccessKey: "s", Token: "t", Expiration: "x" } }],
      "unexpected-response",
      1,
      ["Expiration"],
    ],
    [
      "a page of a proxy",
      [{ status: 407, headers: { via: "1.1 proxy" } }],
      "unexpected-response",
      3,
      ["proxy", "HTTP 407"],
    ],
  ];
  for (const [what, script, reason, attempts, mentions] of rows) {
    test(what, async () => {
      const error = await rejection(fetchWith(script).credentials);
      expect(error).toMatchObject({ reason });
      expect(server.requests).toHaveLength(attempts);
      expect(mentions.filter((mention) => !String(error).includes(mention))).toEqual([]);
    });
  }

  test("of the last attempt counts", async () => {
    const script: Script = [{ status: 500 }, { status: 501 }, { status: 502 }];
    expect(String(await rejection(fetchWith(script).credentials))).toContain("HTTP 502");
  });

  test("no response in time", async () => {
    expect(await rejection(fetchWith([SILENCE], ONCE).credentials)).toMatchObject({ reason: "no-response" });
  });

  test("a response that is too large", async () => {
    const limits = { ...LIMITS, maxBytes: 10 };
    const error = await rejection(fetchWith([KEYS], { attempts: 1, limits }).credentials);
    expect(error).toMatchObject({ name: "MetadataError" });
  });

  test("nothing listens at the endpoint: the host is named, and each attempt is traced", async () => {
    const effects = testEffects();
    const { http, sleep, trace } = effects;
    const url = await closedUrl();
    const error = await rejection(
      fetchContainerCredentials(url, { http, authorization: () => "secret", sleep, trace }),
    );
    expect(error).toMatchObject({ reason: "unreachable" });
    expect(String(error)).toContain(new URL(url).host);
    expect(effects.traces).toHaveLength(3);
    expect(effects.traces.join()).not.toContain("secret");
  });
});
