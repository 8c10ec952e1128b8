/** Amazon Resource Names. */
import { describe, expect, test } from "bun:test";
import { accountIdOf, isMfaDeviceArn, isPolicyArn, isRoleArn, parseArn, resourceName } from "../../../src/text/arn.ts";

describe("parseArn", () => {
  const rows: readonly [text: string, parts: readonly string[] | undefined][] = [
    ["arn:aws:iam::123456789012:role/ci/deploy", ["aws", "iam", "", "123456789012", "role/ci/deploy"]],
    ["arn:aws-cn:sts::123456789012:assumed-role/r/s", ["aws-cn", "sts", "", "123456789012", "assumed-role/r/s"]],
    ["arn:aws:s3:::bucket/key", ["aws", "s3", "", "", "bucket/key"]],
    ["arn:aws:logs:eu-west-1:1:log-group:a:*", ["aws", "logs", "eu-west-1", "1", "log-group:a:*"]],
    ["arn:::::", ["", "", "", "", ""]],
    ["arn:aws:iam::123456789012", undefined],
    ["ARN:aws:iam::123456789012:role/r", undefined],
    [" arn:aws:iam::123456789012:role/r", undefined],
    ["123456789012:deploy", undefined],
    ["", undefined],
  ];
  for (const [text, parts] of rows) {
    test(JSON.stringify(text), () => {
      const arn = parseArn(text);
      expect(arn && [arn.partition, arn.service, arn.region, arn.accountId, arn.resource]).toEqual(parts as never);
    });
  }
});

describe("the kinds of ARNs", () => {
  const rows: readonly [text: string, kinds: readonly string[]][] = [
    ["arn:aws:iam::123456789012:role/deploy", ["role"]],
    ["arn:aws-us-gov:iam::123456789012:role/path/deploy+=,.@-_", ["role"]],
    ["arn:aws:iam::123456789012:mfa/ann", ["mfa"]],
    ["arn:aws:iam::123456789012:policy/p", ["policy"]],
    ["arn:aws:iam::aws:policy/ReadOnlyAccess", ["policy"]],
    ["arn:aws:iam::123456789012:role/", []],
    ["arn:aws:iam::123456789012:role/two words", []],
    ["arn:aws:iam::12345678901:role/deploy", []],
    ["arn:aws:iam:eu-west-1:123456789012:role/deploy", []],
    ["arn:amazon:iam::123456789012:role/deploy", []],
    ["arn:aws:sts::123456789012:role/deploy", []],
    ["arn:aws:iam:::policy/p", []],
    ["arn:aws:iam::123456789012:policy/", []],
    ["arn::iam::aws:policy/p", []],
    ["deploy", []],
  ];
  for (const [text, kinds] of rows) {
    test(text, () => {
      const found = [
        ...(isRoleArn(text) ? ["role"] : []),
        ...(isMfaDeviceArn(text) ? ["mfa"] : []),
        ...(isPolicyArn(text) ? ["policy"] : []),
      ];
      expect(found).toEqual([...kinds]);
    });
  }
});

test("accountIdOf", () => {
  expect(accountIdOf("arn:aws:sts::123456789012:assumed-role/r/s")).toBe("123456789012");
  expect(accountIdOf("arn:aws:s3:::bucket")).toBeUndefined();
  expect(accountIdOf("deploy")).toBeUndefined();
  expect(accountIdOf(undefined)).toBeUndefined();
});

test("resourceName is the last part of the resource", () => {
  expect(resourceName("arn:aws:iam::123456789012:role/ci/deploy")).toBe("deploy");
  expect(resourceName("deploy")).toBe("deploy");
});
