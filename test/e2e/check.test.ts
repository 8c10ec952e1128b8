/** `rolecall check` with broken files, and `--fix`. */
import { afterEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ssoTokenCacheKey } from "../../src/cache/key.ts";
import { golden } from "../support/golden.ts";
import { IS_ROOT } from "../support/machine.ts";
import { makeHome, type Outcome, type TestHome } from "../support/subject.ts";

let home: TestHome;
afterEach(() => home.remove());

const ID = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n";
const SECRET_VALUE = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SECRET = `aws_secret_access_key = ${SECRET_VALUE}\n`;
const KEYS = ID + SECRET;
const ARN = "role_arn = arn:aws:iam::123456789012:role/deploy\n";
const USER1 = `[user1]\n${KEYS}`;

/** Writes the files to a folder `~/.aws` that other users cannot access. */
function homeWith(files: {
  readonly config?: string | undefined;
  readonly credentials?: string | undefined;
}): TestHome {
  home = makeHome();
  mkdirSync(join(home.path, ".aws"), { mode: 0o700 });
  if (files.config !== undefined) home.write(".aws/config", files.config);
  if (files.credentials !== undefined) home.write(".aws/credentials", files.credentials);
  return home;
}

interface Reported {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly help: readonly string[];
  readonly fixable: boolean;
}

function findingsOf(outcome: Outcome): Reported[] {
  return JSON.parse(outcome.stdout);
}

/** Each finding as `code config:2:1`, with a `*` if `--fix` fixes it. */
function brief(findings: readonly Reported[], root: string): string[] {
  return findings.map(({ code, file, line, column, fixable }) => {
    const name = file === root ? "." : file.slice(file.lastIndexOf("/") + 1);
    return `${code} ${name}:${line}:${column}${fixable ? "*" : ""}`;
  });
}

interface Broken {
  readonly config?: string;
  readonly credentials?: string;
  readonly settings?: string;
}

