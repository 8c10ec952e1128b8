/** The settings that the plan lists as ignored, and the values that a setting overrides. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeOrigin, type Sourced } from "../../../src/domain/origin.ts";
import { emptyVariables } from "../../../src/plan/ignored.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { planOf, type Situation } from "../../support/plan_of.ts";

const KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = not-to-be-shown\n";
const ENVIRONMENT_KEYS = { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "not-to-be-shown" };
const ROLE = "role_arn = arn:aws:iam::123456789012:role/deploy\n";

describe("ignored settings, with the reason", () => {
  const rows: readonly [what: string, situation: Situation, ignored: readonly string[]][] = [
    ["nothing", { credentials: `[default]\n${KEYS}` }, []],
    [
      "keys in the environment, with --profile",
      { credentials: `[a]\n${KEYS}`, environment: ENVIRONMENT_KEYS, options: { profile: "a" } },
      ["AWS_ACCESS_KEY_ID (the variable AWS_ACCESS_KEY_ID): a profile is chosen by an option"],
    ],
    [
      "the profile, with keys in the environment",
      {
        config: `[profile a]\n${ROLE}source_profile = b\n[profile b]\n${KEYS}`,
        environment: { ...ENVIRONMENT_KEYS, AWS_PROFILE: "a" },
      },
      ["role_arn (config:2:12): keys in the environment take precedence"],
    ],
    [
      "the other sources in a profile that has a role",
      {
        config: `[profile a]\n${ROLE}source_profile = b\n${KEYS}credential_process = x\n[profile b]\n${KEYS}`,
        options: { profile: "a" },
      },
      [
        "credential_process (config:6:22): the profile's role takes precedence",
        "aws_access_key_id (config:4:21): the profile's role takes precedence",
      ],
    ],
    [
      "none in a profile that is its own source",
      { config: `[profile a]\n${ROLE}source_profile = a\n${KEYS}`, options: { profile: "a" } },
      [],
    ],
    [
      "the role and the region of a source profile that has keys",
      {
        config: `[profile a]\n${ROLE}source_profile = b\n[profile b]\n${ROLE}source_profile = c\nregion = eu-west-2\n${KEYS}`,
        options: { profile: "a" },
      },
      [
        "role_arn (config:5:12): a source profile that has keys does not assume its role",
        "region (config:7:10): the region of a source profile is not used",
      ],
    ],
    [
      "keys in the config file, if the credentials file has some, too",
      { config: `[default]\n${KEYS}`, credentials: `[default]\n${KEYS}` },
      ["aws_access_key_id (config:2:21): keys in the credentials file take precedence"],
    ],
    [
      "a container, if the profile has keys",
      { credentials: `[default]\n${KEYS}`, environment: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/x" } },
      [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (the variable AWS_CONTAINER_CREDENTIALS_RELATIVE_URI): keys in the credentials file take precedence",
      ],
    ],
    [
      "the overridden variable of the container that credential_source names, but not the used one",
      {
        config: `[profile a]\n${ROLE}credential_source = EcsContainer\n`,
        environment: {
          AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/x",
          AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://localhost/",
        },
        options: { profile: "a" },
      },
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI (the variable AWS_CONTAINER_CREDENTIALS_FULL_URI): AWS_CONTAINER_CREDENTIALS_RELATIVE_URI takes precedence",
      ],
    ],
    [
      "not the keys in the environment that credential_source names",
      {
        config: `[profile a]\n${ROLE}credential_source = Environment\n`,
        environment: ENVIRONMENT_KEYS,
        options: { profile: "a" },
      },
      [],
    ],
    [
      "a web identity in the environment, with --profile",
      {
        credentials: `[a]\n${KEYS}`,
        environment: { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "arn:x" },
        options: { profile: "a" },
      },
      ["AWS_WEB_IDENTITY_TOKEN_FILE (the variable AWS_WEB_IDENTITY_TOKEN_FILE): a profile is chosen by an option"],
    ],
    [
      "AWS_ROLE_ARN without a token file",
      { credentials: `[default]\n${KEYS}`, environment: { AWS_ROLE_ARN: "arn:x" } },
      ["AWS_ROLE_ARN (the variable AWS_ROLE_ARN): it has no effect without AWS_WEB_IDENTITY_TOKEN_FILE"],
    ],
    [
      "role settings that a web identity does not use",
      {
        config: `[profile a]\n${ROLE}web_identity_token_file = /t\nexternal_id = x\nduration_seconds = 900\n`,
        options: { profile: "a" },
      },
      [
        "external_id (config:4:15): a web identity does not use it",
        "duration_seconds (config:5:20): a web identity does not use it",
      ],
    ],
    [
      "role settings without role_arn",
      { config: `[default]\nmfa_serial = arn:m\nsource_profile = b\n${KEYS}` },
      [
        "source_profile (config:3:18): it has no effect without role_arn",
        "mfa_serial (config:2:14): it has no effect without role_arn",
      ],
    ],
    [
      "a setting that an option overrides",
      {
        config: `[profile a]\n${ROLE}source_profile = b\n`,
        environment: ENVIRONMENT_KEYS,
        options: { profile: "a", credentialSource: "Environment" },
      },
      ["source_profile (config:3:18): --credential-source overrides it"],
    ],
    [
      "endpoints that are disabled",
      {
        config: "[default]\nendpoint_url = http://p\nignore_configured_endpoint_urls = true\n",
        environment: { AWS_ENDPOINT_URL: "http://v" },
      },
      [
        "AWS_ENDPOINT_URL (the variable AWS_ENDPOINT_URL): configured endpoints are disabled by config:3:35",
        "endpoint_url (config:2:16): configured endpoints are disabled by config:3:35",
      ],
    ],
    [
      "an empty variable",
      { credentials: `[default]\n${KEYS}`, environment: { AWS_PROFILE: "", AWS_PAGER: "" } },
      ["AWS_PROFILE (the variable AWS_PROFILE): it is empty, which counts as not set"],
    ],
  ];
  for (const [what, situation, ignored] of rows) {
    test(what, () => {
      const { plan } = planOf(situation);
      expect(plan.ignored.map(({ what, from, why }) => `${what} (${describeOrigin(from)}): ${why}`)).toEqual([
        ...ignored,
      ]);
      expect(JSON.stringify(plan)).not.toContain("not-to-be-shown");
    });
  }

  test("the list of empty variables covers every variable that the plan reads", () => {
    const folder = fileURLToPath(new URL("../../../src/plan/", import.meta.url));
    const inSources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && file !== "ignored.ts")
      .flatMap((file) => [...readFileSync(`${folder}${file}`, "utf8").matchAll(/"(AWS_[A-Z0-9_]*[A-Z0-9])"/g)])
      .map(([, name = ""]) => name);
    expect(inSources.length).toBeGreaterThan(20);
    const read = [...inSources, "AWS_ENDPOINT_URL_STS"];
    const empty = Object.fromEntries(read.map((name) => [name, ""]));
    expect(new Set(emptyVariables(empty).map(({ what }) => what))).toEqual(new Set(read));
  });
});

describe("overridden values", () => {
  const both = { config: "[default]\nregion = eu-west-1\n", credentials: `[default]\n${KEYS}region = eu-west-2\n` };
  const rows: readonly [
    what: string,
    situation: Situation,
    setting: (plan: Plan) => Sourced<unknown> | undefined,
    over: readonly string[],
  ][] = [
    ["nothing", { config: "[default]\nregion = eu-west-1\n" }, (plan) => plan.region, []],
    [
      "a variable over the other variable and both files",
      { ...both, environment: { AWS_REGION: "x", AWS_DEFAULT_REGION: "y" } },
      (plan) => plan.region,
      ["y (the variable AWS_DEFAULT_REGION)", "eu-west-2 (credentials:4:10)", "eu-west-1 (config:2:10)"],
    ],
    ["one file over the other", both, (plan) => plan.region, ["eu-west-1 (config:2:10)"]],
    [
      "--profile over AWS_PROFILE",
      { ...both, environment: { AWS_PROFILE: "gone" }, options: { profile: "default" } },
      (plan) => plan.profile,
      ["gone (the variable AWS_PROFILE)"],
    ],
    [
      "an option over a role's setting",
      {
        config: `[profile a]\n${ROLE}source_profile = b\nexternal_id = one\nduration_seconds = soon\n[profile b]\n${KEYS}`,
        options: { profile: "a", externalId: "two", durationSeconds: "1h" },
      },
      (plan) => plan.roles[0]?.externalId,
      ["one (config:4:15)"],
    ],
    [
      "a variable over an endpoint of the profile",
      { config: "[default]\nendpoint_url = http://p\n", environment: { AWS_ENDPOINT_URL_STS: "http://v" } },
      (plan) => plan.sts.endpoint,
      ["http://p (config:2:16)"],
    ],
    [
      "one role ARN of a web identity over the other",
      {
        config: `[default]\n${ROLE}web_identity_token_file = /t\n`,
        environment: { AWS_ROLE_ARN: "arn:env" },
      },
      ({ source }) => (source.kind === "web-identity" ? source.roleArn : undefined),
      ["arn:aws:iam::123456789012:role/deploy (config:2:12)"],
    ],
  ];
  for (const [what, situation, setting, over] of rows) {
    test(what, () => {
      const found = setting(planOf(situation).plan);
      expect(found).toBeDefined();
      expect((found?.overrides ?? []).map(({ value, from }) => `${value} (${describeOrigin(from)})`)).toEqual([
        ...over,
      ]);
    });
  }
});
