/** Credentials that expire sooner than `--min-ttl`, from a source that cannot give longer ones: used, with a warning. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { inMinutes, keysSection } from "../support/aws_files.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeHome({
    credentials: keysSection("user1", cloud.user1),
    config:
      `[profile role]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n` +
      "[profile process]\ncredential_process = cat printed\n",
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" },
  });
  const keys = { AccessKeyId: "ASIAEXAMPLE", SecretAccessKey: "x", SessionToken: "x" };
  home.write("printed", JSON.stringify({ Version: 1, ...keys, Expiration: inMinutes(90) }));
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const environment = () => ({
  AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "x",
  AWS_SESSION_TOKEN: "x",
  AWS_CREDENTIAL_EXPIRATION: inMinutes(90),
});
const container = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.container.url}/v2/credentials/x` });

const SOURCES: readonly [what: string, args: readonly string[], env: () => Record<string, string>][] = [
  ["a role", ["-p", "role"], () => ({})],
  ["a credential_process", ["-p", "process"], () => ({})],
  ["the environment", [], environment],
  ["a container", [], container],
];
for (const [what, args, env] of SOURCES) {
  test(`${what}: used, with a warning`, async () => {
    const { stdout, stderr, exitCode } = await home.run(["export", "--min-ttl", "20h", ...args], { env: env() });
    expect(stderr).toMatch(
      /^warning: the credentials expire in .* min.*, sooner than the minimum of 20 h \(--min-ttl\)[^\n]*\n$/,
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).AccessKeyId).toStartWith("ASIA");
  });
}

test("a session that is requested for exactly the minimum is long enough", async () => {
  const { stderr } = await home.run(["export", "-p", "role", "--duration-seconds", "30m", "--min-ttl", "30m"]);
  expect(stderr).toBe("");
});

test("without --min-ttl, and with a shorter one, there is no warning", async () => {
  for (const args of [[], ["--min-ttl", "10m"]]) {
    expect((await home.run(["export", "-p", "role", ...args])).stderr).toBe("");
  }
});

test("the settings file's min_ttl warns, too, with its position", async () => {
  home.write(".config/rolecall/config.toml", 'min_ttl = "20h"\n');
  const { stderr, exitCode } = await home.run(["export", "-p", "role"]);
  expect(stderr).toContain("config.toml:1:");
  expect(exitCode).toBe(0);
});

test("credentials that do not expire are long enough", async () => {
  expect((await home.run(["export", "-p", "user1", "--min-ttl", "20h"])).stderr).toBe("");
});