/** The description, the files, the findings and the exit code. */
const BROKEN: readonly [what: string, files: Broken, findings: readonly string[], exitCode: number][] = [
  // Syntax: all errors are reported, not only the first.
  [
    "a line that is neither a section nor a key",
    { config: "[default]\nregion eu-west-1\n" },
    ["file-syntax config:2:1"],
    1,
  ],
  [
    "five syntax errors",
    { config: "x = 1\ny = 2\n[default]\nnonsense\n= 1\nregion = eu-west-1\n[profile a\n[]\n" },
    [
      "file-syntax config:1:1",
      "file-syntax config:4:1",
      "file-syntax config:5:1",
      "file-syntax config:7:1",
      "file-syntax config:8:1",
    ],
    1,
  ],
  [
    "a section name without a closing bracket still begins that section",
    { config: `[profile a\n${ARN}source_profile = b\n[profile b]\nregoin = x\n`, credentials: `[b]\n${KEYS}` },
    // A typo in a file with syntax errors is not fixed.
    ["file-syntax config:1:1", "unknown-key config:5:1"],
    1,
  ],
  [
    "a duplicate section and a duplicate key",
    { credentials: `[a]\n${KEYS}[b]\n${KEYS}[a]\nregion = eu-west-1\nRegion = eu-west-2\n` },
    ["duplicate-section credentials:7:2", "duplicate-key credentials:9:1"],
    1,
  ],
  [
    "a duplicate section: one finding, not one for each of its keys",
    { credentials: `[a]\n${KEYS}[a]\n${KEYS}[a]\n${KEYS}` },
    ["duplicate-section credentials:4:2", "duplicate-section credentials:7:2"],
    1,
  ],
  [
    "two syntax errors in a block",
    { config: "[default]\ns3 =\n  max_queue_size = 1\n  foo\n  bar\n" },
    ["file-syntax config:4:3", "file-syntax config:5:3"],
    1,
  ],
  ["a byte order mark", { config: "\ufeff[default]\nregion = eu-west-1\n" }, ["byte-order-mark config:1:1*"], 1],

  // Sections
  [
    "[foo] in place of [profile foo]",
    { config: "[foo]\nregion = eu-west-1\n" },
    ["profile-without-prefix config:1:2*"],
    0,
  ],
  [
    "[foo] beside [profile foo] has no fix: either one may be meant",
    { config: "[foo]\nregion = eu-west-1\n[profile foo]\nregion = eu-west-2\n" },
    ["profile-without-prefix config:1:2"],
    0,
  ],
  [
    "[user1] has no fix if it would give a role to keys in the credentials file",
    { config: `[user1]\n${ARN}source_profile = user1\n`, credentials: USER1 },
    ["profile-without-prefix config:1:2"],
    0,
  ],
  [
    "section names that are almost valid",
    {
      config: '[profile a b]\n[profile "c]\n[profile]\n[Profile d]\n[ profile e ]\n[Default]\n[profile f] # see [1]\n',
    },
    [1, 2, 3, 4, 5, 6, 7].map((line) => `section-name config:${line}:2`),
    0,
  ],
  ["a section of another tool", { config: "[plugins]\nx = 1\n[mytool]\nx = 1\n" }, ["unknown-section config:3:2"], 0],
  [
    "[default] and [profile default]",
    { config: "[default]\nregion = eu-west-1\n[profile default]\noutput = json\n" },
    ["section-replaced config:1:2"],
    0,
  ],
  ["[DEFAULT]", { config: "[DEFAULT]\nregion = eu-west-1\n[profile a]\n" }, ["section-lends config:1:2"], 0],
  [
    "[profile foo] in the credentials file",
    { credentials: `[profile foo]\n${KEYS}` },
    ["profile-with-prefix credentials:1:2"],
    0,
  ],

  // Keys
  [
    "keys that resemble a known key, and one that does not",
    { config: "[default]\nregoin = eu-west-1\naws_region = eu-west-1\ncolour = red\n" },
    ["unknown-key config:2:1*", "unknown-key config:3:1", "unfamiliar-key config:4:1"],
    0,
  ],
  [
    "two typos of one key: only the first has a fix",
    { config: "[default]\nregoin = eu-west-1\nregionn = eu-west-1\n" },
    ["unknown-key config:2:1*", "unknown-key config:3:1"],
    0,
  ],
  [
    "a typo beside the correct key has no fix",
    { config: "[default]\nregoin = eu-west-1\nregion = eu-west-1\n" },
    ["unknown-key config:2:1"],
    0,
  ],
  [
    "a typo in a profile that works has no fix if it would change the credentials",
    { credentials: `[a]\nrole_arm = arn:aws:iam::123456789012:role/deploy\n${KEYS}` },
    ["unknown-key credentials:2:1"],
    0,
  ],
  [
    "such a typo in a profile that does not work has a fix",
    { config: `[profile a]\n${ARN}source_profle = user1\n`, credentials: USER1 },
    ["role-without-source config:2:12", "unknown-key config:3:1*"],
    1,
  ],
  [
    "a typo of a key that runs a program has no fix",
    { config: "[profile a]\ncredential_proces = /bin/true\n" },
    ["unknown-key config:2:1"],
    0,
  ],
  [
    "nested keys",
    {
      config:
        "[default]\ns3 =\n  max_queue_sise = 1\nservices = s\n[services s]\nsts =\n  endpoint = http://x\nsso = http://y\n",
    },
    ["unknown-key config:3:3", "unfamiliar-key config:7:3", "unlikely-value config:8:7"],
    0,
  ],
  [
    "keys in the wrong kind of section",
    {
      config:
        "[profile a]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\nregion = eu-west-1\n",
    },
    ["key-without-effect config:8:1"],
    0,
  ],
  [
    "keys that need role_arn, without it",
    { config: "[default]\nexternal_id = x-1\nsource_profile = nowhere\n" },
    ["key-without-effect config:2:1", "key-without-effect config:3:1"],
    0,
  ],
  [
    "keys that have no effect with a web identity",
    { config: `[profile a]\n${ARN}web_identity_token_file = /dev/null\nexternal_id = x-1\n` },
    ["key-without-effect config:4:1"],
    0,
  ],
  [
    "sources that another source overrides",
    { config: "[profile a]\ncredential_process = /bin/true\nsso_session = s\n", credentials: `[a]\n${KEYS}` },
    ["source-shadowed config:2:22", "key-without-effect config:3:15"],
    0,
  ],
  [
    "a role and keys in one profile",
    { config: `[profile a]\n${ARN}source_profile = user1\n`, credentials: `${USER1}[a]\n${KEYS}` },
    ["role-and-keys credentials:5:21"],
    0,
  ],
  [
    "a role that the keys of its own profile assume has no finding",
    { credentials: `[a]\n${ARN}source_profile = a\n${KEYS}` },
    [],
    0,
  ],

  // Values
  [
    "ARNs",
    {
      config: `[profile a]\nrole_arn = arn:aws:iam::12345:role/x\nsource_profile = user1\nmfa_serial = arn:aws:iam::123456789012:user/me\n[profile b]\nrole_arn = deploy\nsource_profile = user1\nmfa_serial = GAHT12345678\n`,
      credentials: USER1,
    },
    ["malformed-arn config:2:12", "malformed-arn config:4:14", "malformed-arn config:6:12"],
    1,
  ],
  [
    "regions",
    { config: "[default]\nregion = us-east-1a\n[profile b]\nregion = us_east_1\n[profile c]\nregion = Ireland\n" },
    ["unlikely-region config:2:10", "invalid-setting config:4:10", "unlikely-region config:6:10"],
    1,
  ],
  [
    "any region beside an endpoint outside AWS, and only there",
    {
      config:
        "[profile a]\nregion = auto\nendpoint_url = https://x.r2.cloudflarestorage.com\n" +
        "[profile b]\nregion = garage\nservices = minio\n[services minio]\ns3 =\n  endpoint_url = http://127.0.0.1:9000\n" +
        "[profile c]\nregion = auto\nendpoint_url = https://s3.eu-west-1.amazonaws.com\n[profile d]\nregion = garage\n",
    },
    ["unlikely-region config:11:10", "unlikely-region config:14:10"],
    0,
  ],
  [
    "an alias as aws_account_id",
    { config: "[default]\naws_account_id = my-company\n" },
    ["unlikely-value config:2:18"],
    0,
  ],
  [
    "keys of a plugin in blocks: one note for each name",
    {
      config: ["a", "b"]
        .map((name) => `[profile ${name}]\nregion = minio\ns3 =\n  endpoint_url = http://localhost:9000\n`)
        .join(""),
    },
    ["unfamiliar-key config:4:3"],
    0,
  ],
  [
    "keys of other tools: one note for each name",
    {
      config: ["a", "b", "c"]
        .map((name) => `[profile ${name}]\ngranted_sso_region = us-east-1\ninclude_profile = x\nazure_tenant_id = y\n`)
        .join(""),
      credentials: ["d", "e"].map((name) => `[${name}]\nx_principal_arn = z\nfavorite_color = red\n`).join(""),
    },
    [
      "unfamiliar-key config:2:1",
      "unfamiliar-key config:3:1",
      "unfamiliar-key config:4:1",
      "unfamiliar-key credentials:2:1",
      "unfamiliar-key credentials:3:1",
    ],
    0,
  ],
  [
    "blocks and paths of the AWS CLI itself",
    { config: "[default]\ndata_path = /x\nemr =\n  service_role = r\n" },
    [],
    0,
  ],
  [
    "durations",
    {
      config: `[profile a]\n${ARN}source_profile = user1\nduration_seconds = 1h\n[profile b]\n${ARN}source_profile = user1\nduration_seconds = 60\n[profile c]\n${ARN}credential_source = EcsContainer\nduration_seconds = 7200\nrole_session_name = c-1\n`,
      credentials: USER1,
    },
    ["invalid-setting config:4:20", "invalid-setting config:8:20", "invalid-setting config:12:20"],
    1,
  ],
  [
    "several problems in one profile",
    {
      config: `[profile a]\n${ARN}source_profile = nobody\nduration_seconds = soon\nregion = us_east_1\nretry_mode = often\nservices = none\nca_bundle = /nowhere\n`,
    },
    [
      "source-profile-not-found config:3:18",
      "invalid-setting config:4:20",
      "invalid-setting config:5:10",
      "invalid-setting config:6:14",
      "invalid-setting config:7:12",
      "invalid-setting config:8:13",
    ],
    1,
  ],
  [
    "switches, choices, ids",
    {
      config: `[default]\nuse_fips_endpoint = yes\noutput = jsn\ncli_history = on\n[profile a]\n${ARN}source_profile = user1\nexternal_id = a b\nrole_session_name = my session\n`,
      credentials: USER1,
    },
    [
      "unlikely-value config:2:21",
      "unlikely-value config:3:10",
      "unlikely-value config:4:15",
      "malformed-value config:8:15",
      "malformed-value config:9:21",
    ],
    1,
  ],
  [
    "quotes and comments",
    {
      config:
        '[default]\noutput = "json"\nregion = eu-west-1 # home\n[profile a]\ncredential_process = "/bin/true" "a b"\n',
    },
    ["quoted-value config:2:10", "invalid-setting config:3:10", "inline-comment config:3:20"],
    1,
  ],
  [
    "a key that is indented",
    { config: `[profile a]\noutput = json\n  region = eu-west-1\n` },
    ["continued-value config:2:10"],
    0,
  ],
  [
    "files and programs that do not exist",
    {
      config: `[profile a]\n${ARN}web_identity_token_file = /nowhere/token\n[profile b]\ncredential_process = no-such-program --x\n[profile c]\nca_bundle = /nowhere/ca.pem\n`,
    },
    ["file-not-found config:3:27", "program-not-found config:5:22", "invalid-setting config:7:13"],
    1,
  ],
  [
    "an mfa_process that does not exist",
    {
      config: `[profile a]\n${ARN}source_profile = user1\nmfa_serial = GAHT12345678\nmfa_process = /nowhere/totp --seed X\n`,
      credentials: USER1,
    },
    ["program-not-found config:5:15"],
    0,
  ],

  // Chains
  ["a role without a source", { config: `[profile a]\n${ARN}` }, ["role-without-source config:2:12"], 1],
  [
    "a role with two sources, both invalid",
    { config: `[profile a]\n${ARN}source_profile = x\ncredential_source = Y\n` },
    ["source-profile-not-found config:3:18", "role-with-two-sources config:4:21"],
    1,
  ],
  [
    "a cycle of three profiles, and one that leads into it: one finding",
    {
      config: ["a b", "b c", "c a", "d a"]
        .map(
          (pair) =>
            `[profile ${pair[0]}]\nrole_arn = arn:aws:iam::123456789012:role/${pair[0]}\nsource_profile = ${pair[2]}\n`,
        )
        .join(""),
    },
    ["source-profile-loop config:9:18"],
    1,
  ],
  [
    "an error in a source profile is reported once, not for each profile that uses it",
    {
      config: `[profile a]\n${ARN}[profile b]\n${ARN}source_profile = a\n[profile c]\n${ARN}source_profile = a\n`,
    },
    ["role-without-source config:2:12"],
    1,
  ],
  [
    "misspelled values of credential_source",
    {
      config: ["ec2instancemetadata", "ECS-Container", "Enviroment", "Lambda"]
        .map(
          (name, index) =>
            `[profile p${index}]\nrole_arn = arn:aws:iam::123456789012:role/p${index}\ncredential_source = ${name}\n`,
        )
        .join(""),
    },
    [
      "unknown-credential-source config:3:21*",
      "unknown-credential-source config:6:21*",
      "unknown-credential-source config:9:21*",
      "unknown-credential-source config:12:21",
    ],
    1,
  ],
  [
    "SSO",
    {
      config:
        "[profile a]\nsso_account_id = 1234\nsso_role_name = r\nsso_session = nowhere\n[profile b]\nsso_role_name = r\n",
    },
    ["malformed-value config:2:18", "sso-incomplete config:4:15", "sso-incomplete config:6:17"],
    1,
  ],
  [
    "a role that two sources assume",
    {
      config: `[profile a]\n${ARN}source_profile = user1\n[profile b]\n${ARN}source_profile = user2\n[profile c]\n${ARN}source_profile = same\n[profile d]\n${ARN}source_profile = user2\nrole_session_name = d-1\n`,
      credentials: `${USER1}[same]\n${KEYS}[user2]\n${KEYS.replace("EXAMPLE\n", "EXAMPL2\n")}`,
    },
    ["shared-cache-entry config:5:12"],
    0,
  ],

  [
    "a chain of 150 roles: only the last hundred are planned",
    {
      config: Array.from(
        { length: 150 },
        (_, i) => `[profile p${i}]\nrole_arn = arn:aws:iam::123456789012:role/p${i}\nsource_profile = p${i + 1}\n`,
      ).join(""),
      credentials: `[p150]\n${KEYS}`,
    },
    ["chain-too-long config:150:18"],
    0,
  ],
  [
    "a source without credentials, a token without a role",
    {
      config: `[profile a]\n${ARN}source_profile = b\n[profile b]\nregion = eu-west-1\n[profile c]\nweb_identity_token_file = /dev/null\n`,
    },
    ["source-profile-empty config:3:18", "web-identity-without-role config:7:27"],
    1,
  ],

  // Secrets
  [
    "incomplete key pairs in both files",
    {
      config: `[profile a]\n${SECRET}`,
      credentials: `[b]\n${ID}[a]\naws_session_token = x\n[c]\n${ARN}source_profile = c\n${ID}`,
    },
    [
      "secret-in-config config:2:1",
      "half-key-pair config:2:1",
      "partial-credentials credentials:2:21",
      "half-key-pair credentials:4:1",
      "partial-credentials credentials:8:21",
    ],
    1,
  ],
  [
    "tokens that do not belong to their keys",
    { credentials: `[a]\n${KEYS.replace("AKIA", "ASIA")}[b]\n${KEYS}aws_session_token = x\n` },
    ["temporary-key credentials:2:21", "temporary-key credentials:7:1"],
    0,
  ],
  [
    "quotes, comments and white space around a secret",
    {
      credentials: `[a]\n${ID}aws_secret_access_key = "${SECRET_VALUE}"\n[b]\n${ID}aws_secret_access_key = ${SECRET_VALUE} # mine\n[c]\n${ID}aws_secret_access_key = ${SECRET_VALUE}\u200b\n[nbsp]\n${ID}aws_secret_access_key = ${SECRET_VALUE}\u00a0\n[d]\n${ID}aws_secret_access_key = ${SECRET_VALUE}  \t\n`,
    },
    [
      "quoted-value credentials:3:25",
      "inline-comment credentials:6:25",
      "secret-characters credentials:9:25",
      "space-after-secret credentials:12:65*",
      "space-after-secret credentials:15:65*",
    ],
    0,
  ],

  // rolecall's own settings
  [
    "a security key and an mfa_process that does not exist",
    {
      settings: [
        "[role.a]",
        'role_arn = "arn:aws:iam::123456789012:role/a"',
        'credential_source = "Environment"',
        'mfa_serial = "arn:aws:iam::123456789012:u2f/user/me/key-1"',
        'mfa_process = "/nowhere/totp --seed X"',
        "",
      ].join("\n"),
    },
    ["malformed-arn config.toml:4:15", "program-not-found config.toml:5:16"],
    1,
  ],
  [
    "all problems of a settings file at once",
    {
      settings: [
        'regio = "eu-west-1"',
        "[metadata]",
        "attempts = 0",
        "[role.a]",
        'duration = "1h"',
        "[role.b]",
        'role_arn = "deploy"',
        'source_profile = "nobody"',
        "[role.c]",
        'role_arn = "arn:aws:iam::123456789012:role/c"',
        'duration = "5m"',
        'credential_source = "Environment"',
        "[role.d]",
        'role_arn = "arn:aws:iam::123456789012:role/d"',
        'credential_source = "Environment"',
        'source_profile = "a"',
        "",
      ].join("\n"),
    },
    [
      "settings-invalid config.toml:1:1",
      "settings-invalid config.toml:3:1",
      "settings-invalid config.toml:4:2",
      "malformed-arn config.toml:7:13",
      "source-profile-not-found config.toml:8:19",
      "invalid-setting config.toml:11:13",
      "role-with-two-sources config.toml:15:22",
    ],
    1,
  ],
  ["a settings file that is not TOML", { settings: "region = \n" }, ["settings-invalid config.toml:1:10"], 1],
];

