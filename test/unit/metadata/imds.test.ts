/** The client of the EC2 instance metadata service: which requests it sends, and what it makes of the responses. */
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { MetadataError, type MetadataErrorReason } from "../../../src/metadata/error.ts";
import { type Imds, type ImdsSettings, openImds } from "../../../src/metadata/imds.ts";
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

const TOKEN: Reply = { body: "the-token" };
const ROLE: Reply = { body: "role" };
const KEYS: Reply = {
  body: { AccessKeyId: "ASIA", SecretAccessKey: "s", Token: "t", Expiration: "2026-01-02T09:00:00Z" },
};

const SETTINGS = {
  connectMs: 5000,
  responseMs: 5000,
  attempts: 1,
  attemptsAfterResponse: 1,
  attemptsWhileBusy: 1,
  v1: true,
};

function open(script: Script, settings: Partial<ImdsSettings> = {}) {
  server.script(...script);
  const effects = testEffects();
  return { imds: openImds({ ...SETTINGS, endpoint: server.url, ...settings }, effects), effects };
}

/** The requests as `METHOD path`, with the token if there was one. */
function sent(): string[] {
  return server.requests.map(({ method, path, headers }) => {
    const token = headers["x-aws-ec2-metadata-token"];
    return `${method} ${path.replace("/latest/meta-data/iam/security-credentials/", "ROLES/")}${token === undefined ? "" : ` ${token}`}`;
  });
}

const PUT = "PUT /latest/api/token";

