/** The credential chain: its order, when it moves on to the next source, and its errors. See `src/plan/chain.ts`. */
import { describe, expect, test } from "bun:test";
import { errorOf, outcomeOf, planOf, type Situation } from "../../support/plan_of.ts";

const KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n";
const ENVIRONMENT_KEYS = { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "secret" };
const ROLE = "role_arn = arn:aws:iam::123456789012:role/marketingadmin\n";
const ARN = "arn:aws:iam::123456789012:role/marketingadmin";
const CONTAINER = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/creds" };

type Row = readonly [what: string, situation: Situation, outcome: string];

function table(name: string, rows: readonly Row[]) {
  describe(name, () => {
    for (const [what, situation, outcome] of rows) {
      test(what, () => expect(outcomeOf(situation)).toBe(outcome));
    }
  });
}

table("order", [
  ["nothing configured: the EC2 metadata is the last resort", {}, "ec2"],
  [
    "EC2 metadata disabled: no credentials",
    { environment: { AWS_EC2_METADATA_DISABLED: "TRUE" } },
    "error no-credentials",
  ],
  ["container before EC2", { environment: CONTAINER }, "container"],
  [
    "an empty container variable counts as not set",
    { environment: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "" } },
    "ec2",
  ],
  [
    "profile before container",
    { credentials: `[default]\n${KEYS}`, environment: CONTAINER },
    "static:default@credentials",
  ],
  [
    "environment before the default profile",
    { credentials: `[default]\n${KEYS}`, environment: ENVIRONMENT_KEYS },
    "environment",
  ],
  [
    "environment before a profile named by a variable",
    { credentials: `[a]\n${KEYS}`, environment: { ...ENVIRONMENT_KEYS, AWS_PROFILE: "a" } },
    "environment",
  ],
  [
    "a profile named by an option before the environment",
    { credentials: `[a]\n${KEYS}`, environment: ENVIRONMENT_KEYS, options: { profile: "a" } },
    "static:a@credentials",
  ],
  [
    "a profile named by an option that has no credentials: not the environment, but container and EC2",
    { config: "[profile a]\nregion = x\n", environment: ENVIRONMENT_KEYS, options: { profile: "a" } },
    "ec2",
  ],
  [
    "credentials file before config file",
    { config: `[default]\n${KEYS}`, credentials: `[default]\n${KEYS}` },
    "static:default@credentials",
  ],
  [
    "config file if the credentials file has no keys",
    { config: `[default]\n${KEYS}`, credentials: "[default]\n" },
    "static:default@config",
  ],
  [
    "a role before static keys of the same profile",
    { config: `[profile a]\n${ROLE}source_profile = b\n${KEYS}[profile b]\n${KEYS}`, options: { profile: "a" } },
    `static:b@config → ${ARN}`,
  ],
]);

table("which profile", [
  [
    "AWS_PROFILE before AWS_DEFAULT_PROFILE",
    { credentials: `[a]\n${KEYS}[b]\n${KEYS}`, environment: { AWS_PROFILE: "a", AWS_DEFAULT_PROFILE: "b" } },
    "static:a@credentials",
  ],
  [
    "AWS_DEFAULT_PROFILE alone",
    { credentials: `[b]\n${KEYS}`, environment: { AWS_DEFAULT_PROFILE: "b" } },
    "static:b@credentials",
  ],
  [
    "an empty AWS_PROFILE counts as not set",
    { credentials: `[default]\n${KEYS}`, environment: { AWS_PROFILE: "" } },
    "static:default@credentials",
  ],
  [
    "the option before the variables",
    { credentials: `[a]\n${KEYS}[b]\n${KEYS}`, environment: { AWS_PROFILE: "a" }, options: { profile: "b" } },
    "static:b@credentials",
  ],
  [
    "a named profile that does not exist, even if another source has credentials",
    { environment: { ...ENVIRONMENT_KEYS, AWS_PROFILE: "nope" } },
    "error profile-not-found",
  ],
  ["default must exist if a variable names it", { environment: { AWS_PROFILE: "default" } }, "error profile-not-found"],
  ["default need not exist if no profile is named", { environment: ENVIRONMENT_KEYS }, "environment"],
]);

