/** Profiles with IAM Identity Center (SSO), by the rules of botocore's SSOProvider; and the command that signs in. */
import { describe, expect, test } from "bun:test";
import type { SsoStep } from "../../../../src/plan/plan.ts";
import { loginCommand, ssoLoginCommand } from "../../../../src/plan/sources/login_command.ts";
import { errorOf, planOf, type Situation } from "../../../support/plan_of.ts";

const SESSION = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
const PROFILE = "[profile dev]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\n";
const LEGACY =
  "[profile dev]\nsso_account_id = 123456789012\nsso_role_name = Admin\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";

function situation(config: string, environment: Situation["environment"] = {}): Situation {
  return { config, environment: { AWS_PROFILE: "dev", AWS_EC2_METADATA_DISABLED: "true", ...environment } };
}

function stepOf(config: string, environment: Situation["environment"] = {}): SsoStep {
  const { source } = planOf(situation(config, environment)).plan;
  if (source.kind !== "sso") throw new Error(`the source is ${source.kind}`);
  return source;
}

describe("the step", () => {
  test("of a profile with a session has the session's settings, with their positions", () => {
    const step = stepOf(SESSION + PROFILE);
    expect(step).toMatchObject({
      profile: "dev",
      session: { value: "corp", from: { line: 5, column: 15 } },
      accountId: { value: "123456789012", from: { line: 6 } },
      roleName: { value: "Admin", from: { line: 7 } },
      startUrl: { value: "https://corp.awsapps.com/start", from: { line: 2 } },
      region: { value: "eu-west-1", from: { line: 3 } },
      from: { file: "config", line: 6 },
    });
  });

  test("of a legacy profile has no session", () => {
    const step = stepOf(LEGACY);
    expect(step).toMatchObject({
      session: undefined,
      startUrl: { value: "https://corp.awsapps.com/start", from: { line: 4 } },
      region: { value: "eu-west-1", from: { line: 5 } },
    });
  });

  test("may have a setting twice if both say the same: the session's position counts", () => {
    expect(stepOf(`${SESSION + PROFILE}sso_region = eu-west-1\n`).region).toMatchObject({ from: { line: 3 } });
  });

  test("takes the settings of the profile from both files", () => {
    const { source } = planOf({
      ...situation(`${SESSION}[profile dev]\nsso_session = corp\nsso_role_name = Admin\n`),
      credentials: "[dev]\nsso_account_id = 123456789012\n",
    }).plan;
    expect(source).toMatchObject({ kind: "sso", accountId: { from: { file: "credentials" } } });
  });
});

