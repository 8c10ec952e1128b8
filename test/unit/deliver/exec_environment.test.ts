/** The environment of `exec`. */
import { describe, expect, test } from "bun:test";
import { execEnvironment } from "../../../src/deliver/exec_environment.ts";
import type { Credentials } from "../../../src/domain/credentials.ts";
import { withChange } from "../../../src/domain/environment.ts";

const TEMPORARY: Credentials = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "se/cr+et=",
  sessionToken: "tok/en==",
  expiration: new Date("2026-01-02T03:04:05Z"),
  accountId: "123456789012",
};
const PLAIN: Credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

describe("the environment of exec", () => {
  test("has the credentials and the region, and keeps other variables in their order", () => {
    const environment = withChange(
      { Z: "1", PATH: "/bin", A: "" },
      execEnvironment(TEMPORARY, "eu-west-1", "deploy"),
      "linux",
    );
    expect([...environment]).toEqual([
      ["Z", "1"],
      ["PATH", "/bin"],
      ["A", ""],
      ["AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"],
      ["AWS_SECRET_ACCESS_KEY", "se/cr+et="],
      ["AWS_SESSION_TOKEN", "tok/en=="],
      ["AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:04:05+00:00"],
      ["AWS_REGION", "eu-west-1"],
      ["AWS_DEFAULT_REGION", "eu-west-1"],
      ["ROLECALL_ACTIVE", "deploy"],
    ]);
  });

  test("keeps the account that belongs to keys of the environment", () => {
    const change = execEnvironment(PLAIN, undefined, undefined, "123456789012");
    expect(withChange({ AWS_ACCOUNT_ID: "123456789012" }, change, "linux").get("AWS_ACCOUNT_ID")).toBe("123456789012");
  });

  const removed = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AMAZON_ACCESS_KEY_ID",
    "AMAZON_SECRET_ACCESS_KEY",
    "AMAZON_SESSION_TOKEN",
    "EC2_ACCESS_KEY",
    "EC2_SECRET_KEY",
    "EC2_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_ACCOUNT_ID",
    "AWS_CREDENTIAL_FILE",
    "AWS_CREDENTIAL_PROFILES_FILE",
    "ROLECALL_PROFILE",
    "ROLECALL_ACTIVE",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
  ];
  for (const name of removed) {
    test(`removes ${name}`, () =>
      expect(withChange({ [name]: "old" }, execEnvironment(PLAIN, undefined, undefined), "linux").has(name)).toBe(
        false,
      ));
  }

  const kept = ["AWS_REGION", "AWS_CONFIG_FILE", "AWS_EC2_METADATA_DISABLED", "MY_AWS_PROFILE", "BUN_OPTIONS"];
  for (const name of kept) {
    test(`keeps ${name}`, () =>
      expect(withChange({ [name]: "old" }, execEnvironment(PLAIN, undefined, undefined), "linux").get(name)).toBe(
        "old",
      ));
  }
});