table("an incomplete key pair is an error, and no other source is used", [
  ["environment", { environment: { AWS_ACCESS_KEY_ID: "AKID" } }, "error partial-credentials"],
  [
    "environment with an empty secret",
    { environment: { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "" } },
    "error partial-credentials",
  ],
  ["credentials file", { credentials: "[default]\naws_access_key_id = AKID\n" }, "error partial-credentials"],
  [
    "credentials file, though the config file has both",
    { credentials: "[default]\naws_access_key_id = AKID\n", config: `[default]\n${KEYS}` },
    "error partial-credentials",
  ],
  ["config file", { config: "[default]\naws_access_key_id = AKID\n" }, "error partial-credentials"],
  ["a secret without a key id is ignored", { credentials: "[default]\naws_secret_access_key = s\n" }, "ec2"],
  ["a secret without a key id in the environment is ignored", { environment: { AWS_SECRET_ACCESS_KEY: "s" } }, "ec2"],
]);

table("source_profile", [
  [
    "a role in the credentials file, as in the AWS CLI's documentation",
    {
      credentials: `[user1]\n${KEYS}[marketingadmin]\n${ROLE}source_profile = user1\n`,
      options: { profile: "marketingadmin" },
    },
    `static:user1@credentials → ${ARN}`,
  ],
  [
    "a chain of three roles, the innermost first",
    {
      config: `[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = c\n[profile c]\nrole_arn = arn:c\nsource_profile = d\n[profile d]\n${KEYS}`,
      options: { profile: "a", region: "eu-west-1" },
    },
    "static:d@config → arn:c → arn:b → arn:a",
  ],
  [
    "itself, with keys",
    { config: `[profile a]\n${ROLE}source_profile = a\n${KEYS}`, options: { profile: "a" } },
    `static:a@config → ${ARN}`,
  ],
  [
    "itself, without keys",
    { config: `[profile a]\n${ROLE}source_profile = a\n`, options: { profile: "a" } },
    "error source-profile-loop",
  ],
  [
    "itself, with a secret but no key id: a source without credentials",
    { config: `[profile a]\n${ROLE}source_profile = a\naws_secret_access_key = s\n`, options: { profile: "a" } },
    "error source-profile-empty",
  ],
  [
    "a cycle of two",
    {
      config: `[profile a]\n${ROLE}source_profile = b\n[profile b]\n${ROLE}source_profile = a\n`,
      options: { profile: "a" },
    },
    "error source-profile-loop",
  ],
  [
    "a cycle whose first profile has keys",
    {
      config: `[profile a]\n${ROLE}${KEYS}source_profile = b\n[profile b]\n${ROLE}source_profile = a\n`,
      options: { profile: "a" },
    },
    "error source-profile-loop",
  ],
  [
    "a cycle that does not contain the first profile",
    {
      config: `[profile a]\n${ROLE}source_profile = b\n[profile b]\n${ROLE}source_profile = c\n[profile c]\n${ROLE}source_profile = b\n`,
      options: { profile: "a" },
    },
    "error source-profile-loop",
  ],
  [
    "a source with keys and a role: the role is not assumed",
    {
      config: `[profile a]\n${ROLE}source_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = nope\n${KEYS}`,
      options: { profile: "a" },
    },
    `static:b@config → ${ARN}`,
  ],
  [
    "one that does not exist",
    { config: `[profile a]\n${ROLE}source_profile = b\n`, options: { profile: "a" } },
    "error source-profile-not-found",
  ],
  [
    "one without credentials",
    { config: `[profile a]\n${ROLE}source_profile = b\n[profile b]\nregion = eu-west-1\n`, options: { profile: "a" } },
    "error source-profile-empty",
  ],
  [
    "one without credentials: EC2 and the container are not used instead",
    {
      config: `[profile a]\n${ROLE}source_profile = b\n[profile b]\n`,
      options: { profile: "a" },
      environment: CONTAINER,
    },
    "error source-profile-empty",
  ],
  [
    "a source with a key id but no secret",
    {
      config: `[profile a]\n${ROLE}source_profile = b\n[profile b]\naws_access_key_id = AKID\n`,
      options: { profile: "a" },
    },
    "error partial-credentials",
  ],
  [
    "both sources",
    {
      config: `[profile a]\n${ROLE}source_profile = b\ncredential_source = Environment\n[profile b]\n${KEYS}`,
      options: { profile: "a" },
    },
    "error role-with-two-sources",
  ],
  ["no source", { config: `[profile a]\n${ROLE}`, options: { profile: "a" } }, "error role-without-source"],
]);

