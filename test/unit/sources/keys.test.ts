/** Keys in the environment and in a profile. */
import { describe, expect, test } from "bun:test";
import { mergeSharedConfig } from "../../../src/config/merge.ts";
import type { Environment } from "../../../src/domain/environment.ts";
import { type ErrorCode, RolecallError } from "../../../src/domain/errors.ts";
import { REPLACE_ENVIRONMENT_KEYS, USE_TIMESTAMP } from "../../../src/domain/help_texts.ts";
import { parseIni } from "../../../src/ini/parse.ts";
import { environmentCredentials } from "../../../src/sources/environment.ts";
import { staticCredentials } from "../../../src/sources/static.ts";
import { NOW } from "../../support/test_effects.ts";

describe("keys in the environment", () => {
  const KEYS = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" };
  const rows: readonly [what: string, environment: Environment, expected: object][] = [
    [
      "alone",
      KEYS,
      {
        accessKeyId: "AKID",
        secretAccessKey: "secret",
        sessionToken: undefined,
        expiration: undefined,
        accountId: undefined,
      },
    ],
    ["with a token", { ...KEYS, AWS_SESSION_TOKEN: "new" }, { sessionToken: "new" }],
    ["with a token of the old name", { ...KEYS, AWS_SECURITY_TOKEN: "old" }, { sessionToken: "old" }],
    [
      "with both tokens: the AWS CLI takes the old name",
      { ...KEYS, AWS_SECURITY_TOKEN: "old", AWS_SESSION_TOKEN: "new" },
      { sessionToken: "old" },
    ],
    [
      "with an empty token of the old name",
      { ...KEYS, AWS_SECURITY_TOKEN: "", AWS_SESSION_TOKEN: "new" },
      { sessionToken: "new" },
    ],
    ["with an account", { ...KEYS, AWS_ACCOUNT_ID: "123456789012" }, { accountId: "123456789012" }],
    [
      "with an expiration",
      { ...KEYS, AWS_CREDENTIAL_EXPIRATION: "2026-01-02T03:04:06Z" },
      { expiration: new Date("2026-01-02T03:04:06Z") },
    ],
    ["with an empty expiration", { ...KEYS, AWS_CREDENTIAL_EXPIRATION: "" }, { expiration: undefined }],
  ];
  for (const [what, environment, expected] of rows) {
    test(what, () => expect(environmentCredentials(environment, NOW)).toMatchObject(expected));
  }

  const errors: readonly [expiration: string, code: ErrorCode, help: string][] = [
    ["soon", "invalid-setting", USE_TIMESTAMP],
    ["2026-01-02T03:04:05Z", "credentials-expired", REPLACE_ENVIRONMENT_KEYS],
    ["2025-01-01T00:00:00Z", "credentials-expired", REPLACE_ENVIRONMENT_KEYS],
  ];
  for (const [expiration, code, help] of errors) {
    test(`an expiration that is an error: ${expiration}`, () => {
      try {
        environmentCredentials({ ...KEYS, AWS_CREDENTIAL_EXPIRATION: expiration }, NOW);
        throw new Error("no error");
      } catch (error) {
        if (!(error instanceof RolecallError)) throw error;
        expect([error.code, error.at, error.help]).toEqual([code, { variable: "AWS_CREDENTIAL_EXPIRATION" }, [help]]);
      }
    });
  }
});

describe("keys in a profile", () => {
  function read(file: "config" | "credentials", lines: string) {
    const keys = (id: string) => `aws_access_key_id = ${id}\naws_secret_access_key = secret-${id}\n`;
    const config = mergeSharedConfig(
      parseIni(`[profile dev]\n${keys("CONFIG")}${file === "config" ? lines : ""}`, "config"),
      parseIni(`[dev]\n${keys("CREDENTIALS")}${file === "credentials" ? lines : ""}`, "credentials"),
      { configFile: "config", credentialsFile: "credentials" },
    );
    return staticCredentials({ kind: "static", profile: "dev", file, from: { default: "" } }, config);
  }

  const rows: readonly [what: string, file: "config" | "credentials", lines: string, expected: object][] = [
    ["come from the config file only", "config", "", { accessKeyId: "CONFIG", secretAccessKey: "secret-CONFIG" }],
    [
      "come from the credentials file only",
      "credentials",
      "",
      { accessKeyId: "CREDENTIALS", secretAccessKey: "secret-CREDENTIALS" },
    ],
    ["have no token and no account if none is set", "config", "", { sessionToken: undefined, accountId: undefined }],
    ["may have a token", "config", "aws_session_token = new\n", { sessionToken: "new" }],
    ["may have a token of the old name", "config", "aws_security_token = old\n", { sessionToken: "old" }],
    [
      "take the old name of both tokens, as the AWS CLI",
      "config",
      "aws_session_token = new\naws_security_token = old\n",
      { sessionToken: "old" },
    ],
    [
      "take the old name even if it is empty",
      "config",
      "aws_session_token = new\naws_security_token =\n",
      { sessionToken: undefined },
    ],
    ["have no token if it is empty", "credentials", "aws_session_token =\n", { sessionToken: undefined }],
    ["may have an account", "credentials", "aws_account_id = 123456789012\n", { accountId: "123456789012" }],
    ["have no account if it is empty", "credentials", "aws_account_id =\n", { accountId: undefined }],
  ];
  for (const [what, file, lines, expected] of rows) {
    test(what, () => expect(read(file, lines)).toMatchObject(expected));
  }
});