describe("the requests for credentials", () => {
  const rows: readonly [what: string, script: Script, settings: Partial<ImdsSettings>, requests: readonly string[]][] =
    [
      [
        "a token, the role's name, its credentials",
        [TOKEN, ROLE, KEYS],
        {},
        [PUT, "GET ROLES/ the-token", "GET ROLES/role the-token"],
      ],
      ["no token with IMDSv1 alone", [ROLE, KEYS], { v2: false }, ["GET ROLES/", "GET ROLES/role"]],
      [
        "a role's name as the AWS CLI sends it",
        [TOKEN, { body: "a+b=c,d.e@f-g_h" }, KEYS],
        {},
        [PUT, "GET ROLES/ the-token", "GET ROLES/a+b=c,d.e@f-g_h the-token"],
      ],
      [
        "the first of several names",
        [TOKEN, { body: "one\ntwo" }, KEYS],
        {},
        [PUT, "GET ROLES/ the-token", "GET ROLES/one the-token"],
      ],
      [
        "a name without the white space around it",
        [TOKEN, { body: " one\r\n" }, KEYS],
        {},
        [PUT, "GET ROLES/ the-token", "GET ROLES/one the-token"],
      ],
      [
        "a name of one character",
        [TOKEN, { body: "r" }, KEYS],
        {},
        [PUT, "GET ROLES/ the-token", "GET ROLES/r the-token"],
      ],
      // Without a token: IMDSv1.
      ...[403, 404, 405].map((status): [string, Script, Partial<ImdsSettings>, readonly string[]] => [
        `no second request for a token after HTTP ${status}`,
        [{ status }, ROLE, KEYS],
        { attempts: 3, attemptsAfterResponse: 3 },
        [PUT, "GET ROLES/", "GET ROLES/role"],
      ]),
      [
        "no second request for a token that does not arrive",
        [SILENCE, ROLE, KEYS],
        { attempts: 3, attemptsAfterResponse: 3 },
        [PUT, "GET ROLES/", "GET ROLES/role"],
      ],
      [
        "a second request for a token after HTTP 500",
        [{ status: 500 }, TOKEN, ROLE, KEYS],
        { attempts: 2, attemptsAfterResponse: 2 },
        [PUT, PUT, "GET ROLES/ the-token", "GET ROLES/role the-token"],
      ],
      [
        "no token if the last attempt fails",
        [{ status: 500 }, { status: 500 }, ROLE, KEYS],
        { attempts: 2, attemptsAfterResponse: 2 },
        [PUT, PUT, "GET ROLES/", "GET ROLES/role"],
      ],
      ["no empty token", [{ body: "" }, ROLE, KEYS], {}, [PUT, "GET ROLES/", "GET ROLES/role"]],
      [
        "no token that a header cannot carry",
        [{ body: "a\nb" }, ROLE, KEYS],
        {},
        [PUT, "GET ROLES/", "GET ROLES/role"],
      ],
      // Attempts.
      [
        "a second request for the name",
        [TOKEN, { status: 500 }, ROLE, KEYS],
        { attempts: 2, attemptsAfterResponse: 2 },
        [PUT, "GET ROLES/ the-token", "GET ROLES/ the-token", "GET ROLES/role the-token"],
      ],
      [
        "a second request for the credentials",
        [TOKEN, ROLE, { body: "no JSON" }, KEYS],
        { attempts: 2, attemptsAfterResponse: 2 },
        [PUT, "GET ROLES/ the-token", "GET ROLES/role the-token", "GET ROLES/role the-token"],
      ],
      [
        "more attempts after the first response, even an error",
        [{ status: 500 }, TOKEN, ROLE, KEYS],
        { attempts: 1, attemptsAfterResponse: 2 },
        [PUT, PUT, "GET ROLES/ the-token", "GET ROLES/role the-token"],
      ],
      // A service that is busy.
      ...[429, 500, 502, 503, 504].map((status): [string, Script, Partial<ImdsSettings>, readonly string[]] => [
        `further requests after HTTP ${status}, although one attempt is configured`,
        [{ status }, TOKEN, { status }, { status }, ROLE, { status }, KEYS],
        { attemptsWhileBusy: 3 },
        [
          ...[PUT, PUT, "GET ROLES/ the-token", "GET ROLES/ the-token", "GET ROLES/ the-token"],
          ...["GET ROLES/role the-token", "GET ROLES/role the-token"],
        ],
      ]),
      [
        "one request without a token, if the service was busy at every request for one",
        [{ status: 503 }, { status: 503 }, ROLE, KEYS],
        { attemptsWhileBusy: 2 },
        [PUT, PUT, "GET ROLES/", "GET ROLES/role"],
      ],
      // A token that is no longer valid.
      [
        "a new token after HTTP 401, and the same request with it",
        [TOKEN, ROLE, { status: 401 }, { body: "new-token" }, KEYS],
        {},
        [PUT, "GET ROLES/ the-token", "GET ROLES/role the-token", PUT, "GET ROLES/role new-token"],
      ],
    ];
  for (const [what, script, settings, requests] of rows) {
    test(what, async () => {
      const { imds } = open(script, settings);
      expect(await imds.credentials()).toMatchObject({ accessKeyId: "ASIA" });
      expect(sent()).toEqual([...requests]);
    });
  }

  test("begin with one for a token of six hours, without a body", async () => {
    await open([TOKEN, ROLE, KEYS]).imds.credentials();
    const { headers } = server.requests[0] ?? {};
    expect(headers).toMatchObject({ "x-aws-ec2-metadata-token-ttl-seconds": "21600", "content-length": "0" });
    expect(headers?.["user-agent"]).toStartWith("rolecall/");
  });

  test("go to an endpoint with a path and a slash at its end", async () => {
    await open([TOKEN, ROLE, KEYS], { endpoint: `${server.url}/base/` }).imds.credentials();
    expect(server.requests[0]?.path).toBe("/base/latest/api/token");
  });

  test("are not sent before a function is called", async () => {
    open([TOKEN]);
    expect(server.requests).toEqual([]);
  });
});

test("the credentials come with the name of the role", async () => {
  expect(await open([TOKEN, ROLE, KEYS]).imds.credentials()).toEqual({
    accessKeyId: "ASIA",
    secretAccessKey: "s",
    sessionToken: "t",
    expiration: new Date("2026-01-02T09:00:00Z"),
    accountId: undefined,
    roleName: "role",
  });
});

