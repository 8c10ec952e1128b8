/** Errors as they are printed: each scenario has a golden file of the same name. */
import { afterEach, describe, expect, test } from "bun:test";
import { ERROR_CATALOGUE } from "../../src/domain/errors.ts";
import { golden, readGolden } from "../support/golden.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let home: TestHome;
afterEach(() => home.remove());

const KEYS = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
const ARN = "role_arn = arn:aws:iam::123456789012:role/deploy\n";
/** Endpoints at which nothing listens. */
const UNREACHABLE = {
  AWS_ENDPOINT_URL_STS: "http://127.0.0.1:9",
  AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9",
};

interface Scenario {
  readonly config?: string;
  readonly credentials?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const SCENARIOS: readonly [name: string, exitCode: number, scenario: Scenario][] = [
  ["no-arguments", 2, { args: [] }],
  ["unknown-command", 2, { args: ["exprot"] }],
  ["command-without-exec", 2, { args: ["terraform", "apply"] }],
  ["empty-command", 2, { args: [""] }],
  ["unknown-option", 2, { args: ["export", "--profil", "x"] }],
  ["abbreviated-option", 2, { args: ["export", "--prof", "x"] }],
  ["profile-without-option", 2, { args: ["export", "deploy"] }],
  ["option-of-another-command", 2, { args: ["whoami", "--format", "env"] }],
  ["option-without-value", 2, { args: ["export", "--profile"] }],
  ["switch-with-value", 2, { args: ["export", "--no-input=yes"] }],
  ["invalid-switch-variable", 2, { args: ["export"], env: { ROLECALL_NO_INPUT: "maybe" } }],
  ["unused-role-option", 2, { credentials: `[default]\n${KEYS}`, args: ["export", "--external-id", "x"] }],
  ["syntax", 2, { config: "[default]\nregion eu-west-1\n", args: ["export"] }],
  [
    "broken-secret",
    2,
    {
      credentials:
        "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MD\nENG/bPxRfiCYEXAMPLEKEY\n",
      args: ["export"],
    },
  ],
  ["duplicate-key", 2, { config: "[default]\nregion = eu-west-1\nregion = eu-west-2\n", args: ["export"] }],
  ["duplicate-section", 2, { credentials: `[a]\n${KEYS}[a]\n${KEYS}`, args: ["export"] }],
  ["profile-not-found", 2, { config: `[profile deploy]\n${ARN}`, args: ["export", "-p", "depoy"] }],
  ["profile-without-prefix", 2, { config: `[deploy]\n${ARN}`, args: ["export"], env: { AWS_PROFILE: "deploy" } }],
  [
    "source-profile-not-found",
    2,
    { config: `[profile a]\n${ARN}source_profile = depoy\n\n[profile deploy]\n`, args: ["export", "-p", "a"] },
  ],
  [
    "source-profile-loop",
    2,
    {
      config: `[profile a]\n${ARN}source_profile = b\n[profile b]\n${ARN}source_profile = a\n`,
      args: ["export", "-p", "a"],
    },
  ],
  ["role-without-source", 2, { config: `[profile a]\n${ARN}`, args: ["export", "-p", "a"] }],
  [
    "role-with-two-sources",
    2,
    { config: `[profile a]\n${ARN}source_profile = b\ncredential_source = Environment\n`, args: ["export", "-p", "a"] },
  ],
  [
    "unknown-credential-source",
    2,
    { config: `[profile a]\n${ARN}credential_source = ec2instancemetadata\n`, args: ["export", "-p", "a"] },
  ],
  ["incomplete-key-pair", 2, { credentials: "[default]\naws_access_key_id = AKIAEXAMPLE\n", args: ["export"] }],
  [
    "invalid-duration",
    2,
    {
      config: `[profile a]\n${ARN}source_profile = b\nduration_seconds = soon\n[profile b]\n${KEYS}`,
      args: ["export", "-p", "a"],
    },
  ],
  [
    "session-not-found",
    2,
    {
      config:
        "[profile a]\nsso_session = crop\nsso_account_id = 123456789012\nsso_role_name = x\n[sso-session corp]\nsso_start_url = https://x.example\nsso_region = eu-west-1\n",
      args: ["export", "-p", "a"],
    },
  ],
  ["invalid-region-option", 2, { args: ["whoami", "--region", "us east 1"] }],
  ["invalid-min-ttl", 2, { args: ["explain", "--min-ttl", "soon"] }],
  [
    "invalid-region-variable",
    2,
    { credentials: `[default]\n${KEYS}`, args: ["whoami"], env: { AWS_REGION: "us_east_1" } },
  ],
  [
    "environment-source-empty",
    1,
    { config: `[profile a]\n${ARN}credential_source = Environment\n`, args: ["export", "-p", "a"] },
  ],
  ["no-credentials", 1, { args: ["export"], env: UNREACHABLE }],
  [
    "no-credentials-no-metadata",
    1,
    { config: "[default]\nregion = eu-west-1\n", args: ["export"], env: { AWS_EC2_METADATA_DISABLED: "true" } },
  ],
  [
    "container-failed",
    1,
    {
      credentials: "[other]\n",
      args: ["export"],
      env: { ...UNREACHABLE, AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9/creds" },
    },
  ],
  [
    "instance-as-source-failed",
    1,
    {
      config: `[profile a]\n${ARN}credential_source = Ec2InstanceMetadata\n`,
      args: ["export", "-p", "a"],
      env: UNREACHABLE,
    },
  ],
  [
    "web-identity-token-missing",
    1,
    {
      args: ["export"],
      env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/no/such/token", AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/pod" },
    },
  ],
  [
    "sso-login-needed",
    1,
    {
      config:
        "[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = ReadOnly\n\n" +
        "[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n",
      args: ["export"],
    },
  ],
  ["sts-unreachable", 1, { credentials: `[default]\n${KEYS}`, args: ["whoami"], env: UNREACHABLE }],
  ["command-not-found", 127, { credentials: `[default]\n${KEYS}`, args: ["exec", "terrafrom"] }],
];

describe("golden files", () => {
  for (const [name, exitCode, { config, credentials, args, env }] of SCENARIOS) {
    test(name, async () => {
      home = makeHome({ config, credentials });
      const outcome = await home.run(args, env === undefined ? {} : { env });
      const shown = outcome.stderr.replaceAll(home.path, "/home/me");
      expect(outcome.stdout).toBe("");
      expect(shown).toBe(golden(`errors/${name}.txt`, shown));
      expect(outcome.exitCode).toBe(exitCode);
    });
  }
});

describe("every error", () => {
  test("has a code in the catalogue", async () => {
    for (const [name] of SCENARIOS) {
      const code = /^error\[([a-z0-9-]+)\]/.exec(readGolden(`errors/${name}.txt`))?.[1];
      expect(Object.keys(ERROR_CATALOGUE)).toContain(code ?? `no code in ${name}`);
    }
    home = makeHome();
  });

  test("has colors only on request", async () => {
    home = makeHome();
    expect((await home.run(["export", "-p", "x", "--color", "always"])).stderr).toContain("\u001b[");
    expect((await home.run(["export", "-p", "x"])).stderr).not.toContain("\u001b[");
  });
});

describe("invalid files never cause a stack trace", () => {
  const inputs: readonly [what: string, bytes: string][] = [
    ["a NUL character", "[a]\nx = \u0000\n"],
    ["only brackets", "[[[[\n]]]]\n"],
    ["binary", "\u0001\u0002\u007f\u009f"],
    ["a very long line", `[a]\n${"x".repeat(100_000)}\n`],
    ["escape sequences", "[a]\n\u001b[2Jnonsense\n"],
  ];
  for (const [what, bytes] of inputs) {
    test(what, async () => {
      home = makeHome({ config: bytes });
      const { stderr, stdout, exitCode } = await home.run(["export"], { env: UNREACHABLE });
      expect(stdout).toBe("");
      expect([1, 2]).toContain(exitCode ?? -1);
      expect(stderr).toMatch(/^error\[/);
      expect(stderr).not.toContain("internal-error");
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stderr).not.toContain("\u001b");
    });
  }
});
