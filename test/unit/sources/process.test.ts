/** The provider for `credential_process`. */
import { describe, expect, test } from "bun:test";
import { mergeSharedConfig } from "../../../src/config/merge.ts";
import type { FinishedProgram } from "../../../src/domain/effects.ts";
import { type ErrorCode, RolecallError } from "../../../src/domain/errors.ts";
import { USE_FULL_PATH, USE_TIMESTAMP } from "../../../src/domain/help_texts.ts";
import { parseIni } from "../../../src/ini/parse.ts";
import type { ProcessStep } from "../../../src/plan/plan.ts";
import { processCredentials } from "../../../src/sources/process.ts";
import { rejection, systemError, type TestEffectsOptions, testEffects } from "../../support/test_effects.ts";

const FROM = { file: "config", line: 2, column: 22 };
const STEP: ProcessStep = { kind: "process", profile: "dev", argv: ["get-keys", "--x"], from: FROM };
const GOOD = { Version: 1, AccessKeyId: "ASIA", SecretAccessKey: "secret" };

function run(options: TestEffectsOptions, profile = "[profile dev]\n") {
  const paths = { configFile: "config", credentialsFile: "credentials" };
  const config = mergeSharedConfig(parseIni(profile, "config"), undefined, paths);
  const effects = testEffects(options);
  return { credentials: processCredentials(STEP, config, effects), effects };
}

function printing(output: unknown, profile?: string) {
  return run({ program: { stdout: typeof output === "string" ? output : JSON.stringify(output) } }, profile)
    .credentials;
}

describe("the credentials that a program prints", () => {
  const rows: readonly [what: string, output: object, expected: object][] = [
    [
      "have only what was printed",
      GOOD,
      {
        accessKeyId: "ASIA",
        secretAccessKey: "secret",
        sessionToken: undefined,
        expiration: undefined,
        accountId: undefined,
      },
    ],
    ["may have a token", { ...GOOD, SessionToken: "token" }, { sessionToken: "token" }],
    ["may have an account id", { ...GOOD, AccountId: "123456789012" }, { accountId: "123456789012" }],
    ["may expire", { ...GOOD, Expiration: "2026-01-02T03:04:06Z" }, { expiration: new Date("2026-01-02T03:04:06Z") }],
    ["never expire if the expiration is null", { ...GOOD, Expiration: null }, { expiration: undefined }],
    ["have no token if it is empty", { ...GOOD, SessionToken: "" }, { sessionToken: undefined }],
    ["have no token if it is null", { ...GOOD, SessionToken: null }, { sessionToken: undefined }],
    ["may have other members", { ...GOOD, Comment: {} }, { accessKeyId: "ASIA" }],
  ];
  for (const [what, output, expected] of rows) {
    test(what, async () => expect(await printing(output)).toMatchObject(expected));
  }

  test("have the profile's account id if none was printed", async () => {
    const profile = "[profile dev]\naws_account_id = 210987654321\n";
    expect(await printing(GOOD, profile)).toMatchObject({ accountId: "210987654321" });
    expect(await printing({ ...GOOD, AccountId: "123456789012" }, profile)).toMatchObject({
      accountId: "123456789012",
    });
  });
});

