/** Errors as they are printed: each scenario has a golden file of the same name. */
import { afterEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
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

  // Errors that name the cause a few lines away from the one that failed.
  [
    "role-with-its-own-process",
    2,
    { config: `[profile a]\n${ARN}credential_process = /bin/true --secret x\n`, args: ["export", "-p", "a"] },
  ],
  ["role-with-its-own-keys", 2, { config: `[profile a]\n${ARN}${KEYS}`, args: ["export", "-p", "a"] }],
  [
    "role-with-an-indented-source",
    2,
    { config: `[profile a]\n${ARN}  source_profile = b\n[profile b]\n${KEYS}`, args: ["export", "-p", "a"] },
  ],
  [
    "keys-with-an-indented-secret",
    2,
    { credentials: `[default]\n${KEYS.replace("aws_secret", "  aws_secret")}`, args: ["export"] },
  ],
  [
    "source-profile-without-role",
    1,
    {
      config: `[profile a]\nsource_profile = b\n[profile b]\n${KEYS}`,
      args: ["export", "-p", "a"],
      env: { AWS_EC2_METADATA_DISABLED: "true" },
    },
  ],
  [
    "sso-session-without-account",
    1,
    {
      config:
        "[profile a]\nsso_session = corp\n[sso-session corp]\nsso_start_url = https://x.example\nsso_region = eu-west-1\n",
      args: ["export", "-p", "a"],
      env: { AWS_EC2_METADATA_DISABLED: "true" },
    },
  ],
  [
    "environment-source-with-web-identity",
    1,
    {
      config: `[profile a]\n${ARN}credential_source = Environment\n`,
      args: ["export", "-p", "a"],
      env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/token", AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/pod" },
    },
  ],
  [
    "source-profile-empty",
    2,
    {
      config: `[profile a]\n${ARN}source_profile = default\n[default]\nregion = eu-west-1\n`,
      args: ["export", "-p", "a"],
    },
  ],
  [
    "profile-with-blanks-without-prefix",
    2,
    { config: `[Foo Bar]\n${ARN}`, args: ["export"], env: { AWS_PROFILE: "Foo Bar" } },
  ],
  [
    "process-that-needs-a-shell",
    1,
    { config: "[default]\ncredential_process = /no/such/program --seed x | jq .\n", args: ["export"] },
  ],
  ["command-in-quotes", 127, { credentials: `[default]\n${KEYS}`, args: ["exec", "--", "aws s3 ls"] }],
  ["command-for-a-shell", 127, { credentials: `[default]\n${KEYS}`, args: ["exec", "--", "echo $AWS_REGION"] }],
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

describe("a file that is not text says what it is", () => {
  const config = "[default]\nregion = eu-west-1\n";
  const rows: readonly [what: string, bytes: Buffer, message: string, help: string][] = [
    [
      "git-crypt",
      Buffer.from("\0GITCRYPT\0\u0001\u00e9", "latin1"),
      "encrypted with git-crypt",
      "run git-crypt unlock",
    ],
    ["age", Buffer.from("age-encryption.org/v1\n-> X25519 x\n"), "encrypted with age", "age --decrypt"],
    ["OpenPGP", Buffer.from("-----BEGIN PGP MESSAGE-----\n\nx"), "encrypted with OpenPGP", "gpg --decrypt"],
    [
      "Ansible Vault",
      Buffer.from("$ANSIBLE_VAULT;1.1;AES256\n3132\n"),
      "encrypted with Ansible Vault",
      "ansible-vault",
    ],
    [
      "UTF-16 with a byte order mark",
      Buffer.from(`\ufeff${config}`, "utf16le"),
      "UTF-16, not UTF-8",
      "save it as UTF-8",
    ],
    ["UTF-16 without one", Buffer.from(config, "utf16le"), "UTF-16, not UTF-8", "save it as UTF-8"],
  ];
  for (const [what, bytes, message, help] of rows) {
    test(what, async () => {
      home = makeHome({ config: "" });
      writeFileSync(join(home.path, ".aws/config"), bytes);
      const { stderr, exitCode } = await home.run(["export"], { env: UNREACHABLE });
      expect(stderr).toStartWith(`error[file-not-utf8]: ${join(home.path, ".aws/config")} is ${message}\n`);
      expect(stderr).toContain(help);
      expect(exitCode).toBe(2);
      expect((await home.run(["check"])).stdout).toContain(message);
    });
  }
});