describe("broken files", () => {
  for (const [what, { config, credentials, settings }, findings, exitCode] of BROKEN) {
    test(what, async () => {
      homeWith({ config, credentials });
      if (settings !== undefined) home.write(".config/rolecall/config.toml", settings);
      const outcome = await home.run(["check", "--json"]);
      expect(outcome.stderr).toBe("");
      expect(brief(findingsOf(outcome), home.path)).toEqual([...findings]);
      expect(outcome.exitCode).toBe(exitCode);
    });
  }

  test("there are more than thirty of them", () => {
    home = makeHome();
    expect(BROKEN.length).toBeGreaterThan(30);
  });
});

describe("files without problems", () => {
  const GOOD = {
    config: `[default]
region = eu-west-1
output = json
cli_pager =
s3 =
  max_concurrent_requests = 20
  addressing_style = path

[profile deploy]
role_arn = arn:aws:iam::123456789012:role/team/deploy
source_profile = user1
mfa_serial = arn:aws:iam::123456789012:mfa/user1
duration_seconds = 3600
external_id = partner-42
services = local

[profile "with blanks"]
role_arn = arn:aws-us-gov:iam::123456789012:role/deploy
credential_source = Ec2InstanceMetadata
region = us-gov-west-1

[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin

[sso-session corp]
sso_start_url = https://x.awsapps.com/start#/
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile process]
credential_process = "/bin/echo" --for "a b"

[services local]
sts =
  endpoint_url = http://127.0.0.1:4566
`,
    credentials: USER1,
  };

  test("are reported in one line", async () => {
    homeWith(GOOD);
    const { stdout, stderr, exitCode } = await home.run(["check"]);
    expect(stdout.replaceAll(home.path, "/home/me")).toBe(
      "no problems found in /home/me/.aws/config, /home/me/.aws/credentials (6 profiles)\n",
    );
    expect([stderr, exitCode]).toEqual(["", 0]);
  });

  test("are an empty list in JSON, and no annotation for GitHub", async () => {
    homeWith(GOOD);
    expect((await home.run(["check", "--json"])).stdout).toBe("[]\n");
    expect((await home.run(["check", "--format", "github"])).stdout).toBe("");
  });

  test("are not changed by --fix", async () => {
    homeWith(GOOD);
    const before = statSync(join(home.path, ".aws/config"));
    await home.run(["check", "--fix"]);
    expect(statSync(join(home.path, ".aws/config")).ino).toBe(before.ino);
    expect(readdirSync(join(home.path, ".aws")).sort()).toEqual(["config", "credentials"]);
  });

  test("are judged without variables that choose a profile or a region", async () => {
    homeWith(GOOD);
    const env = {
      AWS_PROFILE: "nobody",
      AWS_REGION: "us_east_1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_MAX_ATTEMPTS: "x",
    };
    expect((await home.run(["check", "--json"], { env })).stdout).toBe("[]\n");
  });
});

