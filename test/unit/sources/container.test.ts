/** The provider for container credentials: the authorization token and the errors. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ErrorCode, RolecallError } from "../../../src/domain/errors.ts";
import { CHECK_CLOCK } from "../../../src/domain/help_texts.ts";
import type { RetryPolicy } from "../../../src/metadata/container.ts";
import type { ContainerStep } from "../../../src/plan/plan.ts";
import { containerCredentials } from "../../../src/sources/container.ts";
import {
  closedUrl,
  type Reply,
  type ScriptedServer,
  SILENCE,
  startScriptedServer,
} from "../../support/scripted_server.ts";
import { rejection, systemError, type TestEffectsOptions, testEffects } from "../../support/test_effects.ts";

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.stop());

const FROM = { variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI" };
const TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const ONCE: RetryPolicy = {
  attempts: 1,
  limits: { connectMs: 5000, responseMs: 5000, totalMs: 5000, maxBytes: 10_000 },
};

function keys(expiration: string): Reply {
  return { body: { AccessKeyId: "ASIA", SecretAccessKey: "s", Token: "t", Expiration: expiration } };
}
const KEYS = keys("2026-01-02T09:00:00Z");

function ask(options: TestEffectsOptions, reply: Reply = KEYS, url = server.url) {
  server.script(reply);
  const step: ContainerStep = { kind: "container", url, from: FROM };
  return containerCredentials(step, testEffects(options), ONCE);
}

describe("the Authorization header", () => {
  type Row = readonly [what: string, options: TestEffectsOptions, header: string | undefined];
  const rows: readonly Row[] = [
    ["is not sent without a token", {}, undefined],
    ["is not sent for an empty token", { environment: { [TOKEN]: "" } }, undefined],
    ["is the variable's token", { environment: { [TOKEN]: "Basic abc" } }, "Basic abc"],
    ["is the file's token", { environment: { [TOKEN_FILE]: "/token" }, files: { "/token": "from-file" } }, "from-file"],
    [
      "is the file's token rather than the variable's",
      { environment: { [TOKEN_FILE]: "/token", [TOKEN]: "from-variable" }, files: { "/token": "from-file" } },
      "from-file",
    ],
    [
      "is the variable's token if no file is named",
      { environment: { [TOKEN_FILE]: "", [TOKEN]: "from-variable" } },
      "from-variable",
    ],
  ];
  for (const [what, options, header] of rows) {
    test(what, async () => {
      expect(await ask(options)).toMatchObject({ accessKeyId: "ASIA" });
      expect(server.requests[0]?.headers.authorization).toBe(header);
    });
  }
});

describe("a token that is an error", () => {
  type Row = readonly [what: string, options: TestEffectsOptions, variable: string, mentions: readonly string[]];
  const inFile = (token: string | Error): TestEffectsOptions => ({
    environment: { [TOKEN_FILE]: "/token", [TOKEN]: "from-variable" },
    files: { "/token": token },
  });
  const rows: readonly Row[] = [
    ["a file that does not exist", { environment: { [TOKEN_FILE]: "/token" } }, TOKEN_FILE, ["/token"]],
    ["a file that cannot be read", inFile(systemError("EACCES")), TOKEN_FILE, ["/token"]],
    ["a file with a line break at its end", inFile("token\n"), TOKEN_FILE, ["printf"]],
    ["a file with a Windows line break at its end", inFile("token\r\n"), TOKEN_FILE, ["printf"]],
    ["a token with a line break within", { environment: { [TOKEN]: "a\nb" } }, TOKEN, []],
    ["a token with a carriage return", { environment: { [TOKEN]: "a\rb" } }, TOKEN, []],
    ["a token with a control character", { environment: { [TOKEN]: "a\u007fb" } }, TOKEN, []],
    ["a token beyond Latin-1", { environment: { [TOKEN]: "a\u0101" } }, TOKEN, []],
  ];
  for (const [what, options, variable, mentions] of rows) {
    test(what, async () => {
      const error = await rejection(ask(options));
      if (!(error instanceof RolecallError)) throw error;
      expect([error.code, error.at]).toEqual(["container-token-invalid", { variable }]);
      const text = [error.message, ...error.help].join("\n");
      expect(mentions.filter((mention) => !text.includes(mention))).toEqual([]);
      expect(server.requests).toEqual([]);
    });
  }

  test("is about the line break only if the token ends with one", async () => {
    const error = await rejection(ask({ environment: { [TOKEN]: "a\nb" } }));
    expect(error instanceof RolecallError && error.help.join()).not.toContain("printf");
  });
});

describe("a response that is an error", () => {
  const rows: readonly [what: string, reply: Reply, code: ErrorCode, mention: string][] = [
    ["credentials that have expired", keys("2025-01-01T00:00:00Z"), "credentials-expired", "2025-01-01T00:00:00"],
    [
      "credentials that expire now: the clock may be wrong",
      keys("2026-01-02T03:04:05Z"),
      "credentials-expired",
      CHECK_CLOCK,
    ],
    [
      "an error of the endpoint",
      { status: 403, body: { code: "Denied", message: "not you" } },
      "container-credentials-failed",
      "not you",
    ],
    ["a status", { status: 500 }, "container-credentials-failed", "HTTP 500"],
  ];
  for (const [what, reply, code, mention] of rows) {
    test(what, async () => {
      const error = await rejection(ask({}, reply));
      if (!(error instanceof RolecallError)) throw error;
      expect([error.code, error.at]).toEqual([code, FROM]);
      expect([error.message, ...error.help].join("\n")).toContain(mention);
    });
  }
});

describe("if nothing listens, the help", () => {
  const rows: readonly [what: string, environment: TestEffectsOptions["environment"], mentionsProxy: boolean][] = [
    ["says nothing of a proxy", {}, false],
    ["says that the proxy is not used: HTTP_PROXY", { HTTP_PROXY: "http://127.0.0.1:9" }, true],
    ["says that the proxy is not used: http_proxy", { http_proxy: "http://127.0.0.1:9" }, true],
  ];
  for (const [what, environment = {}, mentionsProxy] of rows) {
    test(what, async () => {
      const error = await rejection(ask({ environment }, KEYS, await closedUrl()));
      if (!(error instanceof RolecallError)) throw error;
      expect(error.code).toBe("container-credentials-failed");
      expect(error.help.length).toBeGreaterThan(0);
      expect([...error.help, ...error.notes].join().includes("proxy")).toBe(mentionsProxy);
    });
  }

  test("is the same for an endpoint that accepts the connection and does not respond", async () => {
    server.script(SILENCE);
    const step: ContainerStep = { kind: "container", url: server.url, from: FROM };
    const error = await rejection(containerCredentials(step, testEffects(), ONCE));
    expect(error instanceof RolecallError && error.help).toHaveLength(1);
  });

  test("is not shown if there was a response", async () => {
    expect(await rejection(ask({}, { status: 500 }))).toMatchObject({ help: [] });
  });
});

describe("an error is temporary", () => {
  const rows: readonly [what: string, reply: Reply | "closed", isTemporary: boolean][] = [
    ["nothing listens: the agent may start later", "closed", true],
    ["HTTP 503", { status: 503 }, true],
    ["HTTP 500 with an error document", { status: 500, body: { code: "Internal", message: "x" } }, true],
    ["HTTP 429", { status: 429 }, true],
    ["not HTTP 401", { status: 401 }, false],
    ["not HTTP 404 with an error document", { status: 404, body: { code: "NotFound", message: "x" } }, false],
    ["not a response without keys", { body: {} }, false],
  ];
  for (const [what, reply, isTemporary] of rows) {
    test(what, async () => {
      const error = await rejection(reply === "closed" ? ask({}, KEYS, await closedUrl()) : ask({}, reply));
      expect(error).toMatchObject({ isTemporary });
    });
  }
});