describe("a warning before the credentials are used", () => {
  test.each([
    ["AWS_ACCESS_KEY_ID", '"AKIAEXAMPLE"', "access key ID"],
    ["AWS_SECRET_ACCESS_KEY", "'secret/example'", "secret access key"],
  ])("quotes in %s, as from an env file for Docker", async (name, value, what) => {
    home = makeHome();
    const env = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret/example", [name]: value };
    const { stderr, exitCode } = await home.run(["export"], { env });
    expect(stderr).toBe(`warning: the quotes are part of the ${what} (the environment): remove them\n`);
    expect(exitCode).toBe(0);
  });

  test("quotes around keys in a file", async () => {
    home = makeHome({ credentials: '[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = "secret"\n' });
    const { stderr } = await home.run(["export"]);
    expect(stderr).toMatch(
      /^warning: the quotes are part of the secret access key \(.*credentials:2:21\): remove them\n$/,
    );
  });

  test("a section without the prefix, from which the region was expected", async () => {
    home = makeHome({ config: "[Foo Bar]\nregion = eu-west-1\n", credentials: `[Foo Bar]\n${KEYS}` });
    const { stderr, exitCode } = await home.run(["exec", "-p", "Foo Bar", "--", "true"]);
    expect(stderr).toMatch(
      /^warning: no region is set, and \[Foo Bar\] \(.*config:1:2\) is ignored: it is not a profile: rename it to \[profile "Foo Bar"\]\n$/,
    );
    expect(exitCode).toBe(0);
    const explained = await home.run(["explain", "-p", "Foo Bar"]);
    expect(explained.stdout).toMatch(/ignored\n.*\[Foo Bar\].*it is not a profile/);
    // No warning if the region is known.
    expect((await home.run(["exec", "-p", "Foo Bar", "--region", "eu-west-1", "--", "true"])).stderr).toBe("");
  });
});

test("a region that an indented line swallowed is reported if no region is set", async () => {
  home = makeHome({ config: "[default]\noutput = json\n  region = eu-west-1\n", credentials: `[default]\n${KEYS}` });
  const { stderr } = await home.run(["exec", "--", "true"]);
  expect(stderr).toMatch(
    /^warning: no region is set, and region \(.*config:2:10\) is ignored: it is part of the value of output: indent it no deeper than output\n$/,
  );
});

test("a settings file that is not text says what it is", async () => {
  home = makeHome({ credentials: `[default]\n${KEYS}` });
  const file = home.write(".config/rolecall/config.toml", "");
  writeFileSync(file, Buffer.from('\ufeffregion = "eu-west-1"\n', "utf16le"));
  const { stderr, exitCode } = await home.run(["export"]);
  expect(stderr).toStartWith(`error[settings-invalid]: ${file} is UTF-16, not UTF-8\n`);
  expect(exitCode).toBe(2);
});

test.each([
  [["FOO=1", "make"], "run: rolecall exec -- env FOO=1 make"],
  [["FOO=1 make"], "run: rolecall exec -- env FOO=1 make"],
  [["FOO=a b", "make"], "use env to set variables: rolecall exec -- env NAME=VALUE COMMAND"],
])("exec %p says that env sets variables", async (command, help) => {
  home = makeHome({ credentials: `[default]\n${KEYS}` });
  const { stderr, exitCode } = await home.run(["exec", "--", ...command]);
  expect(stderr).toContain(`= help: ${help}`);
  expect(exitCode).toBe(127);
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