describe("files that cannot be read", () => {
  test("are reported, and the other file is still checked", async () => {
    homeWith({ credentials: `[a]\n${ID}` });
    // The link leads to itself. (Root can read a file of any mode.)
    symlinkSync("config", join(home.path, ".aws/config"));
    const outcome = await home.run(["check", "--json"]);
    expect(brief(findingsOf(outcome), home.path)).toEqual([
      "file-unreadable config:1:1",
      "partial-credentials credentials:2:21",
    ]);
    expect(outcome.exitCode).toBe(1);
  });

  test("because they are not UTF-8 are reported, and the other file is still checked", async () => {
    homeWith({ credentials: `[a]\n${ID}` });
    writeFileSync(join(home.path, ".aws/config"), Buffer.from("[a]\nx = caf\xe9\n", "latin1"), { mode: 0o600 });
    const outcome = await home.run(["check", "--json"]);
    expect(brief(findingsOf(outcome), home.path)).toEqual([
      "file-not-utf8 config:2:8",
      "partial-credentials credentials:2:21",
    ]);
  });

  test("may contain what seems to be missing, so that is not reported", async () => {
    home = makeHome({
      config: `[profile a]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = b\n[profile c]\nrole_arn = arn:aws:iam::123456789012:role/r\n`,
    });
    writeFileSync(join(home.path, ".aws/credentials"), Buffer.from("[b]\nx = caf\xe9\n", "latin1"), { mode: 0o600 });
    const outcome = await home.run(["check", "--json"]);
    expect(brief(findingsOf(outcome), home.path).slice(0, 2)).toEqual([
      "role-without-source config:5:12",
      "file-not-utf8 credentials:2:8",
    ]);
  });
});

test.each([
  ["/no/such/file", "warning[file-not-found]: AWS_CONFIG_FILE names a file that does not exist\n  --> /no/such/file\n"],
  [".", "warning[file-not-found]: AWS_CONFIG_FILE names a folder\n  --> .\n"],
])("AWS_CONFIG_FILE=%s", async (file, warning) => {
  home = makeHome({ credentials: "[a]\n" });
  const { stdout, exitCode } = await home.run(["check"], { env: { AWS_CONFIG_FILE: file } });
  expect(stdout).toContain(warning);
  expect(exitCode).toBe(0);
});

test("no files", async () => {
  home = makeHome();
  const { stdout, exitCode } = await home.run(["check"]);
  expect(stdout.replaceAll(home.path, "/home/me")).toBe(
    "nothing to check: neither /home/me/.aws/config nor /home/me/.aws/credentials exists\n",
  );
  expect(exitCode).toBe(0);
});

