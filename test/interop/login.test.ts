/** Sign-ins shared with the real code of the AWS CLI v2 and of botocore: each uses what the other has written. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ssoTokenCacheKey } from "../../src/cache/key.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { LEGACY_URL, makeSignInHome, type SignInHome, shownUrl, visit } from "../support/sign_in_home.ts";
import { PYTHON_BIN } from "./python.ts";

/** Debian's package `awscli`, whose modules belong to the system's Python. */
const AWS_V2 = ["/usr/bin/python3", fileURLToPath(new URL("aws_v2.py", import.meta.url))];
const HAS_AWS_V2 =
  spawnSync("/usr/bin/python3", ["-c", "import awscli, sys; sys.exit(not awscli.__version__.startswith('2.'))"])
    .status === 0;

let cloud: Cloud;
let home: SignInHome;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeSignInHome(cloud);
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

async function byRolecall(...args: readonly string[]): Promise<void> {
  const program = home.signIn(...args);
  const url = await shownUrl(program);
  await visit(url.includes("/v1/") ? cloud.signIn.login.allow(url) : cloud.signIn.oidc.decide(url, "allow"));
  const { exitCode, stderr } = await program.ended;
  if (exitCode !== 0) throw new Error(stderr);
}

/** Gives a token so little time that the next user refreshes it. */
function makeOld(file: string): void {
  const path = join(home.path, file);
  const json = JSON.parse(readFileSync(path, "utf8"));
  const expiresAt = `${new Date(Date.now() + 120_000).toISOString().slice(0, 19)}Z`;
  const old =
    typeof json.accessToken === "string"
      ? { ...json, expiresAt }
      : { ...json, accessToken: { ...json.accessToken, expiresAt } };
  home.write(file, JSON.stringify(old));
}

const BOTOCORE = `
import sys, botocore.session
session = botocore.session.Session(profile=sys.argv[1])
print(session.get_credentials().get_frozen_credentials().access_key)
`;

const byBotocore = async (profile: string) => {
  const { stdout, stderr } = await home.runProgram([join(PYTHON_BIN ?? "", "python"), "-c", BOTOCORE, profile]);
  expect(stderr).toBe("");
  return stdout.trim();
};

const exported = async (profile: string) => JSON.parse((await home.run(["export", "-p", profile])).stdout).AccessKeyId;

describe.skipIf(PYTHON_BIN === undefined)("botocore (needs Python and a package index)", () => {
  test("uses and refreshes the token of an sso-session", async () => {
    await byRolecall("-p", "dev");
    expect(await byBotocore("dev")).toMatch(/^ASIA/);
    const first = home.token("corp");
    makeOld(`.aws/sso/cache/${ssoTokenCacheKey("corp")}.json`);
    expect(await byBotocore("dev")).toMatch(/^ASIA/);
    expect(home.token("corp")?.accessToken).toBe("refreshed-token");
    // And what botocore has written is used in turn.
    expect(await exported("dev")).toMatch(/^ASIA/);
    expect(first?.accessToken).not.toBe("refreshed-token");
  });

  test("uses the token of a legacy profile", async () => {
    cloud.signIn.oidc.isPreauthorized = true;
    expect((await home.signIn("-p", "legacy").ended).exitCode).toBe(0);
    expect(await byBotocore("legacy")).toMatch(/^ASIA/);
  });

  test("uses and refreshes console credentials", async () => {
    await byRolecall("-p", "console");
    const hash = createHash("sha256").update(cloud.signIn.login.person).digest("hex");
    const file = `.aws/login/cache/${hash}.json`;
    const first = JSON.parse(readFileSync(join(home.path, file), "utf8"));
    expect(await byBotocore("console")).toBe(first.accessToken.accessKeyId);
    makeOld(file);
    const refreshed = await byBotocore("console");
    expect(refreshed).not.toBe(first.accessToken.accessKeyId);
    expect(await exported("console")).toBe(refreshed);
  });
});

describe.skipIf(!HAS_AWS_V2)("the AWS CLI v2 (needs Debian's package awscli)", () => {
  const aws = (...args: readonly string[]) => home.runProgram([...AWS_V2, cloud.signIn.url, ...args]);
  const ways: readonly [what: string, name: string, awsArgs: readonly string[], args: readonly string[]][] = [
    ["an sso-session", "corp", ["--profile", "dev"], ["-p", "dev", "--use-device-code"]],
    ["a legacy profile", LEGACY_URL, ["--profile", "legacy"], ["-p", "legacy"]],
  ];
  for (const [what, name, awsArgs, args] of ways) {
    const login = async () => await aws("sso", "login", "--no-browser", ...awsArgs);
    const sign = async () => await home.signIn(...args).ended;

    test(`uses the registration that rolecall has cached: ${what}`, async () => {
      cloud.signIn.oidc.isPreauthorized = true;
      expect((await sign()).exitCode).toBe(0);
      const ours = home.token(name);
      const { exitCode, stderr } = await login();
      expect([stderr, exitCode]).toEqual(["", 0]);
      const theirs = home.token(name);
      expect(cloud.signIn.oidc.clients.size).toBe(1);
      // The same members with the same formats.
      expect(Object.keys(theirs ?? {}).sort()).toEqual(Object.keys(ours ?? {}).sort());
      expect([theirs?.clientId, theirs?.startUrl, theirs?.region]).toEqual([
        ours?.clientId,
        ours?.startUrl,
        ours?.region,
      ]);
      expect(theirs?.accessToken).not.toBe(ours?.accessToken);
      expect(theirs?.registrationExpiresAt).toBe(ours?.registrationExpiresAt);
    });

    test(`leaves a registration and a token that rolecall uses: ${what}`, async () => {
      cloud.signIn.oidc.isPreauthorized = true;
      expect((await login()).exitCode).toBe(0);
      expect(await exported(args[1] ?? "")).toMatch(/^ASIA/);
      const { exitCode } = await sign();
      expect([exitCode, cloud.signIn.oidc.clients.size]).toEqual([0, 1]);
    });

    test(`signs out of what rolecall has signed in to, and the other way round: ${what}`, async () => {
      cloud.signIn.oidc.isPreauthorized = true;
      await sign();
      const ours = String(home.token(name)?.accessToken);
      expect((await aws("sso", "logout")).exitCode).toBe(0);
      expect([home.token(name), cloud.signIn.tokens.has(ours)]).toEqual([undefined, false]);
      await login();
      const theirs = String(home.token(name)?.accessToken);
      expect((await home.run(["logout", "-p", args[1] ?? ""])).exitCode).toBe(0);
      expect([home.token(name), cloud.signIn.tokens.has(theirs)]).toEqual([undefined, false]);
    });
  }

  test("waits for a person as rolecall does, and reads the same answers", async () => {
    const program = home.startProgram([
      ...AWS_V2,
      cloud.signIn.url,
      "sso",
      "login",
      "--no-browser",
      "--profile",
      "dev",
    ]);
    await program.says(/[A-Z]{4}-[A-Z]{4}/);
    const [device] = cloud.signIn.oidc.devices;
    if (device !== undefined) device.decision = "allow";
    expect((await program.ended).exitCode).toBe(0);
    expect(await exported("dev")).toMatch(/^ASIA/);
  });
});
