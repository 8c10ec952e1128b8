/** Polars, whose object_store reads the token of a container endpoint only from a file, as the command of exec --serve. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { type LoopbackServer, serve } from "../cloud/server.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

const VENV = fileURLToPath(new URL("../../.tmp/venv-polars/", import.meta.url));
const CLIENT = fileURLToPath(new URL("polars_client.py", import.meta.url));
const VERSION = "2.1.0";

function prepare(): boolean {
  const run = (command: string, ...args: string[]) =>
    spawnSync(command, args, { stdio: "ignore", timeout: 300_000 }).status === 0;
  const ready = join(VENV, `ready-${VERSION}`);
  return (
    existsSync(ready) ||
    (run("python3", "-m", "venv", "--clear", VENV) &&
      run(join(VENV, "bin/pip"), "install", "-q", "--retries", "1", "--timeout", "10", `polars==${VERSION}`) &&
      run("touch", ready))
  );
}

describe.skipIf(!prepare())("Polars (needs Python and a package index)", () => {
  let cloud: Cloud;
  let storage: LoopbackServer;
  /** The access key IDs of the requests for files. */
  const keyIds = new Set<string>();
  let home: TestHome;
  beforeAll(async () => {
    cloud = await startCloud();
    storage = await serve(({ headers }) => {
      keyIds.add(/Credential=(\w+)/.exec(String(headers.authorization))?.[1] ?? "none");
      return { status: 404 };
    });
  });
  afterAll(async () => {
    await storage.stop();
    await cloud.stop();
  });
  afterEach(() => home.remove());

  test("signs with the role that exec --serve serves, although the default profile has keys", async () => {
    const { accessKeyId, secretAccessKey } = cloud.user1;
    home = makeHome({
      // Not in the credentials file: Polars itself uses the first keys in it, of whatever profile.
      config:
        "[default]\naws_access_key_id = AKIASTRANGER\naws_secret_access_key = stranger\n" +
        `[profile user1]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n` +
        `[profile m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n`,
      env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" },
    });
    const command = [join(VENV, "bin/python"), CLIENT, storage.url];
    const { stderr } = await home.run(["exec", "-p", "m", "--serve", "--", ...command]);
    expect(stderr).toContain("404 Not Found");
    expect([...keyIds].map((keyId) => cloud.iam.principal(keyId)?.arn ?? keyId)).toEqual([
      expect.stringContaining(":assumed-role/marketingadminrole/"),
    ]);
  }, 60_000);
});