test("the variables choose the files, and --settings the settings file", async () => {
  home = makeHome();
  const config = home.write("elsewhere/c", "[foo]\nregion = eu-west-1\n");
  const credentials = home.write("elsewhere/k", `[a]\n${ID}`);
  const settings = home.write("elsewhere/s.toml", "x = 1\n");
  // Only the mode of ~/.aws is checked.
  chmodSync(join(home.path, "elsewhere"), 0o777);
  const env = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
  const outcome = await home.run(["check", "--json", "--settings", settings], { env });
  expect(brief(findingsOf(outcome), home.path)).toEqual([
    "profile-without-prefix c:1:2*",
    "partial-credentials k:2:21",
    "settings-invalid s.toml:1:1",
  ]);
});

test("the same file as config and credentials file: its sections are profiles by the rules of either", async () => {
  home = makeHome();
  const file = home.write("both", `[default]\nregion = eu-west-1\n[a]\n${KEYS}[profile b]\nregoin = eu-west-1\n`);
  const env = { AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: file };
  const outcome = await home.run(["check", "--json"], { env });
  expect(brief(findingsOf(outcome), home.path)).toEqual(["unknown-key both:7:1"]);
});

const MANY_PROBLEMS: Broken = {
  config: `# the team's
[default]
regoin = eu-west-1
[profile deploy]
role_arn = arn:aws:iam::123456789012:role/deploy
source_profile = depoy
duration_seconds = soon
[marketing]
region = eu-west-1
`,
  credentials: `[default]
${ID}aws_secret_acess_key = ${SECRET_VALUE}
[user1]
${ID}aws_secret_access_key = ${SECRET_VALUE} # mine
`,
};

describe("as text", () => {
  const shown = (text: string) => text.replaceAll(home.path, "/home/me");
  const rows: readonly [name: string, files: Broken, args: readonly string[]][] = [
    ["many-problems", MANY_PROBLEMS, []],
    ["many-problems-quiet", MANY_PROBLEMS, ["--quiet"]],
    ["many-problems-fixed", MANY_PROBLEMS, ["--fix"]],
    ["warnings-only", { config: "[default]\nregion = us-east-1a\ncolour = red\n" }, []],
    ["a-cycle", { config: `[profile a]\n${ARN}source_profile = b\n[profile b]\n${ARN}source_profile = a\n` }, []],
    [
      "a-role-and-keys",
      { config: `[profile a]\n${ARN}source_profile = user1\n`, credentials: `${USER1}[a]\n${KEYS}` },
      [],
    ],
    ["an-indented-key", { config: `[profile a]\noutput = json\n  region = eu-west-1\n` }, []],
    ["cannot-be-parsed", { config: "[default\nregion eu-west-1\nregion = a\nregion = b\n" }, []],
    [
      "security-key",
      {
        config: `[profile a]\n${ARN}source_profile = user1\nmfa_serial = arn:aws:iam::123456789012:u2f/user/me/key-1\ngranted_color = red\n[profile b]\ngranted_color = red\n`,
        credentials: USER1,
      },
      [],
    ],
    ["rolecall-settings", { settings: '[metadata]\ntimout = "1s"\n' }, []],
  ];
  for (const [name, { config, credentials, settings }, args] of rows) {
    test(name, async () => {
      homeWith({ config, credentials });
      if (settings !== undefined) home.write(".config/rolecall/config.toml", settings);
      const { stdout, stderr } = await home.run(["check", ...args]);
      expect(stderr).toBe("");
      expect(stdout).not.toContain(SECRET_VALUE.slice(0, 12));
      expect(shown(stdout)).toBe(golden(`check/${name}.txt`, shown(stdout)));
    });
  }

  test("modes of files and folders", async () => {
    homeWith({ config: "[default]\nregion = eu-west-1\n", credentials: USER1 });
    chmodSync(join(home.path, ".aws/config"), 0o664);
    chmodSync(join(home.path, ".aws/credentials"), 0o644);
    chmodSync(join(home.path, ".aws"), 0o755);
    const { stdout, exitCode } = await home.run(["check"]);
    expect(shown(stdout)).toBe(golden("check/modes.txt", shown(stdout)));
    expect(exitCode).toBe(0);
  });

  test("colors only with --color", async () => {
    homeWith(MANY_PROBLEMS);
    expect((await home.run(["check", "--color", "always"])).stdout).toContain("\u001b[33m");
    expect((await home.run(["check"])).stdout).not.toContain("\u001b");
  });
});

describe("modes", () => {
  const CONFIG = "[default]\nregion = eu-west-1\n";
  const rows: readonly [
    what: string,
    modes: Partial<Record<"" | "config" | "credentials", number>>,
    findings: readonly string[],
  ][] = [
    ["no access for other users", { "": 0o700, config: 0o600, credentials: 0o600 }, []],
    ["other users may read a config file without secrets", { config: 0o644 }, []],
    ["other users may not write it", { config: 0o620 }, ["file-mode config:1:1*"]],
    ["other users may not read the credentials file", { credentials: 0o640 }, ["file-mode credentials:1:1*"]],
    ["other users may not list the folder", { "": 0o755 }, ["folder-mode .aws:1:1*"]],
    ["other users may not write the folder", { "": 0o770 }, ["file-mode .aws:1:1*"]],
  ];
  for (const [what, modes, findings] of rows) {
    test(what, async () => {
      homeWith({ config: CONFIG, credentials: USER1 });
      for (const [name, mode] of Object.entries(modes)) chmodSync(join(home.path, ".aws", name), mode);
      expect(brief(findingsOf(await home.run(["check", "--json"])), home.path)).toEqual([...findings]);
      const outcome = await home.run(["check", "--json", "--fix"]);
      expect(findingsOf(outcome)).toEqual([]);
      if (findings.length === 0) return;
      const [name = ""] = Object.keys(modes);
      expect(statSync(join(home.path, ".aws", name)).mode & 0o777).toBe(name === "" ? 0o700 : 0o600);
    });
  }
});

