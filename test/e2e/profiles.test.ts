/** `rolecall profiles` lists all profiles and roles, whatever is in the files. */
import { afterEach, expect, test } from "bun:test";
import { golden } from "../support/golden.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let home: TestHome;
afterEach(() => home.remove());

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const KEYS = `aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = ${SECRET}\n`;
const ROLE = "role_arn = arn:aws:iam::123456789012:role/deploy\n";

const CONFIG = `[default]
region = eu-west-1

[profile deploy]
${ROLE}source_profile = user1
region = eu-central-1

[profile on-ec2]
${ROLE}credential_source = Ec2InstanceMetadata

[profile from-environment]
${ROLE}credential_source = Environment

[profile "with blank"]
credential_process = /bin/false

[profile corp]
sso_account_id = 123456789012
sso_role_name = ReadOnly
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1

[profile me]
login_session = arn:aws:iam::123456789012:user/me

[profile pod]
${ROLE}web_identity_token_file = /var/run/token

[profile dangling]
${ROLE}source_profile = gone

[profile circle]
${ROLE}source_profile = circle

[profile half]
aws_access_key_id = AKIAEXAMPLE

[profile soon]
${ROLE}source_profile = user1
duration_seconds = soon
`;

const SETTINGS = `[role.tagged]
role_arn = "arn:aws:iam::123456789012:role/tagged"
source_profile = "user1"

[role.task]
role_arn = "arn:aws:iam::123456789012:role/task"
credential_source = "EcsContainer"

[role.dangling]
role_arn = "arn:aws:iam::123456789012:role/dangling"
source_profile = "gone"
`;

function fullHome(): TestHome {
  const full = makeHome({ config: CONFIG, credentials: `[user1]\n${KEYS}\n[deploy]\nregion = eu-west-2\n` });
  full.write(".config/rolecall/config.toml", SETTINGS);
  return full;
}

test("the text shows every kind of profile, broken ones, and roles of the settings", async () => {
  home = fullHome();
  const { stdout, stderr, exitCode } = await home.run(["profiles"]);
  expect([stderr, exitCode]).toEqual(["", 0]);
  expect(stdout).not.toContain(SECRET);
  expect(stdout).toBe(golden("profiles/full.txt", stdout));
});

test("--json prints the same list", async () => {
  home = fullHome();
  const { stdout, stderr } = await home.run(["profiles", "--json"], { env: { AWS_PROFILE: "deploy" } });
  expect(stderr).toBe("");
  expect(stdout).not.toContain(SECRET);
  const list = JSON.parse(stdout);
  const file = `${home.path}/.aws/config`;
  expect(list[1]).toEqual({
    name: "deploy",
    kind: "role",
    roleArn: "arn:aws:iam::123456789012:role/deploy",
    sourceProfile: "user1",
    credentialSource: null,
    region: "eu-west-2",
    chosen: true,
    from: { file, line: 4, column: 2 },
  });
  expect(list.map(({ name, kind, error }: Record<string, unknown>) => [name, kind, codeOf(error)])).toEqual([
    ["default", "none", undefined],
    ["deploy", "role", undefined],
    ["on-ec2", "role", undefined],
    ["from-environment", "role", undefined],
    ["with blank", "process", undefined],
    ["corp", "sso", undefined],
    ["me", "login", undefined],
    ["pod", "web-identity", undefined],
    ["dangling", "broken", "source-profile-not-found"],
    ["circle", "broken", "source-profile-loop"],
    ["half", "broken", "partial-credentials"],
    ["soon", "broken", "invalid-setting"],
    ["user1", "static", undefined],
  ]);
  expect(list.filter(({ chosen }: { chosen: boolean }) => chosen).length).toBe(1);
});

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

test("variables do not change the list", async () => {
  home = fullHome();
  const plain = await home.run(["profiles", "--json"]);
  const env = {
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_REGION: "no_region",
    AWS_MAX_ATTEMPTS: "many",
    AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://nowhere.example/",
    AWS_WEB_IDENTITY_TOKEN_FILE: "/t",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  expect((await home.run(["profiles", "--json"], { env })).stdout).toBe(plain.stdout);
});

test("every line has the same columns, so that cut and awk work", async () => {
  home = fullHome();
  const { stdout } = await home.run(["profiles"]);
  const [table = ""] = stdout.split("\n\n");
  const lines = table.split("\n");
  const column = lines[0]?.indexOf("LOCATION") ?? -1;
  for (const line of lines.slice(1)) expect(line.slice(column)).toStartWith("~/.aws/");
  expect(lines.length).toBe(14);
});

test("AWS_PROFILE with the name of an undefined profile is a warning", async () => {
  home = fullHome();
  const { stdout, stderr, exitCode } = await home.run(["profiles"], { env: { AWS_PROFILE: "gone" } });
  expect(stderr).toBe('warning: the profile "gone" is not defined (the variable AWS_PROFILE)\n');
  expect(stdout).toContain("deploy");
  expect(stdout).not.toContain("chosen");
  expect(exitCode).toBe(0);
});

test("invalid settings are a warning", async () => {
  home = makeHome({ credentials: `[user1]\n${KEYS}` });
  home.write(".config/rolecall/config.toml", "regoin = 1\n");
  const { stdout, stderr, exitCode } = await home.run(["profiles"]);
  expect(stderr).toContain('unknown setting "regoin"');
  expect(stdout).toContain("user1");
  expect(exitCode).toBe(0);
});

test("without files, the list is empty", async () => {
  home = makeHome();
  expect((await home.run(["profiles"])).stdout).toBe("no profiles\n");
  expect((await home.run(["profiles", "--json"])).stdout).toBe("[]\n");
});

test("a file that cannot be parsed is an error", async () => {
  home = makeHome({ config: "[default\n" });
  const { stdout, stderr, exitCode } = await home.run(["profiles"]);
  expect([stdout, exitCode]).toEqual(["", 2]);
  expect(stderr).toStartWith("error[file-syntax]");
});

test("control characters in names are escaped", async () => {
  home = makeHome({ credentials: `[\u001b[2Jx\u009b2J]\n${KEYS}` });
  for (const json of [[], ["--json"]]) {
    const { stdout } = await home.run(["profiles", ...json]);
    expect(stdout).toContain("2J");
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
});
