/** The provider for the role of an EC2 instance: how patient it is, how long credentials are used, and its errors. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ErrorCode, RolecallError } from "../../../src/domain/errors.ts";
import { RAISE_HOP_LIMIT, RUN_PROBE } from "../../../src/domain/help_texts.ts";
import type { Origin } from "../../../src/domain/origin.ts";
import type { Ec2Step } from "../../../src/plan/plan.ts";
import { ec2Provider } from "../../../src/sources/ec2.ts";
import {
  closedUrl,
  type Reply,
  type ScriptedServer,
  type SILENCE,
  startScriptedServer,
} from "../../support/scripted_server.ts";
import { NOW, rejection, testEffects } from "../../support/test_effects.ts";

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.stop());

type Script = readonly (Reply | typeof SILENCE)[];

const DEFAULT: Origin = { default: "the built-in default" };
const CONFIGURED: Origin = { variable: "AWS_METADATA_SERVICE_NUM_ATTEMPTS" };
const FROM = { file: "config", line: 3, column: 21 };
const V1_FROM = { variable: "AWS_EC2_METADATA_V1_DISABLED" };

const TOKEN: Reply = { body: "the-token" };
const ROLE: Reply = { body: "role" };

function keys(expiration: string): Reply {
  return { body: { AccessKeyId: "ASIA", SecretAccessKey: "s", Token: "t", Expiration: expiration } };
}
const KEYS = keys("2026-01-02T09:00:00Z");

function open(script: Script, changes: Partial<Ec2Step> = {}) {
  server.script(...script);
  const step: Ec2Step = {
    kind: "ec2",
    endpoint: { value: server.url, from: DEFAULT },
    timeoutSeconds: { value: 1, from: DEFAULT },
    attempts: { value: 1, from: DEFAULT },
    v1: { value: true, from: DEFAULT },
    named: true,
    from: FROM,
    ...changes,
  };
  const effects = testEffects();
  return { provider: ec2Provider(step, effects), effects };
}

const CONFIGURED_ATTEMPTS = { attempts: { value: 1, from: CONFIGURED } };

describe("the number of attempts after the first response", () => {
  const failing: Script = [TOKEN, { status: 404 }];
  const rows: readonly [what: string, changes: Partial<Ec2Step>, attempts: number][] = [
    ["five, if credential_source names the instance", {}, 5],
    ["the default, if nothing names the instance", { named: false }, 1],
    ["the configured one, even if credential_source names the instance", CONFIGURED_ATTEMPTS, 1],
    [
      "the configured one, if nothing names the instance",
      { named: false, attempts: { value: 2, from: CONFIGURED } },
      2,
    ],
  ];
  for (const [what, changes, attempts] of rows) {
    test(what, async () => {
      await rejection(open(failing, changes).provider.credentials());
      expect(server.requests.length - 1).toBe(attempts);
    });

    test(`five if the service is busy: ${what}`, async () => {
      await rejection(open([TOKEN, { status: 503 }], changes).provider.credentials());
      expect(server.requests.length - 1).toBe(5);
    });
  }

  test("more than five if the service is busy and more are configured", async () => {
    const changes = { attempts: { value: 7, from: CONFIGURED } };
    await rejection(open([TOKEN, { status: 503 }], changes).provider.credentials());
    expect(server.requests.length - 1).toBe(7);
  });
});

test("the configured timeout counts, even if credential_source names the instance", async () => {
  const timeoutSeconds = { value: 2, from: { variable: "AWS_METADATA_SERVICE_TIMEOUT" } };
  const { provider } = open([TOKEN, { ...ROLE, afterMs: 2001 }], { timeoutSeconds, ...CONFIGURED_ATTEMPTS });
  expect(await rejection(provider.credentials())).toMatchObject({ code: "ec2-metadata-failed" });
});

test("a response may take longer than the default timeout, if credential_source names the instance", async () => {
  const { provider } = open([{ ...TOKEN, afterMs: 1001 }, ROLE, KEYS], CONFIGURED_ATTEMPTS);
  expect(await provider.credentials()).toMatchObject({ accessKeyId: "ASIA" });
  expect(server.requests[1]?.headers["x-aws-ec2-metadata-token"]).toBe("the-token");
});

test("the default timeout counts if nothing names the instance", async () => {
  const { provider } = open([TOKEN, { ...ROLE, afterMs: 1001 }, KEYS], { named: false });
  expect(await rejection(provider.credentials())).toMatchObject({ code: "no-credentials" });
});

describe("the expiration", () => {
  /** The longest and the shortest time for which credentials without successors are used: botocore's, in seconds. */
  const [shortest, longest] = [(15 + 2) * 60, (15 + 10) * 60];

  test("is the metadata's own, if it is far enough away", async () => {
    const { expiration } = await open([TOKEN, ROLE, KEYS]).provider.credentials();
    expect(expiration).toEqual(new Date("2026-01-02T09:00:00Z"));
  });

  test("just beyond the longest extension is the metadata's own", async () => {
    const expiration = new Date(NOW.getTime() + (longest + 1) * 1000);
    const found = await open([TOKEN, ROLE, keys(expiration.toISOString())]).provider.credentials();
    expect(found.expiration).toEqual(expiration);
  });

  for (const [what, secondsLeft] of [
    ["that has passed", -3600],
    ["that is near", 60],
    ["within the shortest extension", shortest],
  ] as const) {
    test(`${what} is extended by 17 to 25 minutes from now, in whole seconds`, async () => {
      const own = new Date(NOW.getTime() + secondsLeft * 1000).toISOString();
      const { provider, effects } = open([TOKEN, ROLE, keys(own)]);
      const { expiration, accessKeyId } = await provider.credentials();
      const seconds = ((expiration?.getTime() ?? 0) - NOW.getTime()) / 1000;
      expect(accessKeyId).toBe("ASIA");
      expect([seconds >= shortest - 1, seconds <= longest, Number.isInteger(seconds)]).toEqual([true, true, true]);
      expect(effects.traces.join()).toContain(expiration?.toISOString() ?? "");
    });
  }
});