describe("an endpoint", () => {
  const configured = { AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:1", AWS_ENDPOINT_URL_SSO_OIDC: "http://127.0.0.1:2" };
  const rows: readonly [what: string, environment: Situation["environment"], portal: string, oidc: string][] = [
    ["AWS's own", {}, "https://portal.sso.eu-west-1.amazonaws.com", "https://oidc.eu-west-1.amazonaws.com"],
    [
      "AWS's own in the SSO region, not in the profile's",
      { AWS_REGION: "us-east-1" },
      "https://portal.sso.eu-west-1.amazonaws.com",
      "https://oidc.eu-west-1.amazonaws.com",
    ],
    [
      "for FIPS",
      { AWS_USE_FIPS_ENDPOINT: "true" },
      "https://portal.sso-fips.eu-west-1.amazonaws.com",
      "https://oidc-fips.eu-west-1.amazonaws.com",
    ],
    [
      "for IPv6",
      { AWS_USE_DUALSTACK_ENDPOINT: "true" },
      "https://portal.sso.eu-west-1.api.aws",
      "https://oidc.eu-west-1.api.aws",
    ],
    ["configured for each service", configured, "http://127.0.0.1:1", "http://127.0.0.1:2"],
    [
      "configured for one service",
      { AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:1" },
      "http://127.0.0.1:1",
      "https://oidc.eu-west-1.amazonaws.com",
    ],
    [
      "configured, but ignored",
      { ...configured, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
      "https://portal.sso.eu-west-1.amazonaws.com",
      "https://oidc.eu-west-1.amazonaws.com",
    ],
  ];
  for (const [what, environment, portal, oidc] of rows) {
    test(what, () => {
      const step = stepOf(SESSION + PROFILE, environment);
      expect([step.portalEndpoint.value, step.oidcEndpoint.value]).toEqual([portal, oidc]);
    });
  }

  test("names the variable that configured it", () => {
    expect(stepOf(SESSION + PROFILE, configured)).toMatchObject({
      portalEndpoint: { from: { variable: "AWS_ENDPOINT_URL_SSO" } },
      oidcEndpoint: { from: { variable: "AWS_ENDPOINT_URL_SSO_OIDC" } },
    });
  });
});

describe("an error", () => {
  const without = (text: string, key: string) => text.replace(new RegExp(`^${key} = .*\n`, "m"), "");
  /** @param message keys or names that the error has to mention. */
  const rows: readonly [what: string, config: string, error: string, message: readonly string[]][] = [
    ["a role without an account", SESSION + without(PROFILE, "sso_account_id"), "sso-incomplete 6", ["sso_account_id"]],
    ["an account without a role", SESSION + without(PROFILE, "sso_role_name"), "sso-incomplete 6", ["sso_role_name"]],
    [
      "a session without a start URL",
      without(SESSION, "sso_start_url") + PROFILE,
      "sso-incomplete 5",
      ["sso_start_url"],
    ],
    ["a session without a region", without(SESSION, "sso_region") + PROFILE, "sso-incomplete 5", ["sso_region"]],
    [
      "no session and no settings of one",
      without(PROFILE, "sso_session"),
      "sso-incomplete 2",
      ["sso_start_url", "sso_region"],
    ],
    [
      "a session that does not exist",
      SESSION + PROFILE.replace("= corp", "= crop"),
      "sso-incomplete 5",
      ["crop", "corp"],
    ],
    [
      "a session that does not exist, and no session at all",
      PROFILE,
      "sso-incomplete 2",
      ["corp", "aws configure sso-session"],
    ],
    [
      "another region in the profile",
      `${SESSION + PROFILE}sso_region = us-east-1\n`,
      "sso-incomplete 8",
      ["sso_region", "eu-west-1", "config:3"],
    ],
    [
      "another start URL in the profile",
      `${SESSION + PROFILE}sso_start_url = https://x\n`,
      "sso-incomplete 8",
      ["sso_start_url", "config:2"],
    ],
    [
      "a region that cannot be part of a host name",
      LEGACY.replace("eu-west-1", "eu west"),
      "invalid-setting 5",
      ["eu west"],
    ],
    [
      "a region that would name another host",
      LEGACY.replace("eu-west-1", "x.example/"),
      "invalid-setting 5",
      ["x.example/"],
    ],
  ];
  for (const [what, config, expected, mentions] of rows) {
    test(what, () => {
      const error = errorOf(situation(config));
      const line = error?.at !== undefined && "line" in error.at ? error.at.line : undefined;
      expect(`${error?.code} ${line}`).toBe(expected);
      const text = [error?.message, ...(error?.help ?? [])].join("\n");
      expect(mentions.filter((mention) => !text.includes(mention))).toEqual([]);
    });
  }

  test("only what is missing is called missing", () => {
    const { message } = errorOf(situation(SESSION + without(PROFILE, "sso_role_name"))) ?? {};
    expect(message).not.toContain("sso_account_id");
    expect(message).not.toContain("sso_region");
  });
});

test("a profile with a session but neither account nor role is not one with SSO credentials", () => {
  const config = `${SESSION}[profile dev]\nsso_session = corp\n`;
  expect(errorOf(situation(config))?.code).toBe("no-credentials");
});

describe("the command that signs in", () => {
  const from = { default: "" };
  const rows: readonly [what: string, command: string, expected: string][] = [
    [
      "a session is named: every profile with it is signed in",
      ssoLoginCommand({ profile: "dev", session: { value: "corp", from } }),
      "rolecall login --sso-session corp",
    ],
    [
      "a legacy profile is named",
      ssoLoginCommand({ profile: "dev", session: undefined }),
      "rolecall login --profile dev",
    ],
    ["a login session's profile is named", loginCommand({ profile: "dev" }), "rolecall login --profile dev"],
  ];
  for (const [what, command, expected] of rows) test(what, () => expect(command).toBe(expected));
});