const sourced = (source: string): string => `[profile a]\n${ROLE}credential_source = ${source}\n`;

table("credential_source", [
  [
    "Environment",
    { config: sourced("Environment"), environment: { ...ENVIRONMENT_KEYS, AWS_PROFILE: "a" } },
    "environment",
  ],
  [
    "Environment is used even with --profile",
    { config: sourced("Environment"), environment: ENVIRONMENT_KEYS, options: { profile: "a" } },
    `environment → ${ARN}`,
  ],
  [
    "Environment without keys",
    { config: sourced("Environment"), options: { profile: "a" } },
    "error credential-source-empty",
  ],
  [
    "Environment with an incomplete key pair",
    { config: sourced("Environment"), environment: { AWS_ACCESS_KEY_ID: "AKID" }, options: { profile: "a" } },
    "error partial-credentials",
  ],
  ["Ec2InstanceMetadata", { config: sourced("Ec2InstanceMetadata"), options: { profile: "a" } }, `ec2 → ${ARN}`],
  [
    "Ec2InstanceMetadata, disabled",
    {
      config: sourced("Ec2InstanceMetadata"),
      environment: { AWS_EC2_METADATA_DISABLED: "true" },
      options: { profile: "a" },
    },
    "error credential-source-empty",
  ],
  [
    "EcsContainer",
    { config: sourced("EcsContainer"), environment: CONTAINER, options: { profile: "a" } },
    `container → ${ARN}`,
  ],
  [
    "EcsContainer outside a container",
    { config: sourced("EcsContainer"), options: { profile: "a" } },
    "error credential-source-empty",
  ],
  [
    "a name in another case",
    { config: sourced("ec2instancemetadata"), options: { profile: "a" } },
    "error unknown-credential-source",
  ],
  ["an empty name", { config: sourced(""), options: { profile: "a" } }, "error unknown-credential-source"],
  [
    "the credential_source of a source profile",
    {
      config: `${sourced("EcsContainer")}[profile b]\nrole_arn = arn:b\nsource_profile = a\n`,
      environment: CONTAINER,
      options: { profile: "b", region: "eu-west-1" },
    },
    `container → ${ARN} → arn:b`,
  ],
]);

