/** rolecall's own settings file. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => await cloud.stop());
afterEach(() => home.remove());

const FILE = ".config/rolecall/config.toml";
const SETTINGS = `
region = "eu-west-1"
min_ttl = "30m"

[metadata]
timeout = "1s"
attempts = 3
imds_v1 = false

[role.deploy]
role_arn = "${roleArn("marketingadminrole")}"
external_id = "partner-42"
duration = "30m"
tags = { team = "platform", stage = "prod" }
transitive_tag_keys = ["team"]
policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
via = ["${roleArn("hub")}"]

[role.task]
role_arn = "${roleArn("marketingadminrole")}"
credential_source = "EcsContainer"
`;

function homeWith(settings: string, file = FILE): void {
  home = makeHome({
    credentials: keysSection("default", cloud.user1),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, ...imdsVariables(cloud.imds) },
  });
  home.write(file, settings);
}

async function exported(args: readonly string[], env: Record<string, string> = {}) {
  const before = cloud.sts.calls.length;
  const outcome = await home.run(["export", ...args], { env });
  return { ...outcome, calls: cloud.sts.calls.slice(before) };
}

describe("--role", () => {
  test("assumes the role through the via roles, with all settings of the table", async () => {
    homeWith(SETTINGS);
    const { stderr, calls } = await exported(["--role", "deploy"]);
    expect(stderr).toBe("");
    expect(calls.map((call) => [call.parameters.RoleArn, call.region])).toEqual([
      [roleArn("hub"), "eu-west-1"],
      [roleArn("marketingadminrole"), "eu-west-1"],
    ]);
    expect(calls[0]?.parameters.ExternalId).toBeUndefined();
    expect(calls[1]?.parameters).toMatchObject({
      ExternalId: "partner-42",
      DurationSeconds: "1800",
      "Tags.member.1.Key": "team",
      "Tags.member.2.Value": "prod",
      "TransitiveTagKeys.member.1": "team",
      "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    });
  });

  test("options and variables override the table", async () => {
    homeWith(SETTINGS);
    const env = { ROLECALL_ROLE: "deploy", ROLECALL_EXTERNAL_ID: "other" };
    const { calls } = await exported(["--tag", "x=y", "--transitive-tag-key", "x", "--region", "us-east-1"], env);
    expect(calls[1]?.parameters).toMatchObject({ ExternalId: "other", "Tags.member.1.Key": "x" });
    expect(calls[1]?.parameters["Tags.member.2.Key"]).toBeUndefined();
    expect(calls[1]?.region).toBe("us-east-1");
  });

  test("the table's source is used, and an option overrides it", async () => {
    homeWith(SETTINGS);
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.container.url}/v2/credentials/x` };
    expect((await exported(["--role", "task"], env)).calls[0]?.caller).toContain("assumed-role/task/");
    const { calls } = await exported(["--role", "task", "--source-profile", "default", "--no-cache"], env);
    expect(calls[0]?.caller).toContain("user/user1");
  });
});

describe("the file", () => {
  const locations: readonly [what: string, file: string, env: () => Record<string, string>, args: () => string[]][] = [
    ["in ~/.config", FILE, () => ({}), () => []],
    ["in XDG_CONFIG_HOME", "xdg/rolecall/config.toml", () => ({ XDG_CONFIG_HOME: `${home.path}/xdg` }), () => []],
    ["named by --settings", "mine.toml", () => ({}), () => ["--settings", `${home.path}/mine.toml`]],
    ["named by ROLECALL_SETTINGS", "mine.toml", () => ({ ROLECALL_SETTINGS: `${home.path}/mine.toml` }), () => []],
  ];
  for (const [what, file, env, args] of locations) {
    test(`${what} is read`, async () => {
      homeWith(SETTINGS, file);
      expect((await exported(["--role", "deploy", ...args()], env())).exitCode).toBe(0);
    });
  }

  test("in the working directory is not read", async () => {
    homeWith(SETTINGS, "rolecall/config.toml");
    home.write("config.toml", SETTINGS);
    const { stderr } = await exported(["--role", "deploy"]);
    expect(stderr).toContain("error[role-not-found]");
  });
});

describe("metadata", () => {
  test("imds_v1 = false forbids IMDSv1", async () => {
    homeWith(SETTINGS);
    home.write(".aws/credentials", "");
    cloud.imds.behavior.token = { status: 404 };
    cloud.imds.behavior.requireToken = false;
    try {
      const { stderr } = await exported([]);
      expect(stderr).toContain("error[ec2-metadata-v1-disabled]");
      expect(stderr).toContain(`${FILE}:8:1`);
    } finally {
      cloud.imds.behavior.token = undefined;
    }
  });
});

describe("errors", () => {
  const rows: readonly [what: string, settings: string, position: string, message: string][] = [
    ["invalid TOML", 'region = "eu-west-1\n', ":1:", "is not valid TOML"],
    ["an unknown key", 'regoin = "x"\n', ":1:1", 'did you mean "region"?'],
    [
      "an unknown key of a role",
      '[role.a]\nrole_arn = "arn:x"\n  extrenal_id = "x"\n',
      ":3:3",
      'did you mean "external_id"?',
    ],
    ["a wrong type", "[metadata]\nattempts = true\n", ":2:1", "attempts must be a whole number"],
    ["an invalid value", 'min_ttl = "soon"\n', ":1:1", "min_ttl must be a duration"],
    ["a role without its ARN", '\n[role.a]\nexternal_id = "x"\n', ":2:2", 'the role "a" has no role_arn'],
    ["a list instead of a string", '[role.a]\nrole_arn = ["arn:x"]\n', ":2:1", "role_arn must be a non-empty string"],
    [
      "a number in a list",
      '[role.a]\nrole_arn = "arn:x"\nvia = [1]\n',
      ":3:1",
      "via must be a list of non-empty strings",
    ],
    [
      "an empty string in a list",
      '[role.a]\nrole_arn = "arn:x"\nvia = [""]\n',
      ":3:1",
      "via must be a list of non-empty strings",
    ],
    ["an inline table's key", "metadata = { attemps = 3 }\n", ":1:1", 'did you mean "attempts"?'],
  ];
  for (const [what, settings, position, message] of rows) {
    test(what, async () => {
      homeWith(settings);
      const { exitCode, stderr } = await exported([]);
      expect(stderr).toContain("error[settings-invalid]");
      expect(stderr).toContain(`${FILE}${position}`);
      expect(stderr).toContain(message);
      expect(exitCode).toBe(2);
    });
  }

  const options: readonly [what: string, args: string[], code: string, message: string][] = [
    ["a role that does not exist", ["--role", "depoly"], "role-not-found", 'did you mean "deploy"'],
    ["--role with --role-arn", ["--role", "deploy", "--role-arn", "arn:x"], "option-conflict", "exclude each other"],
    ["a named file that does not exist", ["--settings", "/no/such"], "settings-invalid", "does not exist"],
  ];
  for (const [what, args, code, message] of options) {
    test(what, async () => {
      homeWith(SETTINGS);
      const { exitCode, stderr } = await exported(args);
      expect(stderr).toContain(`error[${code}]`);
      expect(stderr).toContain(message);
      expect(exitCode).toBe(2);
    });
  }
});
