/** A secret access key in place of the access key ID: AWS would quote it, so it is never sent and never shown. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

const ID = "AKIAIOSFODNN7EXAMPLE";
/** With three slashes, as a path has them; with a plus; with neither. */
const SECRETS = [
  "wJalrXUtnF/MI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "wJalrXUtnF+MIxK7MDENGxbPxRfiCYEXAMPLEKEY",
  "wJalrXUtnFxMIxK7MDENGxbPxRfiCYEXAMPLEKEY",
];

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const keys = (section: string, id: string, secret: string) =>
  `[${section}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
const env = () => ({ AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" });

for (const secret of SECRETS) {
  describe(`swapped with ${secret}`, () => {
    for (const args of [
      ["whoami"],
      ["export"],
      ["exec", "env"],
      ["explain"],
      ["export", "--role-arn", roleArn("hub")],
    ]) {
      test(`${args.join(" ")} rejects keys in the credentials file, and shows neither`, async () => {
        home = makeHome({ credentials: keys("default", secret, ID), env: env() });
        const { stdout, stderr, exitCode } = await home.run([...args.slice(0, 1), "-v", ...args.slice(1)]);
        expect(stderr).toContain("error[invalid-setting]");
        expect(stderr).toContain("seem to be swapped: aws_access_key_id looks like a secret access key");
        expect(stderr).toContain(".aws/credentials:2:21");
        expect(stdout + stderr).not.toContain(secret);
        expect(stderr).not.toContain(secret.slice(0, 8));
        expect([exitCode, cloud.sts.calls.length]).toEqual([args[0] === "exec" ? 125 : 2, 0]);
      });
    }

    test("rejects keys in the environment", async () => {
      home = makeHome({ env: { ...env(), AWS_ACCESS_KEY_ID: secret, AWS_SECRET_ACCESS_KEY: ID } });
      for (const command of ["whoami", "explain"]) {
        const { stdout, stderr, exitCode } = await home.run([command]);
        expect(stderr).toContain("AWS_ACCESS_KEY_ID looks like a secret access key");
        expect(stdout + stderr).not.toContain(secret);
        expect([exitCode, cloud.sts.calls.length]).toEqual([2, 0]);
      }
      const probed = await home.run(["probe"]);
      expect(probed.stdout).toContain("seem to be swapped");
      expect(probed.stdout).not.toContain(secret.slice(-4));
    });

    test("rejects what a credential_process prints", async () => {
      const printed = JSON.stringify({ Version: 1, AccessKeyId: secret, SecretAccessKey: ID });
      home = makeHome({ config: "[default]\ncredential_process = cat printed\n", env: env() });
      home.write("printed", printed);
      const { stdout, stderr, exitCode } = await home.run(["whoami"]);
      expect(stderr).toContain("looks like a secret access key");
      expect(stdout + stderr).not.toContain(secret);
      expect([exitCode, cloud.sts.calls.length]).toEqual([1, 0]);
    });

    for (const args of [["check"], ["check", "--json"]]) {
      test(`${args.join(" ")} finds it, and shows neither`, async () => {
        const config = keys("default", secret, ID).replace("[default]", "[profile a]");
        home = makeHome({ config, credentials: keys("b", secret, ID) });
        const { stdout, stderr, exitCode } = await home.run(args);
        expect(stdout.split("seem to be swapped").length - 1).toBe(2);
        expect(stdout + stderr).not.toContain(secret.slice(0, 8));
        expect(exitCode).toBe(1);
      });
    }
  });
}

test("the same secret in both places is rejected, too", async () => {
  const [secret = ""] = SECRETS;
  home = makeHome({ credentials: keys("default", secret, secret), env: env() });
  const { stderr } = await home.run(["whoami"]);
  expect(stderr).toContain("looks like a secret access key");
  expect(cloud.sts.calls.length).toBe(0);
});

test("IDs of other services, in lower case, are used with their own endpoint, and never sent to AWS", async () => {
  home = makeHome({ credentials: keys("default", "minioadmin", "minioadmin") });
  expect((await home.run(["export"])).exitCode).toBe(0);
  await home.run(["whoami"], { env: env() });
  expect(cloud.sts.calls.length).toBe(1);
  // A proxy that cannot be reached: nothing is sent even if the check fails.
  const { stderr, exitCode } = await home.run(["whoami"], { env: { HTTPS_PROXY: "http://127.0.0.1:1" } });
  expect(stderr).toContain("error[unsafe-value]: the access key ID contains lower-case letters");
  expect(exitCode).toBe(1);
});

describe("a NUL in a credential is rejected", () => {
  const rows: readonly [what: string, id: string, secret: string, token: string][] = [
    ["access key ID", `${ID}\0x`, "secret", "token"],
    ["secret access key", ID, "half\0secret", "token"],
    ["session token", ID, "secret", "half\0token"],
  ];
  for (const [what, id, secret, token] of rows) {
    for (const command of [["export"], ["exec", "env"], ["serve"]]) {
      test(`${what}: ${command.join(" ")}`, async () => {
        home = makeHome({ credentials: `${keys("default", id, secret)}aws_session_token = ${token}\n` });
        const { stdout, stderr, exitCode } = await home.run(command);
        expect(stderr).toContain(`error[unsafe-value]: the ${what} of the profile "default" contains a NUL character`);
        expect(stderr).not.toContain("half");
        expect([stdout, exitCode]).toEqual(["", command[0] === "exec" ? 125 : 1]);
      });
    }
  }

  test("and check finds it", async () => {
    home = makeHome({ credentials: keys("default", ID, "half\0secret") });
    const { stdout } = await home.run(["check"]);
    expect(stdout).toContain("U+0000");
    expect(stdout).not.toContain("half");
  });
});
