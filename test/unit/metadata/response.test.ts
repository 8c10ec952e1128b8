/** Credentials in the responses of the metadata services. */
import { describe, expect, test } from "bun:test";
import type { Credentials } from "../../../src/domain/credentials.ts";
import { MetadataError } from "../../../src/metadata/error.ts";
import { parseBody, readCredentials, reportedError } from "../../../src/metadata/response.ts";

const GOOD = {
  Code: "Success",
  AccessKeyId: "ASIAEXAMPLE",
  SecretAccessKey: "secret",
  Token: "token",
  Expiration: "2026-01-02T09:00:00Z",
};

function read(body: unknown): Credentials {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const required = ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"] as const;
  return readCredentials(new TextEncoder().encode(text), "the service", required);
}

function errorOf(body: unknown): MetadataError {
  try {
    read(body);
  } catch (error) {
    if (error instanceof MetadataError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("a response with credentials", () => {
  const rows: readonly [what: string, changes: object, expected: object][] = [
    [
      "has each value under its own name",
      {},
      {
        accessKeyId: "ASIAEXAMPLE",
        secretAccessKey: "secret",
        sessionToken: "token",
        expiration: new Date("2026-01-02T09:00:00Z"),
        accountId: undefined,
      },
    ],
    ["may have an account id", { AccountId: "123456789012" }, { accountId: "123456789012" }],
    ["may have an empty token, for a user's own keys", { Token: "" }, { accessKeyId: "ASIAEXAMPLE" }],
    [
      "may have an expiration in another time zone",
      { Expiration: "2026-01-02T10:00:00+01:00" },
      { expiration: new Date("2026-01-02T09:00:00Z") },
    ],
    ["may have unknown members", { LastUpdated: "x", Code: 7 }, { secretAccessKey: "secret" }],
  ];
  for (const [what, changes, expected] of rows) {
    test(what, () => expect(read({ ...GOOD, ...changes })).toMatchObject(expected));
  }

  test("needs only the members that are required", () => {
    const body = new TextEncoder().encode(JSON.stringify({ AccessKeyId: "AKID", SecretAccessKey: "s" }));
    expect(readCredentials(body, "x", ["AccessKeyId", "SecretAccessKey"])).toMatchObject({
      accessKeyId: "AKID",
      expiration: undefined,
      sessionToken: undefined,
    });
  });
});

describe("an error", () => {
  const rows: readonly [what: string, body: unknown, reason: MetadataError["reason"], mentions: readonly string[]][] = [
    ["not JSON", "<html>", "unexpected-response", []],
    ["a JSON list", [GOOD], "unexpected-response", []],
    ["nothing", "", "unexpected-response", []],
    ["no access key id", { ...GOOD, AccessKeyId: undefined }, "unexpected-response", ["AccessKeyId"]],
    ["an empty access key id", { ...GOOD, AccessKeyId: "" }, "unexpected-response", ["AccessKeyId"]],
    ["an empty secret access key", { ...GOOD, SecretAccessKey: "" }, "unexpected-response", ["SecretAccessKey"]],
    ["a number in place of a key", { ...GOOD, SecretAccessKey: 1 }, "unexpected-response", ["SecretAccessKey"]],
    ["no token at all", { ...GOOD, Token: undefined }, "unexpected-response", ["Token"]],
    ["null in place of a token", { ...GOOD, Token: null }, "unexpected-response", ["Token"]],
    ["no expiration", { ...GOOD, Expiration: undefined }, "unexpected-response", ["Expiration"]],
    ["an empty expiration", { ...GOOD, Expiration: "" }, "unexpected-response", ["Expiration"]],
    ["an expiration that is a number", { ...GOOD, Expiration: 4e9 }, "unexpected-response", ["Expiration"]],
    ["a blank access key id", { ...GOOD, AccessKeyId: " " }, "unexpected-response", ["AccessKeyId"]],
    [
      "a secret access key that is a number",
      { ...GOOD, SecretAccessKey: 1 },
      "unexpected-response",
      ["SecretAccessKey"],
    ],
    ["a token that is a number", { ...GOOD, Token: 1 }, "unexpected-response", ["Token"]],
    ["a malformed expiration", { ...GOOD, Expiration: "soon" }, "unexpected-response", ["Expiration"]],
    [
      "two members missing: both are named",
      { ...GOOD, Token: undefined, AccessKeyId: undefined },
      "unexpected-response",
      ["AccessKeyId", "Token"],
    ],
    [
      "EC2's own error",
      { Code: "AssumeRoleUnauthorizedAccess", Message: "EC2 cannot assume the role" },
      "reported-error",
      ["AssumeRoleUnauthorizedAccess", "EC2 cannot assume the role"],
    ],
    [
      "a container's own error",
      { code: "AccessDenied", message: "not you" },
      "reported-error",
      ["AccessDenied", "not you"],
    ],
    ["a code without a message", { Code: "Failed" }, "unexpected-response", ["AccessKeyId"]],
  ];
  for (const [what, body, reason, mentions] of rows) {
    test(what, () => {
      const error = errorOf(body);
      expect(error.reason).toBe(reason);
      expect(mentions.filter((mention) => !error.message.includes(mention))).toEqual([]);
    });
  }

  test("names the service, and no value of the response", () => {
    expect(errorOf({ ...GOOD, Token: 5 }).message).toContain("the service");
    expect(errorOf({ ...GOOD, Token: 5 }).message).not.toContain("secret");
    expect(errorOf({ ...GOOD, Expiration: "secret-text" }).message).not.toContain("secret-text");
  });

  test("of the service is cut to 300 characters", () => {
    const message = reportedError({ code: "C", message: "m".repeat(1000) }, "x")?.message ?? "";
    expect(message.match(/m+/g)?.map((run) => run.length)).toContain(300);
  });
});

describe("the service's own error is not in", () => {
  const rows: readonly unknown[] = [
    undefined,
    null,
    "text",
    {},
    { code: "x" },
    { message: "x" },
    { code: 1, message: "x" },
  ];
  for (const body of rows)
    test(JSON.stringify(body) ?? "nothing", () => expect(reportedError(body, "x")).toBeUndefined());
});

test("a body that is not UTF-8 is not a JSON object", () => {
  expect(parseBody(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toBeUndefined();
  expect(parseBody(new TextEncoder().encode('{"a":1}'))).toEqual({ a: 1 });
});