describe("the region", () => {
  test("is the first line of its own path", async () => {
    expect(await open([TOKEN, { body: "eu-west-1\n" }]).imds.region()).toBe("eu-west-1");
    expect(sent()).toEqual([PUT, "GET /latest/meta-data/placement/region the-token"]);
  });

  test("and credentials share one token, also if they are requested at once", async () => {
    const { imds } = open([TOKEN, { body: "role" }, { body: "role" }, KEYS]);
    await Promise.all([imds.region(), imds.credentials()]);
    await imds.region();
    expect(sent().filter((request) => request.startsWith("PUT"))).toEqual([PUT]);
  });
});

type Ask = (imds: Imds) => Promise<unknown>;
const CREDENTIALS: Ask = (imds) => imds.credentials();
const REGION: Ask = (imds) => imds.region();

describe("an error", () => {
  type Row = readonly [
    what: string,
    ask: Ask,
    script: Script,
    settings: Partial<ImdsSettings>,
    reason: MetadataErrorReason,
    requests: number,
  ];
  const rows: readonly Row[] = [
    ["no role: HTTP 404 for its name", CREDENTIALS, [TOKEN, { status: 404 }], {}, "no-role", 2],
    ["no role: an empty list", CREDENTIALS, [TOKEN, { body: "" }], {}, "no-role", 2],
    ["HTTP 404 for the credentials", CREDENTIALS, [TOKEN, ROLE, { status: 404 }], {}, "unexpected-response", 3],
    ["HTTP 404 for the region", REGION, [TOKEN, { status: 404 }], {}, "unexpected-response", 2],
    ["an empty region", REGION, [TOKEN, { body: "" }], {}, "unexpected-response", 2],
    [
      "HTTP 400 for the token, which ends everything",
      CREDENTIALS,
      [{ status: 400 }, ROLE, KEYS],
      { attempts: 3 },
      "unexpected-response",
      1,
    ],
    ["a name that no role has", CREDENTIALS, [TOKEN, { body: "<html>" }], {}, "unexpected-response", 2],
    ["a name of more than 64 characters", CREDENTIALS, [TOKEN, { body: "r".repeat(65) }], {}, "unexpected-response", 2],
    ["HTTP 401 without a token", CREDENTIALS, [{ status: 404 }, { status: 401 }], {}, "token-missing", 2],
    ["HTTP 401 with a token, and no new one", CREDENTIALS, [TOKEN, { status: 401 }], {}, "unexpected-response", 3],
    [
      "HTTP 401 with a token and with a new one: no third one",
      CREDENTIALS,
      [TOKEN, { status: 401 }, { body: "new-token" }, { status: 401 }],
      { attemptsAfterResponse: 5, attemptsWhileBusy: 5 },
      "unexpected-response",
      4,
    ],
    [
      "a service that is always busy: five attempts for a token, one without it",
      CREDENTIALS,
      [{ status: 503 }],
      { attemptsWhileBusy: 5 },
      "unexpected-response",
      6,
    ],
    [
      "a proxy that is busy is not waited for",
      CREDENTIALS,
      [TOKEN, { status: 503, headers: { via: "1.1 proxy" } }],
      { attemptsWhileBusy: 5 },
      "unexpected-response",
      2,
    ],
    ["HTTP 404 is not waited for", CREDENTIALS, [TOKEN, { status: 404 }], { attemptsWhileBusy: 5 }, "no-role", 2],
    ["no token, and IMDSv1 is disabled", CREDENTIALS, [{ status: 404 }, ROLE, KEYS], { v1: false }, "v1-forbidden", 1],
    ["a token that does not arrive, and IMDSv1 is disabled", CREDENTIALS, [SILENCE], { v1: false }, "v1-forbidden", 1],
    ["no response to the request for a name", CREDENTIALS, [TOKEN, SILENCE], {}, "no-response", 2],
    [
      "every attempt fails",
      CREDENTIALS,
      [TOKEN, { status: 500 }],
      { attemptsAfterResponse: 3 },
      "unexpected-response",
      4,
    ],
    [
      "credentials that are not JSON",
      CREDENTIALS,
      [TOKEN, ROLE, { body: "text" }],
      { attemptsAfterResponse: 2 },
      "unexpected-response",
      4,
    ],
    [
      "credentials without a token: no second attempt",
      CREDENTIALS,
      [TOKEN, ROLE, { body: { AccessKeyId: "A", SecretAccessKey: "s" } }],
      { attemptsAfterResponse: 2 },
      "unexpected-response",
      3,
    ],
    [
      "the service's own error",
      CREDENTIALS,
      [TOKEN, ROLE, { body: { Code: "Failed", Message: "x" } }],
      {},
      "reported-error",
      3,
    ],
    [
      "a web page in place of a role",
      CREDENTIALS,
      [TOKEN, { headers: { "content-type": "text/html" }, body: "<html>" }],
      {},
      "unexpected-response",
      2,
    ],
  ];
  for (const [what, ask, script, settings, reason, requests] of rows) {
    test(what, async () => {
      const error = await rejection(ask(open(script, settings).imds));
      expect(error).toBeInstanceOf(MetadataError);
      expect(error).toMatchObject({ reason });
      expect(server.requests).toHaveLength(requests);
    });
  }

  test("that a proxy causes is called so", async () => {
    const error = await rejection(open([TOKEN, { status: 502, headers: { via: "1.1 proxy" } }]).imds.region());
    expect(String(error)).toContain("proxy");
    expect(String(await rejection(open([TOKEN, { status: 502 }]).imds.region()))).not.toContain("proxy");
  });

  test("has the response, which shows the time of the service", async () => {
    const error = await rejection(open([TOKEN, { status: 404 }]).imds.credentials());
    expect(error).toMatchObject({ response: { status: 404 } });
  });
});