table("options", [
  [
    "--role-arn on top of the default chain",
    { credentials: `[default]\n${KEYS}`, options: { roleArn: ARN } },
    `static:default@credentials → ${ARN}`,
  ],
  [
    "--role-arn on top of a role profile",
    {
      config: `[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\n${KEYS}`,
      options: { profile: "a", roleArn: ARN, region: "eu-west-1" },
    },
    `static:b@config → arn:a → ${ARN}`,
  ],
  [
    "--role-arn with --source-profile",
    { credentials: `[u]\n${KEYS}`, environment: ENVIRONMENT_KEYS, options: { roleArn: ARN, sourceProfile: "u" } },
    `static:u@credentials → ${ARN}`,
  ],
  [
    "--role-arn with --credential-source",
    { environment: CONTAINER, options: { roleArn: ARN, credentialSource: "EcsContainer" } },
    `container → ${ARN}`,
  ],
  [
    "--source-profile that does not exist",
    { options: { roleArn: ARN, sourceProfile: "u" } },
    "error source-profile-not-found",
  ],
  [
    "--source-profile without --role-arn",
    { credentials: `[u]\n${KEYS}`, options: { sourceProfile: "u" } },
    "error option-conflict",
  ],
  [
    "--source-profile and --credential-source",
    { options: { roleArn: ARN, sourceProfile: "u", credentialSource: "Environment" } },
    "error option-conflict",
  ],
  [
    "--credential-source overrides a profile's source",
    {
      config: `[profile a]\n${ROLE}source_profile = nope\n`,
      environment: CONTAINER,
      options: { profile: "a", credentialSource: "EcsContainer" },
    },
    `container → ${ARN}`,
  ],
  [
    "--credential-source alone",
    { environment: { ...CONTAINER, ...ENVIRONMENT_KEYS }, options: { credentialSource: "EcsContainer" } },
    "container",
  ],
  [
    "--external-id if no role is assumed",
    { credentials: `[default]\n${KEYS}`, options: { externalId: "x1" } },
    "error option-conflict",
  ],
]);

describe("a role's settings", () => {
  const profile = (lines: string) => ({
    config: `[profile a]\n${ROLE}source_profile = b\n${lines}\n[profile b]\n${KEYS}`,
  });

  test("come from the profile, each with its position", () => {
    const { plan } = planOf({
      ...profile(
        "external_id = partner-42\nrole_session_name = build-7\nduration_seconds = 3600\nmfa_serial = arn:mfa",
      ),
      options: { profile: "a" },
    });
    expect(plan.roles[0]).toEqual({
      kind: "assume-role",
      profile: "a",
      roleArn: { value: ARN, from: { file: "config", line: 2, column: 12 } },
      sourceProfile: { value: "b", from: { file: "config", line: 3, column: 18 } },
      credentialSource: undefined,
      roleSessionName: { value: "build-7", from: { file: "config", line: 5, column: 21 } },
      externalId: { value: "partner-42", from: { file: "config", line: 4, column: 15 } },
      durationSeconds: { value: 3600, from: { file: "config", line: 6, column: 20 } },
      mfaSerial: { value: "arn:mfa", from: { file: "config", line: 7, column: 14 } },
      mfaProcess: undefined,
      session: { policy: undefined, policyArns: [], tags: [], transitiveTagKeys: [], sourceIdentity: undefined },
      from: { file: "config", line: 2, column: 12 },
    });
  });

  test("options override the profile's keys, only for the role of the chosen profile", () => {
    const { plan } = planOf({
      config: `[profile a]\n${ROLE}external_id = one\nsource_profile = b\n[profile b]\nrole_arn = arn:b\nexternal_id = two\nsource_profile = c\n[profile c]\n${KEYS}`,
      options: { profile: "a", externalId: "mine", durationSeconds: "15m", region: "eu-west-1" },
    });
    expect(plan.roles.map((role) => [role.externalId?.value, role.durationSeconds?.value])).toEqual([
      ["two", undefined],
      ["mine", 900],
    ]);
  });

  test("of --role-arn are the options only", () => {
    const { plan } = planOf({
      ...profile("external_id = one"),
      options: { profile: "a", roleArn: "arn:x", externalId: "mine", region: "eu-west-1" },
    });
    expect(plan.roles.map((role) => role.externalId?.value)).toEqual(["one", "mine"]);
  });

  const invalid: readonly [
    what: string,
    lines: string,
    options: Situation["options"],
    code: string,
    column: number | undefined,
  ][] = [
    ["a duration that is not a number", "duration_seconds = soon", {}, "invalid-setting", 20],
    ["a duration below STS's minimum", "duration_seconds = 60", {}, "invalid-setting", 20],
    ["a duration above STS's maximum", "duration_seconds = 43201", {}, "invalid-setting", 20],
    ["a duration with a unit, in a file", "duration_seconds = 1h", {}, "invalid-setting", 20],
    ["an empty external id", "external_id =", {}, "invalid-setting", 14],
    ["an invalid --duration-seconds", "", { durationSeconds: "1d" }, "invalid-option", undefined],
  ];
  for (const [what, lines, options, code, column] of invalid) {
    test(`invalid: ${what}`, () => {
      const error = errorOf({ ...profile(lines), options: { profile: "a", ...options } });
      expect(error?.code).toBe(code as never);
      expect(error?.at).toEqual(
        column === undefined ? { option: "durationSeconds" } : { file: "config", line: 4, column },
      );
    });
  }

  test("an empty session name counts as not set", () => {
    const { plan } = planOf({ ...profile("role_session_name ="), options: { profile: "a" } });
    expect(plan.roles[0]?.roleSessionName).toBeUndefined();
  });
});