test("the role is traced", async () => {
  const { provider, effects } = open([TOKEN, { body: "the-role" }, KEYS]);
  await provider.credentials();
  expect(effects.traces.join()).toContain("the role the-role");
});

describe("the region", () => {
  test("is the instance's", async () => {
    expect(await open([TOKEN, { body: "eu-west-1" }]).provider.region()).toBe("eu-west-1");
  });

  test("is undefined, with a trace, if the metadata does not give it", async () => {
    const { provider, effects } = open([TOKEN, { status: 404 }], CONFIGURED_ATTEMPTS);
    expect(await provider.region()).toBeUndefined();
    expect(effects.traces.join()).toContain("region");
  });
});

describe("an error", () => {
  type Row = readonly [
    what: string,
    script: Script | "closed",
    changes: Partial<Ec2Step>,
    expected: { readonly code: ErrorCode; readonly at?: Origin; readonly help?: readonly string[] },
  ];
  const noToken: Script = [{ status: 404 }, { status: 401 }];
  const unnamed: Partial<Ec2Step> = { named: false };
  const v1Off: Partial<Ec2Step> = { v1: { value: false, from: V1_FROM } };
  const rows: readonly Row[] = [
    // Named by credential_source.
    ["no role", [TOKEN, { status: 404 }], {}, { code: "credential-source-empty", at: FROM }],
    ["nothing listens", "closed", {}, { code: "credential-source-empty", at: FROM }],
    ["a response that is none", [TOKEN, { status: 500 }], {}, { code: "ec2-metadata-failed", at: FROM, help: [] }],
    [
      "the service's own error",
      [TOKEN, ROLE, { body: { Code: "Failed", Message: "x" } }],
      {},
      { code: "ec2-metadata-failed", at: FROM, help: [] },
    ],
    [
      "no token, though one is required",
      noToken,
      {},
      { code: "ec2-metadata-failed", at: FROM, help: [RAISE_HOP_LIMIT] },
    ],
    [
      "no token, and IMDSv1 is disabled",
      [{ status: 404 }],
      v1Off,
      { code: "ec2-metadata-v1-disabled", at: V1_FROM, help: [RAISE_HOP_LIMIT] },
    ],
    // The guess at the end of the chain.
    [
      "no token, and IMDSv1 is disabled, for a guess",
      [{ status: 404 }],
      { ...unnamed, ...v1Off },
      { code: "ec2-metadata-v1-disabled", at: V1_FROM },
    ],
    ["no role, for a guess", [TOKEN, { status: 404 }], unnamed, { code: "no-credentials", help: [RUN_PROBE] }],
    ["nothing listens, for a guess", "closed", unnamed, { code: "no-credentials", help: [RUN_PROBE] }],
    [
      "no token, though one is required, for a guess",
      noToken,
      unnamed,
      { code: "no-credentials", help: [RAISE_HOP_LIMIT, RUN_PROBE] },
    ],
  ];
  for (const [what, script, changes, { code, at, help }] of rows) {
    test(what, async () => {
      const endpoint = { value: script === "closed" ? await closedUrl() : server.url, from: DEFAULT };
      const { provider } = open(script === "closed" ? [] : script, { endpoint, ...CONFIGURED_ATTEMPTS, ...changes });
      const error = await rejection(provider.credentials());
      if (!(error instanceof RolecallError)) throw error;
      expect([error.code, error.at]).toEqual([code, at]);
      if (help !== undefined) expect(error.help).toEqual([...help]);
      expect(error.tried).toHaveLength(code === "no-credentials" ? 1 : 0);
    });
  }

  const temporary: readonly [what: string, script: Script | "closed", named: boolean, isTemporary: boolean][] = [
    ["HTTP 503", [TOKEN, { status: 503 }], true, true],
    ["HTTP 503, for a guess", [TOKEN, { status: 503 }], false, true],
    ["nothing listens", "closed", true, true],
    ["nothing listens, for a guess: this is no EC2 instance", "closed", false, false],
    ["no role", [TOKEN, { status: 404 }], true, false],
  ];
  for (const [what, script, named, isTemporary] of temporary) {
    test(`is ${isTemporary ? "" : "not "}temporary: ${what}`, async () => {
      const endpoint = { value: script === "closed" ? await closedUrl() : server.url, from: DEFAULT };
      const { provider } = open(script === "closed" ? [] : script, { endpoint, named, ...CONFIGURED_ATTEMPTS });
      expect(await rejection(provider.credentials())).toMatchObject({ isTemporary });
    });
  }

  test("underlines the value of credential_source, if a file has it", async () => {
    const length = async (from: Origin) => {
      const error = await rejection(
        open([TOKEN, { status: 404 }], { ...CONFIGURED_ATTEMPTS, from }).provider.credentials(),
      );
      return error instanceof RolecallError ? error.length : "another error";
    };
    expect([await length(FROM), await length({ option: "--credential-source" })]).toEqual([19, undefined]);
  });

  for (const [what, script] of [
    ["nothing listens", "closed"],
    ["there is no role", [TOKEN, { status: 404 }]],
  ] as const) {
    test(`says what to do if ${what}`, async () => {
      const endpoint = { value: script === "closed" ? await closedUrl() : server.url, from: DEFAULT };
      const { provider } = open(script === "closed" ? [] : script, { endpoint, ...CONFIGURED_ATTEMPTS });
      const error = await rejection(provider.credentials());
      expect(error instanceof RolecallError && error.help.length).toBe(1);
    });
  }
});
