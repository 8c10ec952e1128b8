/** Values that STS would reject: rolecall rejects them before a request, with their position. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const role = (...lines: string[]) =>
  `[profile a]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n${lines.join("\n")}\n`;
const named = ["-p", "user1", "--role-arn", roleArn("marketingadminrole")];

interface Files {
  readonly config?: string;
  readonly settings?: string;
}

function prepare({ config, settings }: Files): void {
  home = makeHome({
    config,
    credentials: keysSection("user1", cloud.user1),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" },
  });
  if (settings !== undefined) home.write(".config/rolecall/config.toml", settings);
}

describe("a value that STS would reject", () => {
  const rows: readonly [
    what: string,
    files: Files,
    args: readonly string[],
    env: Record<string, string>,
    message: string,
    position: string,
  ][] = [
    [
      "a session name in a profile",
      { config: role("role_session_name = me too") },
      ["-p", "a"],
      {},
      'invalid role session name "me too"',
      ".aws/config:4:21",
    ],
    [
      "a session name as an option",
      {},
      [...named, "--role-session-name", "x"],
      {},
      "role session name",
      "option --role",
    ],
    [
      "an external ID in a profile",
      { config: role("external_id = k*s") },
      ["-p", "a"],
      {},
      'invalid external ID "k*s"',
      ".aws/config:4:15",
    ],
    [
      "an external ID in a variable",
      {},
      named,
      { ROLECALL_EXTERNAL_ID: "4" },
      'invalid external ID "4"',
      "variable ROLECALL_EXTERNAL_ID",
    ],
    [
      "a duration that is too short",
      { config: role("duration_seconds = +899") },
      ["-p", "a"],
      {},
      'invalid role session duration "+899"',
      ".aws/config:4:20",
    ],
    [
      "a duration that is too long",
      { config: role("duration_seconds = 43_201") },
      ["-p", "a"],
      {},
      'invalid role session duration "43_201"',
      ".aws/config:4:20",
    ],
    [
      "a negative duration",
      { config: role("duration_seconds = -900") },
      ["-p", "a"],
      {},
      'invalid role session duration "-900"',
      ".aws/config:4:20",
    ],
    [
      "a role ARN that is none",
      { config: "[profile a]\nrole_arn = arn:aws:iam::123456789012:user/me\nsource_profile = user1\n" },
      ["-p", "a"],
      {},
      "invalid role ARN",
      ".aws/config:2:12",
    ],
    [
      "a role ARN as an option",
      {},
      ["-p", "user1", "--role-arn", "deploy"],
      {},
      "invalid role ARN",
      "option --role-arn",
    ],
    [
      "a role ARN in the settings file",
      { settings: '[role.x]\nrole_arn = "arn:aws:iam::1234:role/x"\nsource_profile = "user1"\n' },
      ["--role", "x"],
      {},
      "invalid role ARN",
      "config.toml:2",
    ],
    [
      "an MFA device",
      { config: role("mfa_serial = my phone") },
      ["-p", "a", "--mfa-code", "012345"],
      {},
      'invalid MFA device "my phone"',
      ".aws/config:4:14",
    ],
    [
      "the MFA device of an MFA session",
      {},
      ["-p", "user1", "--mfa-session", "--mfa-serial", "me", "--mfa-code", "012345"],
      {},
      'invalid MFA device "me"',
      "option --mfa-serial",
    ],
    [
      "the role of a web identity",
      {},
      [],
      { AWS_WEB_IDENTITY_TOKEN_FILE: "/dev/null", AWS_ROLE_ARN: "deploy" },
      'invalid role ARN "deploy"',
      "variable AWS_ROLE_ARN",
    ],
    [
      "the session name of a web identity",
      {},
      [],
      { AWS_WEB_IDENTITY_TOKEN_FILE: "/dev/null", AWS_ROLE_ARN: roleArn("pod"), AWS_ROLE_SESSION_NAME: "my pod" },
      'invalid role session name "my pod"',
      "variable AWS_ROLE_SESSION_NAME",
    ],
  ];
  for (const [what, files, args, env, message, position] of rows) {
    test(`${what} is rejected before the request, with its position`, async () => {
      prepare(files);
      const { exitCode, stdout, stderr } = await home.run(["export", ...args], { env });
      expect(stderr).toContain(message);
      expect(stderr).toContain(position);
      expect([exitCode, stdout, cloud.sts.calls.length]).toEqual([2, "", 0]);
    });
  }

  test("is rejected before the source's program runs", async () => {
    const config = "[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\ncredential_process = touch ran\n";
    prepare({ config });
    expect((await home.run(["export", "-p", "a"])).exitCode).toBe(2);
    expect((await home.runProgram(["ls"])).stdout).not.toContain("ran");
  });

  test("is not looked at if no request is sent", async () => {
    prepare({ config: role("role_session_name = me too") });
    expect((await home.run(["export", "-p", "user1"])).exitCode).toBe(0);
  });
});

describe("duration_seconds", () => {
  for (const text of ["+1800", "1_800", " 1800 ", "01800"]) {
    test(`is read as Python's int() reads it: ${JSON.stringify(text)}`, async () => {
      prepare({ config: role(`duration_seconds = ${text}`) });
      const { stderr, exitCode } = await home.run(["export", "-p", "a"]);
      expect([stderr, exitCode]).toEqual(["", 0]);
      expect(cloud.sts.calls.map(({ parameters }) => parameters.DurationSeconds)).toEqual(["1800"]);
    });
  }
});

describe("a variable of white space only counts as not set", () => {
  const rows: readonly [name: string, env: Record<string, string>][] = [
    ["AWS_PROFILE", { AWS_PROFILE: " " }],
    ["AWS_ACCESS_KEY_ID", { AWS_ACCESS_KEY_ID: "\t", AWS_SECRET_ACCESS_KEY: " " }],
    ["AWS_REGION", { AWS_REGION: "  " }],
    ["AWS_WEB_IDENTITY_TOKEN_FILE", { AWS_WEB_IDENTITY_TOKEN_FILE: " " }],
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI", { AWS_CONTAINER_CREDENTIALS_FULL_URI: "\n" }],
    ["AWS_ENDPOINT_URL_STS", { AWS_ENDPOINT_URL_STS: " " }],
    ["AWS_CA_BUNDLE", { AWS_CA_BUNDLE: " " }],
    ["HTTPS_PROXY", { HTTPS_PROXY: " " }],
    ["ROLECALL_ROLE_ARN", { ROLECALL_ROLE_ARN: " " }],
    ["ROLECALL_MIN_TTL", { ROLECALL_MIN_TTL: " " }],
  ];
  for (const [name, env] of rows) {
    test(name, async () => {
      prepare({ config: keysSection("default", cloud.user1) });
      const { stdout, stderr, exitCode } = await home.run(["export"], { env });
      expect([stderr, exitCode]).toEqual(["", 0]);
      expect(JSON.parse(stdout).AccessKeyId).toBe(cloud.user1.accessKeyId);
    });
  }

  test("explain says so", async () => {
    prepare({ config: keysSection("default", cloud.user1) });
    const { stdout } = await home.run(["explain"], { env: { AWS_DEFAULT_REGION: " " } });
    expect(stdout).toMatch(/AWS_DEFAULT_REGION.*empty, which counts as not set/s);
  });
});

describe("a malformed region", () => {
  const config = () =>
    `[default]\nregion = us-east-1 # home\n${keysSection("default", cloud.user1).split("\n").slice(1).join("\n")}` +
    `[profile role]\nregion = us_east_1\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = default\n` +
    `[profile login]\nregion = a.example/\nlogin_session = me\n`;

  test("is no error where no region is used", async () => {
    prepare({ config: config() });
    for (const args of [["export"], ["export", "--format", "env"], ["export", "--region", "us_east_1"]]) {
      const { stderr, exitCode } = await home.run(args);
      expect([args, stderr, exitCode]).toEqual([args, "", 0]);
    }
    const explained = await home.run(["explain"]);
    expect([explained.stderr, explained.exitCode]).toEqual(["", 0]);
    expect(explained.stdout).toContain("us-east-1 # home");
  });

  const uses: readonly [args: readonly string[], exitCode: number][] = [
    [["whoami"], 2],
    [["exec", "true"], 125],
    [["serve", "--as", "imds"], 2],
    [["export", "-p", "role"], 2],
    [["explain", "-p", "role"], 2],
  ];
  for (const [args, code] of uses) {
    test(`is an error, with its position, for ${args.join(" ")}`, async () => {
      prepare({ config: config() });
      const { stderr, exitCode } = await home.run(args);
      expect(stderr).toMatch(/invalid region "us.east.1.*\.aws\/config:\d+:10/s);
      expect([exitCode, cloud.sts.calls.length]).toEqual([code, 0]);
    });
  }

  test("check finds it", async () => {
    prepare({ config: config() });
    const { stdout } = await home.run(["check"]);
    expect(stdout).toContain('invalid region "us-east-1 # home"');
    expect(stdout).toContain('invalid region "us_east_1"');
  });

  test("probe --sts reports it", async () => {
    prepare({ config: config() });
    const { stdout } = await home.run(["probe", "--sts"]);
    expect(stdout).toContain("us-east-1 # home");
  });

  test("of an MFA session is an error before the code is used", async () => {
    prepare({ config: config() });
    const args = ["export", "--mfa-session", "--mfa-serial", mfaArn("user1"), "--mfa-code", "012345"];
    const { stderr, exitCode } = await home.run(args);
    expect(stderr).toContain("invalid region");
    expect([exitCode, cloud.sts.calls.length]).toEqual([2, 0]);
  });
});
