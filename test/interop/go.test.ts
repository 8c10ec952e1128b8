/** The AWS SDK for Go, with rolecall as credential_process and in exec. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import type { TestHome } from "../support/subject.ts";
import { makeRoleHome } from "./role_home.ts";

const SOURCE = fileURLToPath(new URL("go/", import.meta.url));
const TOOLS = fileURLToPath(new URL("../../.tmp/", import.meta.url));
const CLIENT = `${TOOLS}go-client`;

/** Go only rebuilds what has changed. */
function build(): boolean {
  mkdirSync(TOOLS, { recursive: true });
  return spawnSync("go", ["build", "-o", CLIENT, "."], { cwd: SOURCE, stdio: "ignore", timeout: 300_000 }).status === 0;
}

describe.skipIf(!build())("the AWS SDK for Go (needs Go and its modules)", () => {
  let cloud: Cloud;
  let home: TestHome;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(async () => await cloud.stop());
  afterEach(() => home.remove());

  test("with credential_process = rolecall export", async () => {
    home = makeRoleHome(cloud);
    const { stdout, stderr } = await home.runProgram([CLIENT], { env: { AWS_PROFILE: "app" } });
    expect(stderr).toBe("");
    expect(stdout).toContain(":assumed-role/marketingadminrole/");
  });

  test("as the command of exec", async () => {
    home = makeRoleHome(cloud);
    const { stdout, stderr } = await home.run(["exec", "-p", "m", "--", CLIENT]);
    expect(stderr).toBe("");
    expect(stdout).toContain(":assumed-role/marketingadminrole/");
  });

  for (const option of [[], ["--serve"]]) {
    test(`as the command of ${["exec", ...option].join(" ")}, with the older names of another user's keys set`, async () => {
      home = makeRoleHome(cloud);
      const env = { AWS_ACCESS_KEY: "AKIASTRANGER", AWS_SECRET_KEY: "stranger" };
      const { stdout, stderr } = await home.run(["exec", "-p", "m", ...option, "--", CLIENT], { env });
      expect(stderr).toBe("");
      expect(stdout).toContain(":assumed-role/marketingadminrole/");
    });
  }
});
