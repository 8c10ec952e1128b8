/** The AWS SDK for JavaScript, under Node, reads us through credential_process. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { makeHome, SUBJECT_WORDS, type TestHome } from "../support/subject.ts";

const HAVE_NODE = spawnSync("node", ["--version"]).status === 0;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** With no credentials given, the SDK walks its own chain. */
const IDENTITY =
  "const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts'); new STSClient({}).send(new GetCallerIdentityCommand({})).then((answer) => console.log(answer.Arn));";

describe.skipIf(!HAVE_NODE)("the AWS SDK for JavaScript (needs node)", () => {
  let cloud: Cloud;
  let home: TestHome;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(async () => await cloud.stop());
  afterEach(() => home.remove());

  function makeRoleHome(): void {
    const { accessKeyId, secretAccessKey } = cloud.user1;
    home = makeHome({
      config: `[profile app]\ncredential_process = ${SUBJECT_WORDS.join(" ")} export --profile m\n`,
      credentials: `[user1]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n[m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n`,
      env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_REGION: "eu-west-1" },
    });
  }

  test("with credential_process = rolecall export", async () => {
    makeRoleHome();
    const { stdout, stderr } = await home.runProgram(["node", "--no-warnings", "-e", IDENTITY], {
      cwd: ROOT,
      env: { AWS_PROFILE: "app" },
    });
    expect(stderr).toBe("");
    expect(stdout).toContain(":assumed-role/marketingadminrole/");
  }, 30_000);

  test("as the command of exec", async () => {
    makeRoleHome();
    const { stdout, stderr } = await home.run(["exec", "-p", "m", "--", "node", "--no-warnings", "-e", IDENTITY], {
      cwd: ROOT,
    });
    expect(stderr).toBe("");
    expect(stdout).toContain(":assumed-role/marketingadminrole/");
  }, 30_000);
});