describe("sign-ins", () => {
  const SSO = (settings: string) => `sso_account_id = 123456789012\nsso_role_name = A\n${settings}`;
  const URL = "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
  const ARN_OF_LOGIN = "arn:aws:iam::123456789012:user/me";
  const CONFIG =
    `[sso-session corp]\n${URL}[profile a]\n${SSO("sso_session = corp\n")}[profile b]\n${SSO("sso_session = corp\n")}` +
    `[profile legacy]\n${SSO(URL)}[profile role]\n${ARN}source_profile = legacy\n` +
    `[profile console]\nlogin_session = ${ARN_OF_LOGIN}\n`;
  const OLD = "2026-01-02T03:04:05Z";
  const registration = (registrationExpiresAt: string) => ({
    ...{ refreshToken: "r", clientId: "c", clientSecret: "s", registrationExpiresAt },
  });
  const token = (name: string, expiresAt: string, more: object = {}): [path: string, json: object] => [
    `.aws/sso/cache/${ssoTokenCacheKey(name)}.json`,
    { accessToken: "t", expiresAt, ...more },
  ];
  const LEGACY = "https://corp.awsapps.com/start";
  const LATER = "2099-01-01T00:00:00Z";

  const rows: readonly [what: string, files: readonly [path: string, json: object][], findings: readonly string[]][] = [
    ["that were never made", [], []],
    ["that are valid", [token("corp", LATER, registration(LATER)), token(LEGACY, LATER)], []],
    ["that can be refreshed", [token("corp", OLD, registration(LATER))], []],
    ["that have expired, once for each session", [token("corp", OLD), token(LEGACY, OLD)], ["2:17", "15:17"]],
    ["of a client whose registration has expired", [token("corp", LATER, registration(OLD))], ["2:17"]],
    ["of a legacy profile, whose registration does not matter", [token(LEGACY, LATER, registration(OLD))], []],
    ["that are not complete", [token("corp", "soon")], []],
  ];
  for (const [what, files, positions] of rows) {
    test(what, async () => {
      homeWith({ config: CONFIG });
      for (const [path, json] of files) home.write(path, JSON.stringify(json));
      const outcome = await home.run(["check", "--json"]);
      expect(brief(findingsOf(outcome), home.path)).toEqual(positions.map((at) => `sign-in-expired config:${at}`));
      expect(outcome.exitCode).toBe(0);
    });
  }

  test("the message says when, and the help names the command", async () => {
    homeWith({ config: CONFIG });
    const [path, json] = token("corp", LATER, registration(OLD));
    home.write(path, JSON.stringify(json));
    expect(findingsOf(await home.run(["check", "--json"]))).toMatchObject([
      {
        message: `the sign-in to corp ends at ${LATER} and cannot be refreshed: its client registration expired at ${OLD}`,
        help: ["run: rolecall login --sso-session corp"],
      },
    ]);
  });
});

describe("the modes of caches, tokens and settings", () => {
  const TOKEN = ".aws/sso/cache/token.json";
  const ENTRY = ".aws/cli/cache/entry.json";
  const LOGIN = ".aws/login/cache/session.json";
  const SETTINGS = ".config/rolecall/config.toml";
  const rows: readonly [what: string, path: string, mode: number, finding: string | undefined, fixed: number][] = [
    ["a cache folder that other users can write", ".aws/cli/cache", 0o777, "file-mode cache:1:1*", 0o755],
    ["a folder of tokens that other users can write", ".aws/sso/cache", 0o770, "file-mode cache:1:1*", 0o750],
    ["the folder above it", ".aws/sso", 0o757, "file-mode sso:1:1*", 0o755],
    ["a cache folder that other users can read, as the AWS CLI makes it", ".aws/cli/cache", 0o755, undefined, 0o755],
    ["a cached session that other users can read", ENTRY, 0o644, "file-mode entry.json:1:1*", 0o600],
    ["a token that the group can read", TOKEN, 0o640, "file-mode token.json:1:1*", 0o600],
    ["a session of aws login that other users can write", LOGIN, 0o602, "file-mode session.json:1:1*", 0o600],
    ["settings that other users can write", SETTINGS, 0o666, "file-mode config.toml:1:1*", 0o644],
    ["settings that other users can read", SETTINGS, 0o644, undefined, 0o644],
    [
      "a folder of the settings that other users can write",
      ".config/rolecall",
      0o775,
      "file-mode rolecall:1:1*",
      0o755,
    ],
  ];
  for (const [what, path, mode, finding, fixed] of rows) {
    test(what, async () => {
      homeWith({ config: "[default]\nregion = eu-west-1\n" });
      for (const file of [TOKEN, ENTRY, LOGIN]) home.write(file, "{}");
      home.write(SETTINGS, 'region = "eu-west-1"\n');
      for (const folder of [".aws/cli", ".aws/cli/cache", ".aws/sso", ".aws/sso/cache", ".config/rolecall"]) {
        chmodSync(join(home.path, folder), 0o755);
      }
      for (const folder of [".aws/login", ".aws/login/cache"]) chmodSync(join(home.path, folder), 0o700);
      chmodSync(join(home.path, path), mode);
      expect(brief(findingsOf(await home.run(["check", "--json"])), home.path)).toEqual(finding ? [finding] : []);
      expect(findingsOf(await home.run(["check", "--json", "--fix"]))).toEqual([]);
      expect(statSync(join(home.path, path)).mode & 0o777).toBe(fixed);
    });
  }

  test.skipIf(!IS_ROOT)("a file or folder of another user (needs root)", async () => {
    homeWith({ config: "[default]\nregion = eu-west-1\n" });
    home.write(ENTRY, "{}");
    for (const folder of [".aws/cli", ".aws/cli/cache"]) chmodSync(join(home.path, folder), 0o700);
    for (const path of [".aws/config", ".aws/cli/cache", ENTRY]) chownSync(join(home.path, path), 12345, 12345);
    const found = findingsOf(await home.run(["check", "--json"]));
    expect(brief(found, home.path)).toEqual([
      "file-mode config:1:1",
      "file-mode cache:1:1",
      "file-mode entry.json:1:1",
    ]);
    expect(found.map(({ message }) => message)).toEqual([
      "this file belongs to another user (user id 12345)",
      "this folder belongs to another user (user id 12345)",
      "this file belongs to another user (user id 12345)",
    ]);
  });
});