describe("a duration of more than an hour", () => {
  const long = "duration_seconds = 7200\n";
  const rows: readonly [what: string, situation: Situation, outcome: string][] = [
    [
      "with keys as the source",
      {
        config: `[profile a]\n${ROLE}source_profile = b\n${long}[profile b]\n${KEYS}`,
        options: { profile: "a", region: "eu-west-1" },
      },
      `static:b@config → ${ARN}`,
    ],
    [
      "with a role as the source",
      {
        config: `[profile a]\n${ROLE}source_profile = b\n${long}[profile b]\n${ROLE}source_profile = c\n[profile c]\n${KEYS}`,
        options: { profile: "a" },
      },
      "error invalid-setting",
    ],
    [
      "with an instance's role as the source",
      { config: `[profile a]\n${ROLE}credential_source = Ec2InstanceMetadata\n${long}`, options: { profile: "a" } },
      "error invalid-setting",
    ],
    [
      "set by an option",
      { options: { roleArn: ARN, credentialSource: "EcsContainer", durationSeconds: "2h" }, environment: CONTAINER },
      "error invalid-option",
    ],
  ];
  for (const [what, situation, outcome] of rows) {
    test(what, () => expect(outcomeOf(situation)).toBe(outcome));
  }
});

describe("errors have a position and help", () => {
  const rows: readonly [what: string, situation: Situation, at: unknown, text: RegExp][] = [
    [
      "a misspelled profile",
      { credentials: `[deploy]\n${KEYS}`, options: { profile: "depoy" } },
      { option: "profile" },
      /did you mean "deploy" \(credentials:1:2\)/,
    ],
    [
      "a section without the word profile",
      { config: `[deploy]\n${KEYS}`, environment: { AWS_PROFILE: "deploy" } },
      { variable: "AWS_PROFILE" },
      /rename the section \[deploy\] to \[profile deploy\] \(config:1:2\)/,
    ],
    [
      "a misspelled source profile",
      { config: `[profile a]\n${ROLE}source_profile = depoy\n[profile deploy]\n${KEYS}`, options: { profile: "a" } },
      { file: "config", line: 3, column: 18 },
      /did you mean "deploy"/,
    ],
    [
      "a cycle",
      {
        config: `[profile a]\n${ROLE}source_profile = b\n[profile b]\n${ROLE}source_profile = a\n`,
        options: { profile: "a" },
      },
      { file: "config", line: 6, column: 18 },
      /forms a cycle: a -> b -> a$/m,
    ],
    [
      "a credential source in another case",
      { config: sourced("ecscontainer"), options: { profile: "a" } },
      { file: "config", line: 3, column: 21 },
      /did you mean "EcsContainer" \(names are case-sensitive\)/,
    ],
  ];
  for (const [what, situation, at, text] of rows) {
    test(what, () => {
      const error = errorOf(situation);
      expect(error?.at).toEqual(at as never);
      expect([error?.message, ...(error?.help ?? [])].join("\n")).toMatch(text);
    });
  }
});