describe("output that is an error", () => {
  const rows: readonly [what: string, output: unknown, code: ErrorCode, mentions: readonly string[]][] = [
    ["nothing", "", "process-failed", ["JSON"]],
    ["a list", [GOOD], "process-failed", ["JSON"]],
    ["no version", { ...GOOD, Version: undefined }, "process-failed", ["Version"]],
    ["another version", { ...GOOD, Version: 2 }, "process-failed", ["Version"]],
    ["a version that is a text", { ...GOOD, Version: "1" }, "process-failed", ["Version"]],
    ["no access key id", { ...GOOD, AccessKeyId: undefined }, "process-failed", ["AccessKeyId"]],
    ["an empty secret access key", { ...GOOD, SecretAccessKey: "" }, "process-failed", ["SecretAccessKey"]],
    ["a blank access key id", { ...GOOD, AccessKeyId: " " }, "process-failed", ["AccessKeyId", "empty"]],
    ["a secret access key that is a number", { ...GOOD, SecretAccessKey: 1 }, "process-failed", ["not a string"]],
    [
      "a session token that is a number",
      { ...GOOD, SessionToken: 12345 },
      "process-failed",
      ["SessionToken", "string"],
    ],
    ["a session token that is an object", { ...GOOD, SessionToken: {} }, "process-failed", ["SessionToken", "string"]],
    ["a blank session token", { ...GOOD, SessionToken: " " }, "process-failed", ["SessionToken", "empty"]],
    ["an empty expiration", { ...GOOD, Expiration: "" }, "process-failed", ["Expiration", USE_TIMESTAMP]],
    ["a blank expiration", { ...GOOD, Expiration: " " }, "process-failed", ["Expiration", USE_TIMESTAMP]],
    ["an expiration that is a number", { ...GOOD, Expiration: 1e12 }, "process-failed", ["Expiration", USE_TIMESTAMP]],
    ["an expiration that is an object", { ...GOOD, Expiration: {} }, "process-failed", ["Expiration", USE_TIMESTAMP]],
    ["a malformed expiration", { ...GOOD, Expiration: "soon" }, "process-failed", ["Expiration", USE_TIMESTAMP]],
    [
      "credentials that expire right now",
      { ...GOOD, Expiration: "2026-01-02T03:04:05Z" },
      "credentials-expired",
      ["2026-01-02T03:04:05"],
    ],
    [
      "credentials that have expired",
      { ...GOOD, Expiration: "2025-01-01T00:00:00Z" },
      "credentials-expired",
      ["2025-01-01T00:00:00"],
    ],
  ];
  for (const [what, output, code, mentions] of rows) {
    test(what, async () => {
      const error = await rejection(printing(output));
      if (!(error instanceof RolecallError)) throw error;
      expect([error.code, error.at]).toEqual([code, FROM]);
      const text = [error.message, ...error.notes, ...error.help].join("\n");
      expect(mentions.filter((mention) => !text.includes(mention))).toEqual([]);
      expect(text).toContain('"dev"');
      expect(text).not.toContain('secret"');
    });
  }
});

describe("a program that fails", () => {
  const rows: readonly [
    what: string,
    program: Partial<FinishedProgram> | Error,
    mentions: readonly string[],
    silent: readonly string[],
  ][] = [
    ["with an exit code", { exitCode: 3 }, ["exit code 3"], []],
    ["by a signal", { exitCode: undefined }, ["signal"], ["exit code"]],
    [
      "with too much output, even if its exit code is 0",
      { outputTooLarge: true, stdout: JSON.stringify(GOOD) },
      [],
      ["exit code"],
    ],
    ["and says why", { exitCode: 1, stderr: "one\n\n  \ntwo\n" }, ["one", "two"], []],
    [
      "and says much: the last five lines count",
      { exitCode: 1, stderr: "line1\nline2\nline3\nline4\nline5\nline6\n" },
      ["line2", "line6"],
      ["line1"],
    ],
    [
      "although it printed credentials",
      { exitCode: 1, stdout: JSON.stringify(GOOD) },
      ["exit code 1"],
      ["ASIA", "secret"],
    ],
    ["to start", systemError("ENOENT"), ["get-keys", USE_FULL_PATH], []],
  ];
  for (const [what, program, mentions, silent] of rows) {
    test(what, async () => {
      const error = await rejection(run({ program }).credentials);
      if (!(error instanceof RolecallError)) throw error;
      expect([error.code, error.at]).toEqual(["process-failed", FROM]);
      const text = [error.message, ...error.notes, ...error.help].join("\n");
      expect(mentions.filter((mention) => !text.includes(mention))).toEqual([]);
      expect(silent.filter((word) => text.includes(word))).toEqual([]);
    });
  }

  test("has its lines cut to 300 characters", async () => {
    const error = await rejection(run({ program: { exitCode: 1, stderr: "x".repeat(1000) } }).credentials);
    if (!(error instanceof RolecallError)) throw error;
    expect(error.notes.join().match(/x+/)?.[0]).toHaveLength(300);
  });
});

describe("the program", () => {
  test("is run with its arguments and the chain of profiles that led to it", async () => {
    const { credentials, effects } = run({
      environment: { _AWS_CLI_PROFILE_CHAIN: "base" },
      program: { stdout: JSON.stringify(GOOD) },
    });
    await credentials;
    expect(effects.programs).toEqual([
      // Its standard error is kept for the error message.
      { argv: ["get-keys", "--x"], extra: { _AWS_CLI_PROFILE_CHAIN: "base,dev" }, stderr: "inherited-at-terminal" },
    ]);
  });

  test("is traced with its exit code, not with its output", async () => {
    const { credentials, effects } = run({ program: { stdout: JSON.stringify(GOOD) } });
    await credentials;
    expect(effects.traces.join()).toContain("get-keys");
    expect(effects.traces.join()).toContain("exit code 0");
    expect(effects.traces.join()).not.toContain("ASIA");
  });
});