describe("--fix", () => {
  const at = (name: string) => join(home.path, ".aws", name);
  const read = (name: string) => readFileSync(at(name), "utf8");

  const rows: readonly [what: string, before: string, after: string][] = [
    [
      "keeps comments, blanks and order",
      "# a\n\n[default]\n  regoin   =  eu-west-1\n; b\n",
      "# a\n\n[default]\n  region   =  eu-west-1\n; b\n",
    ],
    ["keeps CRLF", "[default]\r\nregoin = eu-west-1\r\n", "[default]\r\nregion = eu-west-1\r\n"],
    [
      "keeps lone CRs and mixed line endings",
      "[default]\rregoin = eu-west-1\r\n\noutput = json\n",
      "[default]\rregion = eu-west-1\r\n\noutput = json\n",
    ],
    ["keeps a missing final newline", "[default]\nregoin = eu-west-1", "[default]\nregion = eu-west-1"],
    [
      "removes only the byte order mark",
      "\ufeff[default]\r\nregion = eu-west-1\r\n",
      "[default]\r\nregion = eu-west-1\r\n",
    ],
    [
      "edits the right positions after a byte order mark",
      "\ufeff[foo]\nregoin = eu-west-1\noutput = json\n",
      "[profile foo]\nregion = eu-west-1\noutput = json\n",
    ],
    [
      "edits the right positions after characters of two UTF-16 units",
      "[🧀]\n[default]\n🧀 = 1\nregoin = eu-west-1\n",
      "[🧀]\n[default]\n🧀 = 1\nregion = eu-west-1\n",
    ],
    ["writes keys in lower case", "[default]\nReGoin = eu-west-1\n", "[default]\nregion = eu-west-1\n"],
    [
      "fixes a section header that is followed by a comment",
      "[foo] # mine\nregion = eu-west-1\n",
      "[profile foo] # mine\nregion = eu-west-1\n",
    ],
  ];
  for (const [what, before, after] of rows) {
    test(what, async () => {
      homeWith({ config: before });
      const outcome = await home.run(["check", "--fix"]);
      expect(read("config")).toBe(after);
      expect(read("config.backup")).toBe(before);
      expect(outcome.stdout).toContain(`backup ${at("config.backup")}\n`);
      expect(outcome.stderr).toBe("");
    });
  }

  test("a second run changes nothing", async () => {
    homeWith(MANY_PROBLEMS);
    await home.run(["check", "--fix"]);
    const [config, credentials] = [read("config"), read("credentials")];
    const { stdout } = await home.run(["check", "--fix"]);
    expect(stdout).not.toContain("fixed");
    expect(stdout).not.toContain("--fix");
    expect([read("config"), read("credentials")]).toEqual([config, credentials]);
    expect(readdirSync(at("")).sort()).toEqual(["config", "config.backup", "credentials", "credentials.backup"]);
  });

  test("the exit code depends on what is left", async () => {
    homeWith({ config: `[profile a]\n${ARN}credential_source = ecscontainer\n` });
    expect((await home.run(["check"])).exitCode).toBe(1);
    expect((await home.run(["check", "--fix"])).exitCode).toBe(0);
  });

  test("a fixed profile works", async () => {
    homeWith({ credentials: `[default]\n${ID}aws_secret_acess_key = ${SECRET_VALUE}\n` });
    expect((await home.run(["export"])).exitCode).toBe(2);
    await home.run(["check", "--fix"]);
    expect(JSON.parse((await home.run(["export"])).stdout)).toMatchObject({ SecretAccessKey: SECRET_VALUE });
  });

  test("the file keeps its mode, and only the owner can read the backup", async () => {
    homeWith({ config: "[default]\nregoin = eu-west-1\n" });
    chmodSync(at("config"), 0o644);
    await home.run(["check", "--fix"]);
    expect(statSync(at("config")).mode & 0o777).toBe(0o644);
    expect(statSync(at("config.backup")).mode & 0o777).toBe(0o600);
  });

  test("an earlier backup is kept", async () => {
    homeWith({ config: "[default]\nregoin = eu-west-1\n" });
    home.write(".aws/config.backup", "precious");
    await home.run(["check", "--fix"]);
    expect(read("config.backup")).toBe("precious");
    expect(read("config.backup-2")).toBe("[default]\nregoin = eu-west-1\n");
  });

  test("the target of a symbolic link is fixed, and the backup is beside the target", async () => {
    homeWith({ config: "[default]\nregoin = eu-west-1\n" });
    mkdirSync(join(home.path, "dotfiles"));
    const target = join(home.path, "dotfiles", "aws-config");
    renameSync(at("config"), target);
    symlinkSync("../dotfiles/aws-config", at("config"));
    const { stdout } = await home.run(["check", "--fix"]);
    expect(lstatSync(at("config")).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, "utf8")).toBe("[default]\nregion = eu-west-1\n");
    expect(stdout).toContain(`backup ${realpathSync(target)}.backup\n`);
    expect(existsSync(at("config.backup"))).toBe(false);
  });

  test("a file that cannot be replaced is not changed, which is an error", async () => {
    home = makeHome();
    // The longest possible file name, so a temporary file beside it cannot be created. (Root can write any folder.)
    const name = "c_".repeat(127);
    const file = home.write(`x/${name}`, "[default]\nregoin = eu-west-1\n");
    const outcome = await home.run(["check", "--fix"], { env: { AWS_CONFIG_FILE: file } });
    expect(outcome.stderr).toContain(`error[write-failed]: cannot change ${file}: File name too long`);
    expect(outcome.stdout).toContain("unknown-key");
    expect(outcome.exitCode).toBe(1);
    expect(readFileSync(file, "utf8")).toBe("[default]\nregoin = eu-west-1\n");
    expect(readdirSync(join(home.path, "x"))).toEqual([name]);
  });

  test.skipIf(IS_ROOT)("a folder that is not writable is an error", async () => {
    homeWith({ config: "[default]\nregoin = eu-west-1\n" });
    chmodSync(at(""), 0o500);
    const outcome = await home.run(["check", "--fix"]);
    chmodSync(at(""), 0o700);
    expect(outcome.stderr).toMatch(/cannot change .*: Permission denied/);
    expect(outcome.exitCode).toBe(1);
    expect(readdirSync(at(""))).toEqual(["config"]);
  });

  test("a pipe is read and never replaced", async () => {
    homeWith({ config: "[foo]\n[default]\nregoin = eu-west-1\n" });
    const shell = ["sh", "-c", `cat ${at("config")} | exec "$@"`, "sh"];
    const { SUBJECT_ARGV } = await import("../support/subject.ts");
    const outcome = await home.runProgram([...shell, ...SUBJECT_ARGV, "check", "--fix", "--json"], {
      env: { AWS_CONFIG_FILE: "/dev/stdin" },
    });
    expect(findingsOf(outcome).map(({ code, fixable }) => [code, fixable])).toEqual([
      ["unknown-section", false],
      ["unknown-key", false],
    ]);
  });

  test("with --json, what is left goes to standard output, and -v shows what was fixed", async () => {
    homeWith(MANY_PROBLEMS);
    const outcome = await home.run(["check", "--fix", "--json", "-v"]);
    expect(findingsOf(outcome).every(({ fixable }) => !fixable)).toBe(true);
    expect(outcome.stderr).toContain("renamed regoin to region");
    expect(outcome.stderr).toContain(`backup ${at("config.backup")}`);
  });
});