describe("if nothing listens at the endpoint", () => {
  const rows: readonly [attempts: number, sleeps: number][] = [
    [1, 0],
    [3, 2],
  ];
  for (const [attempts, sleeps] of rows) {
    test(`the service is unreachable after ${attempts} attempts to get a token; IMDSv1 is not tried`, async () => {
      const { imds, effects } = open([], { endpoint: await closedUrl(), attempts, attemptsAfterResponse: 9 });
      expect(await rejection(imds.credentials())).toMatchObject({ reason: "unreachable" });
      expect(effects.sleeps).toHaveLength(sleeps);
      expect(effects.traces.filter((line) => line.includes(" GET "))).toEqual([]);
    });
  }

  test("the service is unreachable with IMDSv1 alone, too", async () => {
    const { imds } = open([], { endpoint: await closedUrl(), v2: false });
    expect(await rejection(imds.credentials())).toMatchObject({ reason: "unreachable" });
  });
});

test("the delays before further attempts double up to two seconds, and are shortened at random: three seconds for five attempts", async () => {
  const random = spyOn(Math, "random").mockReturnValue(0.5);
  const { imds, effects } = open([TOKEN, { status: 500 }], { attemptsAfterResponse: 6 });
  await rejection(imds.region());
  random.mockRestore();
  expect(effects.sleeps).toEqual([187.5, 375, 750, 1500, 1500]);
});

test("every request is traced, with its status and without its token", async () => {
  const { imds, effects } = open([TOKEN, ROLE, KEYS]);
  await imds.credentials();
  expect(effects.traces).toHaveLength(3);
  expect(effects.traces[0]).toMatch(/PUT http:\/\/127\.0\.0\.1:\d+\/latest\/api\/token: HTTP 200/);
  expect(effects.traces.join()).not.toContain("the-token");
});
