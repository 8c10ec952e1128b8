/**
 * The AWS Common Runtime (Mountpoint for S3, pyarrow, awscrt) as a client of the servers. It sends the Host header without
 * a port, and takes IMDSv2 tokens of at most 64 characters.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, parseEnvironment, type RunningProgram, type TestHome } from "../support/subject.ts";
import { PYTHON_BIN } from "./python.ts";

const CLIENT =
  "from awscrt import auth; print(auth.AwsCredentialsProvider.new_default_chain().get_credentials().result(20).access_key_id)";

describe.skipIf(PYTHON_BIN === undefined)("the AWS Common Runtime (needs Python and a package index)", () => {
  let cloud: Cloud;
  let home: TestHome;
  let server: RunningProgram | undefined;
  const python = join(PYTHON_BIN ?? "", "python");

  beforeAll(async () => {
    cloud = await startCloud();
    home = makeHome({
      credentials: `${keysSection("user1", cloud.user1)}[m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n`,
      env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_REGION: "eu-west-1" },
    });
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });
  afterAll(async () => {
    home.remove();
    await cloud.stop();
  });

  const principalOf = (stdout: string) => cloud.iam.principal(stdout.trim())?.arn;

  for (const service of ["ecs", "imds"]) {
    test(`gets the role's credentials from serve --as ${service}`, async () => {
      server = home.start(["serve", "-p", "m", "--as", service]);
      await server.says(service === "ecs" ? /TOKEN=\S+\n/ : /ENDPOINT=\S+\n/);
      const env = parseEnvironment(server.stdout().replaceAll("export ", ""));
      const { stdout, stderr } = await home.runProgram([python, "-c", CLIENT], { env });
      expect(stderr).toBe("");
      expect(principalOf(stdout)).toContain(":assumed-role/marketingadminrole/");
    }, 60_000);
  }

  test("gets the role's credentials from serve --token-file", async () => {
    const file = home.write("token", "0123456789abcdef0123456789abcdef");
    server = home.start(["serve", "-p", "m", "--token-file", file]);
    await server.says(/TOKEN_FILE=\S+\n/);
    const env = parseEnvironment(server.stdout().replaceAll("export ", ""));
    const { stdout, stderr } = await home.runProgram([python, "-c", CLIENT], { env });
    expect(stderr).toBe("");
    expect(principalOf(stdout)).toContain(":assumed-role/marketingadminrole/");
  }, 60_000);

  test("gets the role's credentials from exec --serve", async () => {
    const { stdout, stderr } = await home.run(["exec", "-p", "m", "--serve", "--", python, "-c", CLIENT]);
    expect(stderr).toBe("");
    expect(principalOf(stdout)).toContain(":assumed-role/marketingadminrole/");
  }, 60_000);
});