describe("annotations for GitHub Actions", () => {
  test("one per finding, with its line", async () => {
    homeWith(MANY_PROBLEMS);
    const { stdout, exitCode } = await home.run(["check", "--format", "github"]);
    const shown = stdout.replaceAll(home.path, "/home/me");
    expect(shown).toBe(golden("check/github.txt", shown));
    expect(exitCode).toBe(1);
    for (const line of stdout.trimEnd().split("\n")) expect(line).toMatch(/^::(error|warning|notice) file=/);
  });

  test("the content of a file cannot add a workflow command", async () => {
    home = makeHome();
    const file = home.write("a,b:c%d\n::error::x", "[default]\nregoin%0A::error::y = 1\n");
    const outcome = await home.run(["check", "--format", "github"], { env: { AWS_CONFIG_FILE: file } });
    expect(outcome.stdout).toContain("a%2Cb%3Ac%25d");
    expect(outcome.stdout).toContain("regoin%250a");
    expect(outcome.stdout.trimEnd().split("\n").length).toBe(1);
  });
});

describe("as JSON", () => {
  test("a list of findings with all keys", async () => {
    homeWith({ config: "[default]\nregoin = eu-west-1\n" });
    const byFormat = await home.run(["check", "--format", "json"]);
    expect(byFormat.stdout).toBe((await home.run(["check", "--json"])).stdout);
    expect(JSON.parse(byFormat.stdout)).toEqual([
      {
        code: "unknown-key",
        severity: "warning",
        message: 'unknown key "regoin"',
        file: join(home.path, ".aws/config"),
        line: 2,
        column: 1,
        help: ['did you mean "region"?'],
        fixable: true,
      },
    ]);
  });

  test("--quiet: errors only", async () => {
    homeWith(MANY_PROBLEMS);
    const findings = findingsOf(await home.run(["check", "--json", "--quiet"]));
    expect(findings.length).toBeGreaterThan(0);
    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(["error"]));
  });
});

describe("usage errors", () => {
  const rows: readonly [args: readonly string[], code: string][] = [
    [["--format", "jsn"], "invalid-option"],
    [["--format", "text", "--json"], "option-conflict"],
    [["somewhere"], "unexpected-argument"],
    [["--profile", "x"], "unknown-option"],
    [["--color", "green"], "invalid-option"],
  ];
  for (const [args, code] of rows) {
    test(args.join(" "), async () => {
      home = makeHome();
      const { stdout, stderr, exitCode } = await home.run(["check", ...args]);
      expect([stdout, exitCode]).toEqual(["", 2]);
      expect(stderr).toStartWith(`error[${code}]`);
    });
  }
});

describe("hostile files", () => {
  const rows: readonly [what: string, bytes: string | Uint8Array][] = [
    [
      "escapes in names, keys and values",
      "[\u001b[2Jx]\n\u001b]0;t\u0007 = 1\nregion = \u001b[31m\u009b1m\n[default]\nregoin\u001b = \u001b\nregion = \u009b2J\n",
    ],
    ["NULs", "[a]\nx = \u0000\n\u0000[b]\n"],
    ["only brackets", "[[[[\n]]]]\n[]\n[\n"],
    ["a very long line", `[a]\n${"x".repeat(100_000)}`],
    ["a very long key and value", `[default]\n${"x".repeat(100_000)} = ${"y".repeat(100_000)}`],
    [
      "names of properties of objects",
      "[default]\n__proto__ = 1\nconstructor = 2\ntoString = 3\ns3 =\n  __proto__ = 1\n[__proto__]\nregion = x\n",
    ],
    ["Latin-1", Buffer.from("[a]\nx = caf\xe9\n", "latin1")],
    ["UTF-16", Buffer.from("\ufeff[a]\n", "utf16le")],
    ["an empty file", ""],
    ["no final newline", "[default]"],
  ];
  for (const [what, bytes] of rows) {
    for (const format of ["text", "json", "github"]) {
      test(`${what}, as ${format}`, async () => {
        homeWith({});
        for (const name of ["config", "credentials"])
          writeFileSync(join(home.path, ".aws", name), bytes, { mode: 0o600 });
        const { stdout, stderr, exitCode } = await home.run(["check", "--format", format]);
        expect(stderr).toBe("");
        expect([0, 1]).toContain(exitCode ?? -1);
        expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
        if (format === "json") expect(Array.isArray(JSON.parse(stdout))).toBe(true);
        const fixed = await home.run(["check", "--fix"]);
        expect(fixed.stderr).toBe("");
      });
    }
  }

  test("no secret is shown, whatever is wrong with its line", async () => {
    const token = "IQoJb3JpZ2luX2VjEXAMPLETOKEN0123456789==";
    const [start, rest] = [token.slice(0, 18), token.slice(18)];
    const texts = [
      `aws_session_tokn = ${token}`,
      `Aws_Secret_Acess_Key: ${token}`,
      `aws_session_token = "${token}" # mine`,
      `aws_session_token = ${start}\n${rest}`,
      `aws_session_token = ${start}\n  ${rest}`,
      `aws_session_token =\n  ${start}\n  ${rest}`,
      `aws_session_token =\n${start}\n${rest}`,
      `aws_session_token = x\naws_session_token = ${token}`,
      `aws_session_token ${token}`,
      `${token}\n${token}`,
      token,
    ];
    homeWith({
      config: texts.map((text, index) => `[profile p${index}]\n${text}\n`).join(""),
      credentials: texts.map((text, index) => `[p${index}]\n${ID}${text}\n`).join(""),
    });
    for (const args of [[], ["--json"], ["--format", "github"], ["--fix", "-v"]]) {
      const { stdout, stderr } = await home.run(["check", ...args]);
      expect(stdout).toContain("config");
      for (const part of [start, rest, rest.slice(0, -2)]) {
        expect((stdout + stderr).toLowerCase()).not.toContain(part.toLowerCase());
      }
    }
  });

  test("a reader that closes the pipe early", async () => {
    homeWith({ config: `[default]\n${Array.from({ length: 20_000 }, (_, i) => `k${i} = 1\n`).join("")}` });
    const { SUBJECT_ARGV } = await import("../support/subject.ts");
    const outcome = await home.runProgram(["sh", "-c", '"$@" | head -n 1', "sh", ...SUBJECT_ARGV, "check"]);
    expect(outcome.stdout).toContain("note[unfamiliar-key]");
    expect(outcome.stderr).not.toContain("internal-error");
  });
});
