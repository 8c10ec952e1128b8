/** The AWS SDK for JavaScript under Node, with rolecall as credential_process and in exec. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { isInstalled } from "../support/machine.ts";
import type { TestHome } from "../support/subject.ts";
import { makeRoleHome } from "./role_home.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A client without explicit credentials, so that the SDK uses its default provider chain. */
const IDENTITY =
  "const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts'); new STSClient({}).send(new GetCallerIdentityCommand({})).then(({ Arn }) => console.log(Arn));";

describe.skipIf(!isInstalled("node"))("the AWS SDK for JavaScript (needs node)", () => {
  let cloud: Cloud;
  let home: TestHome;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(async () => await cloud.stop());
  afterEach(() => home.remove());

  test("with credential_process = rolecall export", async () => {
    home = makeRoleHome(cloud);
    const { stdout, stderr } = await home.runProgram(["node", "--no-warnings", "-e", IDENTITY], {
      cwd: ROOT,
      env: { AWS_PROFILE: "app" },
    });
    expect(stderr).toBe("");
    expect(stdout).toContain(":assumed-role/marketingadminrole/");
  });

  test("as the command of exec", async () => {
    home = makeRoleHome(cloud);
    const { stdout, stderr } = await home.run(["exec", "-p", "m", "--", "node", "--no-warnings", "-e", IDENTITY], {
      cwd: ROOT,
    });
    expect(stderr).toBe("");
    expect(stdout).toContain(":assumed-role/marketingadminrole/");
  });
});
