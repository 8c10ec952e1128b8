/** Session policies, tags and identity: what STS would reject is an error before any request. */
import { describe, expect, test } from "bun:test";
import { type ErrorCode, RolecallError } from "../../../../src/domain/errors.ts";
import type { Origin, Sourced } from "../../../../src/domain/origin.ts";
import { firstSessionOption, type SessionOptions, sessionSettings } from "../../../../src/plan/roles/session.ts";

const ARN = "arn:aws:iam::aws:policy/ReadOnlyAccess";

function option(value: string, from: Origin = { option: value }): Sourced<string> {
  return { value, from };
}

function list(...values: readonly string[]): readonly Sourced<string>[] {
  return values.map((value) => option(value));
}

function numbered(count: number, text: (index: number) => string): readonly Sourced<string>[] {
  return list(...Array.from({ length: count }, (_, index) => text(index)));
}

test("without options a session has no settings", () => {
  const none = { policy: undefined, policyArns: [], tags: [], transitiveTagKeys: [], sourceIdentity: undefined };
  expect(sessionSettings({})).toEqual(none);
});

describe("a tag", () => {
  const rows: readonly [text: string, key: string, value: string][] = [
    ["team=platform", "team", "platform"],
    ["a=b", "a", "b"],
    ["Größe_.:/=+-@ 1=ä b", "Größe_.:/", "+-@ 1=ä b"],
    ["team=", "team", ""],
    ["query=a=b", "query", "a=b"],
    ["k=v".padStart(130, "k"), "k".repeat(128), "v"],
    [`k=${"v".repeat(256)}`, "k", "v".repeat(256)],
  ];
  for (const [text, key, value] of rows) {
    test(text.slice(0, 20), () => {
      expect(sessionSettings({ tags: list(text) }).tags).toEqual([{ value: { key, value }, from: { option: text } }]);
    });
  }
});

describe("options that are not an error", () => {
  const rows: readonly [what: string, options: SessionOptions][] = [
    ["50 tags", { tags: numbered(50, (index) => `k${index}=v`) }],
    ["10 policy ARNs", { policyArns: numbered(10, () => ARN) }],
    ["a transitive key of a tag", { tags: list("a=1", "b=2"), transitiveTagKeys: list("b") }],
    ["a policy of 2048 characters", { policy: option(`{"a":"${"x".repeat(2040)}"}`) }],
    ["a policy", { policy: option('{"Version":"2012-10-17"}') }],
    ["a source identity of 2 characters", { sourceIdentity: option("me") }],
    ["a source identity of 64 characters", { sourceIdentity: option("a+=,.@-_".repeat(8)) }],
  ];
  for (const [what, options] of rows) test(what, () => expect(() => sessionSettings(options)).not.toThrow());
});

describe("an error at the option that causes it", () => {
  const rows: readonly [what: string, options: SessionOptions, at: string][] = [
    ["a tag without a value", { tags: list("team") }, "team"],
    ["a key with a character that STS rejects", { tags: list("te*am=x") }, "te*am=x"],
    ["a value with a character that STS rejects", { tags: list("team=a,b") }, "team=a,b"],
    ["a tag without a key", { tags: list("=x") }, "=x"],
    ["a key of 129 characters", { tags: list(`${"k".repeat(129)}=v`) }, `${"k".repeat(129)}=v`],
    ["a value of 257 characters", { tags: list(`k=${"v".repeat(257)}`) }, `k=${"v".repeat(257)}`],
    [
      "a policy of 2049 characters",
      { policy: option(`{"a":"${"x".repeat(2041)}"}`, { option: "--policy" }) },
      "--policy",
    ],
    ["51 tags", { tags: numbered(51, (index) => `k${index}=v`) }, "k50=v"],
    ["two tags with keys that differ only in case", { tags: list("Team=a", "team=b") }, "team=b"],
    ["11 policy ARNs", { policyArns: numbered(11, (index) => `${ARN}${index}`) }, `${ARN}10`],
    ["a policy ARN that is none", { policyArns: list("ReadOnlyAccess") }, "ReadOnlyAccess"],
    ["a transitive key without tags", { transitiveTagKeys: list("a") }, "a"],
    ["a transitive key of another tag", { tags: list("a=1"), transitiveTagKeys: list("a", "b") }, "b"],
    ["a transitive key in another case", { tags: list("a=1"), transitiveTagKeys: list("A") }, "A"],
    ["a policy that is not JSON", { policy: option("@file") }, "@file"],
    ["a policy that is a list", { policy: option("[]") }, "[]"],
    ["a policy that is null", { policy: option("null") }, "null"],
    ["a policy that is a number", { policy: option("1") }, "1"],
    ["a source identity of 1 character", { sourceIdentity: option("m") }, "m"],
    ["a source identity of 65 characters", { sourceIdentity: option("m".repeat(65)) }, "m".repeat(65)],
    ["a source identity with a blank", { sourceIdentity: option("a b") }, "a b"],
  ];
  for (const [what, options, at] of rows) {
    test(what, () => {
      const error = errorOf(options);
      expect([error.code, error.at]).toEqual(["invalid-option", { option: at }]);
    });
  }

  const codes: readonly [from: Origin, code: ErrorCode][] = [
    [{ file: "config.toml", line: 2, column: 1 }, "invalid-setting"],
    [{ variable: "ROLECALL_POLICY" }, "invalid-option"],
  ];
  for (const [from, code] of codes) {
    test(`has the code ${code} for ${JSON.stringify(from)}`, () => {
      expect(errorOf({ policy: option("x", from) })).toMatchObject({ code, at: from });
    });
  }
});

describe("the first option of a session", () => {
  const rows: readonly [options: SessionOptions, first: string | undefined][] = [
    [{}, undefined],
    [{ policyArns: [], tags: [], transitiveTagKeys: [] }, undefined],
    [{ sourceIdentity: option("i"), transitiveTagKeys: list("k") }, "k"],
    [{ transitiveTagKeys: list("k"), tags: list("t", "u") }, "t"],
    [{ tags: list("t"), policyArns: list("a") }, "a"],
    [{ policyArns: list("a"), policy: option("p") }, "p"],
    [{ sourceIdentity: option("i") }, "i"],
  ];
  for (const [options, first] of rows) {
    test(`of ${Object.keys(options).join() || "none"}`, () => expect(firstSessionOption(options)?.value).toBe(first));
  }
});

function errorOf(options: SessionOptions): RolecallError {
  try {
    sessionSettings(options);
  } catch (error) {
    if (error instanceof RolecallError) return error;
    throw error;
  }
  throw new Error("no error");
}
