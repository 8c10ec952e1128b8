/** The AWS CLI's cache keys. The expected keys were computed with the AWS CLI's own code. */
import { describe, expect, test } from "bun:test";
import { roleCacheKey, ssoRoleCacheKey, ssoTokenCacheKey } from "../../../src/cache/key.ts";
import { compactPythonJson, type Json, pythonJson } from "../../../src/cache/python_json.ts";

const RoleArn = "arn:aws:iam::123456789012:role/marketingadminrole";
const SerialNumber = "arn:aws:iam::123456789012:mfa/user1";

describe("roleCacheKey", () => {
  const rows: readonly [what: string, request: Record<string, Json>, key: string][] = [
    ["the role alone", {}, "8e3e980585dddb1d2841b4fab7107e2a3ec02cb0"],
    ["RoleSessionName", { RoleSessionName: "build-7" }, "1b4e23a102c6121654bc3ba0016c4664cc49963a"],
    ["ExternalId", { ExternalId: "partner-42" }, "a07dd73449ef25021d3f12035a3cd9ffa168f162"],
    ["DurationSeconds", { DurationSeconds: 3600 }, "ab2c184234b5cd1034afdb2f6be7fa0bdf8b908b"],
    ["SerialNumber", { SerialNumber }, "d3ced82b3e61ef764103e2813fbf1ccacdbc829e"],
    ["TokenCode is left out", { SerialNumber, TokenCode: "123456" }, "d3ced82b3e61ef764103e2813fbf1ccacdbc829e"],
    [
      "four parameters",
      { SerialNumber, DurationSeconds: 3600, ExternalId: "partner-42", RoleSessionName: "build-7" },
      "41a6500b1a0ad78c0c08f00f31d8b60371846871",
    ],
    ["non-ASCII text", { ExternalId: 'käse "🧀"' }, "e5141181daf45bb745d7bef0ef60b110f4ffed57"],
    ["a policy", { Policy: '{"Version": "2012-10-17", "Statement": []}' }, "22a1854f00fefd69c4263ebcdb56134b5dea44e3"],
    [
      "the same policy with other spacing and order",
      { Policy: '{ "Statement":[],"Version":"2012-10-17" }' },
      "22a1854f00fefd69c4263ebcdb56134b5dea44e3",
    ],
  ];
  for (const [what, request, key] of rows) {
    test(what, () => expect(roleCacheKey({ RoleArn, ...request })).toBe(key));
  }
});

test("the key of SSO role credentials", () => {
  const role = { accountId: "123456789012", roleName: "ReadOnly" };
  expect(ssoRoleCacheKey({ ...role, sessionName: "corp" })).toBe("999fa299c534d8ffbe1215f572353203fbe5c4b7");
  expect(ssoRoleCacheKey({ ...role, startUrl: "https://x.awsapps.com/start" })).toBe(
    "83311a8fbd3114671f48cbb2beb8c4e9e866e595",
  );
});

test("the key of an SSO token", () => {
  expect(ssoTokenCacheKey("corp")).toBe("ee0bfd2552fbd840c02cc48b6e823320543c450f");
});

describe("pythonJson", () => {
  const rows: readonly [value: Json, text: string][] = [
    [{ b: 1, a: [true, null, "x"] }, '{"a": [true, null, "x"], "b": 1}'],
    ["\u0000\b\t\n\f\r\u001f\u007f\u00e9", '"\\u0000\\b\\t\\n\\f\\r\\u001f\\u007f\\u00e9"'],
    [{ "\uffff": 1, "\u{10000}": 2 }, '{"\\uffff": 1, "\\ud800\\udc00": 2}'],
    [[], "[]"],
    [{}, "{}"],
  ];
  for (const [value, text] of rows) {
    test(text, () => expect(pythonJson(value)).toBe(text));
  }

  test("compactPythonJson", () => expect(compactPythonJson({ b: [1, 2], a: "x" })).toBe('{"a":"x","b":[1,2]}'));
});
