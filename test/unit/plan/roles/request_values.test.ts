/** The values that STS accepts, by the patterns of its API reference. */
import { describe, expect, test } from "bun:test";
import { EXTERNAL_ID, MFA_SERIAL, ROLE_ARN, ROLE_SESSION_NAME } from "../../../../src/plan/roles/request_values.ts";

const RULES = { ROLE_ARN, ROLE_SESSION_NAME, EXTERNAL_ID, MFA_SERIAL };

const ROWS: readonly [rule: keyof typeof RULES, valid: readonly string[], invalid: readonly string[]][] = [
  [
    "ROLE_ARN",
    [
      "arn:aws:iam::123456789012:role/deploy",
      "arn:aws-cn:iam::123456789012:role/path/to/deploy",
      "arn:aws:iam::123456789012:role/a!b/deploy",
      // Ceph and MinIO have roles without an account.
      "arn:aws:iam:::role/deploy",
      "arn:minio:iam:::role/idmp-openid",
    ],
    [
      "deploy",
      "123456789012:deploy",
      "arn:aws:iam::12345678901:role/deploy",
      "arn:aws:iam::1234-5678-9012:role/deploy",
      "arn:aws:iam::123456789012:user/deploy",
      "arn:aws:iam::123456789012:role/",
      "arn:aws:iam::123456789012:role/a b",
      "arn:aws:iam::123456789012:role/deploy # home",
      "arn:aws:iam::123456789012:role/deploy\n",
      '"arn:aws:iam::123456789012:role/deploy"',
      "arn:aws:sts::123456789012:assumed-role/deploy/me",
      "arn:aws:iam:us-east-1:123456789012:role/deploy",
    ],
  ],
  [
    "ROLE_SESSION_NAME",
    ["me", "a_+=,.@-9", "x".repeat(64)],
    ["m", "x".repeat(65), "me too", "m\u00e9", "me/too", "me\n"],
  ],
  ["EXTERNAL_ID", ["42", "a_+=,.@:/-9", "x".repeat(1224)], ["4", "x".repeat(1225), "a b", "k\u00e4se", "a*b"]],
  [
    "MFA_SERIAL",
    ["GAHT12345678", "arn:aws:iam::123456789012:mfa/me"],
    ["12345678", "x".repeat(257), "arn:aws:iam::1:mfa/a b"],
  ],
];
for (const [rule, valid, invalid] of ROWS) {
  describe(RULES[rule].what, () => {
    for (const value of valid) test(`accepts ${value}`, () => expect(RULES[rule].matches(value)).toBe(true));
    for (const value of invalid) test(`rejects ${value}`, () => expect(RULES[rule].matches(value)).toBe(false));
  });
}
