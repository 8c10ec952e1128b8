/** The formats of `export`. */
import { describe, expect, test } from "bun:test";
import { formatCredentials, githubFormat } from "../../../src/deliver/formats.ts";
import type { Credentials } from "../../../src/domain/credentials.ts";
import { EXPORT_FORMATS } from "../../../src/domain/option_table.ts";

const TEMPORARY: Credentials = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "se/cr+et=",
  sessionToken: "tok/en==",
  expiration: new Date("2026-01-02T03:04:05Z"),
  accountId: "123456789012",
};
const PLAIN: Credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

describe("export formats", () => {
  const expected: Readonly<Record<string, string>> = {
    process:
      '{\n  "Version": 1,\n  "AccessKeyId": "ASIAEXAMPLE",\n  "SecretAccessKey": "se/cr+et=",\n  "SessionToken": "tok/en==",\n  "Expiration": "2026-01-02T03:04:05+00:00"\n}\n',
    env: "export AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nexport AWS_SECRET_ACCESS_KEY=se/cr+et=\nexport AWS_SESSION_TOKEN=tok/en==\nexport AWS_CREDENTIAL_EXPIRATION=2026-01-02T03:04:05+00:00\n",
    "env-no-export":
      "AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nAWS_SECRET_ACCESS_KEY=se/cr+et=\nAWS_SESSION_TOKEN=tok/en==\nAWS_CREDENTIAL_EXPIRATION=2026-01-02T03:04:05+00:00\n",
    powershell:
      '$Env:AWS_ACCESS_KEY_ID="ASIAEXAMPLE"\n$Env:AWS_SECRET_ACCESS_KEY="se/cr+et="\n$Env:AWS_SESSION_TOKEN="tok/en=="\n$Env:AWS_CREDENTIAL_EXPIRATION="2026-01-02T03:04:05+00:00"\n',
    "windows-cmd":
      "set AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nset AWS_SECRET_ACCESS_KEY=se/cr+et=\nset AWS_SESSION_TOKEN=tok/en==\nset AWS_CREDENTIAL_EXPIRATION=2026-01-02T03:04:05+00:00\n",
    fish: 'set -gx AWS_ACCESS_KEY_ID "ASIAEXAMPLE"\nset -gx AWS_SECRET_ACCESS_KEY "se/cr+et="\nset -gx AWS_SESSION_TOKEN "tok/en=="\nset -gx AWS_CREDENTIAL_EXPIRATION "2026-01-02T03:04:05+00:00"\n',
    ini: "[deploy]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = se/cr+et=\naws_session_token = tok/en==\n",
  };
  for (const format of EXPORT_FORMATS) {
    if (format === "github") continue;
    test(format, () => expect(formatCredentials(format, TEMPORARY, "deploy")).toBe(expected[format] as never));
  }

  test("github masks the secrets and writes variables", () => {
    expect(githubFormat(TEMPORARY, undefined)).toEqual({
      masks: "::add-mask::se/cr+et=\n::add-mask::tok/en==\n",
      variables: expected["env-no-export"] as never,
    });
  });

  test("github writes the region under both names", () => {
    expect(githubFormat(PLAIN, "eu-west-1").variables).toEndWith(
      "AWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-1\n",
    );
  });

  test("plain keys have neither token nor expiration", () => {
    expect(formatCredentials("process", PLAIN, "x")).toBe(
      '{\n  "Version": 1,\n  "AccessKeyId": "AKIDEXAMPLE",\n  "SecretAccessKey": "secret"\n}\n',
    );
  });

  const hostile = [
    "a$(touch /tmp/x)",
    'a"b',
    "a'b",
    "a`b`",
    "a;b",
    "a\nb",
    "a b",
    "~a",
    "a%b",
    "a\\b",
    "a&b",
    "ä",
    "a!b",
  ];
  for (const value of hostile) {
    test(`rejects ${JSON.stringify(value)} in every format except JSON`, () => {
      const credentials = { ...PLAIN, secretAccessKey: value };
      for (const format of EXPORT_FORMATS) {
        if (format === "process") {
          expect(JSON.parse(formatCredentials(format, credentials, "x")).SecretAccessKey).toBe(value);
        } else if (format === "github") {
          expect(() => githubFormat(credentials, undefined)).toThrow("AWS_SECRET_ACCESS_KEY has a character");
        } else {
          expect(() => formatCredentials(format, credentials, "x")).toThrow("AWS_SECRET_ACCESS_KEY has a character");
        }
      }
    });
  }
});
