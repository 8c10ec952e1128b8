/** `cache list` shows the cached sessions without secrets; `cache clear` deletes them. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { ssoTokenCacheKey } from "../../src/cache/key.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { inMinutes, keysSection } from "../support/aws_files.ts";
import { golden } from "../support/golden.ts";
import { IS_ROOT } from "../support/machine.ts";
import { makeHome, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";
import { waitUntil } from "../support/wait_until.ts";

const FOLDER = ".aws/cli/cache";
const KEY = "8e3e980585dddb1d2841b4fab7107e2a3ec02cb0";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeHome({
    credentials: keysSection("default", cloud.user1),
    config: `[profile m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = default\n`,
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const files = () => readdirSync(join(home.path, FOLDER)).sort();

function entry(minutes: number, more: object): string {
  const Credentials = { AccessKeyId: "ASIAX", SecretAccessKey: "SECRET", SessionToken: "TOKEN" };
  return JSON.stringify({
    Credentials: { ...Credentials, Expiration: inMinutes(minutes), AccountId: "123456789012" },
    ...more,
  });
}

const user = (arn: string) => ({ AssumedRoleUser: { AssumedRoleId: "AROA:x", Arn: arn } });

/** Writes a file of every kind that the commands know, and three that they ignore. */
function fillCache(): void {
  const write = (name: string, text: string) => home.write(`${FOLDER}/${name}`, text);
  write(`${KEY}.json`, entry(42.9, user("arn:aws:sts::123456789012:assumed-role/marketingadminrole/me")));
  write(`1${KEY.slice(1)}.json`, entry(719.9, {}));
  write(`2${KEY.slice(1)}.json`, entry(-60, { ProviderType: "sso" }));
  write(`3${KEY.slice(1)}.json`, '{"Credentials": {"AccessKeyId": "ASIA');
  write(`4${KEY.slice(1)}.lock`, JSON.stringify({ pid: 1, host: "elsewhere" }));
  const old = write(`5${KEY.slice(1)}.json.12.abc.tmp`, "half");
  utimesSync(old, new Date(Date.now() - 3_600_000), new Date(Date.now() - 3_600_000));
  write(`6${KEY.slice(1)}.json.12.abc.tmp`, "being written");
  write("session.db", "the AWS CLI's");
  mkdirSync(join(home.path, FOLDER, "folder.json"));
}

const IGNORED = [`6${KEY.slice(1)}.json.12.abc.tmp`, "folder.json", "session.db"];

describe("list", () => {
  test("prints a table", async () => {
    fillCache();
    const { stdout, stderr, exitCode } = await home.run(["cache", "list"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(stdout).toBe(golden("cache/list.txt", stdout));
  });

  test("prints JSON without secrets", async () => {
    fillCache();
    const { stdout } = await home.run(["cache", "list", "--json"]);
    const items: { kind: string; file: string; session?: string; expiration?: string }[] = JSON.parse(stdout);
    expect(items.map((item) => item.kind)).toEqual(["mfa-session", "sso", "unreadable", "lock", "left-over", "role"]);
    expect(items[5]).toMatchObject({
      file: join(home.path, FOLDER, `${KEY}.json`),
      session: "arn:aws:sts::123456789012:assumed-role/marketingadminrole/me",
      accountId: "123456789012",
    });
    expect(items[5]?.expiration).toStartWith(inMinutes(42.9).slice(0, 10));
    expect(stdout).not.toMatch(/SECRET|TOKEN|ASIA/);
  });

  test("prints that an empty cache is empty", async () => {
    expect((await home.run(["cache", "list"])).stdout).toBe(`nothing is cached in ${home.path}/.aws/cli/cache\n`);
    expect((await home.run(["cache", "list", "--json"])).stdout).toBe("[]\n");
  });

  test("shows the sessions that rolecall cached", async () => {
    await home.run(["export", "-p", "m"]);
    await home.run(["export", "--mfa-session", "--mfa-serial", mfaArn("user1"), "--mfa-code", "012345"]);
    const { stdout } = await home.run(["cache", "list", "--json"]);
    expect(
      JSON.parse(stdout)
        .map((item: { kind: string }) => item.kind)
        .sort(),
    ).toEqual(["mfa-session", "role"]);
  });

  describe("shows the logins, without secrets:", () => {
    const refresh = (registrationExpiresAt: string) => ({
      ...{ refreshToken: "SECRET", clientId: "c", clientSecret: "SECRET", registrationExpiresAt },
    });
    const login = (name: string, minutes: number, more: object) =>
      home.write(
        `.aws/sso/cache/${ssoTokenCacheKey(name)}.json`,
        JSON.stringify({ accessToken: "TOKEN", expiresAt: inMinutes(minutes), region: "eu-west-1", ...more }),
      );
    const ARN = "arn:aws:iam::123456789012:user/me";
    beforeEach(() => {
      const session = (name: string) => `[sso-session ${name}]\nsso_start_url = https://${name}.awsapps.com/start\n`;
      home.write(".aws/config", `${session("corp")}${session("old")}[profile c]\nlogin_session = ${ARN}\n`);
      login("corp", 42.9, { startUrl: "https://corp.awsapps.com/start", ...refresh("2099-01-01T00:00:00Z") });
      login("old", -5, { startUrl: "https://old.awsapps.com/start", ...refresh("2026-01-01T00:00:00Z") });
      const legacy = "https://legacy.awsapps.com/start";
      login(legacy, 10.9, { startUrl: legacy, ...refresh("2099-01-01T00:00:00Z") });
      login("unknown", 10.9, { startUrl: "https://unknown.awsapps.com/start" });
      home.write(".aws/sso/cache/registration.json", JSON.stringify({ clientId: "c", clientSecret: "SECRET" }));
      home.write(".aws/sso/cache/broken.json", "{");
      const access = {
        accessKeyId: "ASIA",
        sessionToken: "TOKEN",
        accountId: "123456789012",
        expiresAt: inMinutes(9.9),
      };
      const console = JSON.stringify({ accessToken: access, refreshToken: "SECRET", dpopKey: "SECRET" });
      const name = createHash("sha256").update(ARN).digest("hex");
      home.write(`.aws/login/cache/${name}.json`, console);
      home.write(`.aws/login/cache/${"0".repeat(64)}.json`, console);
    });

    test("as a table", async () => {
      const { stdout } = await home.run(["cache", "list"]);
      expect(stdout).toBe(golden("cache/logins.txt", stdout));
    });

    test("as JSON", async () => {
      const { stdout } = await home.run(["cache", "list", "--json"]);
      expect(stdout).not.toMatch(/SECRET|TOKEN|ASIA/);
      const items: { session?: string; startUrl?: string }[] = JSON.parse(stdout);
      expect(items).toHaveLength(6);
      expect(items.find(({ session }) => session === "corp")).toMatchObject({
        kind: "sso-login",
        file: join(home.path, `.aws/sso/cache/${ssoTokenCacheKey("corp")}.json`),
        startUrl: "https://corp.awsapps.com/start",
        canRefresh: true,
        registrationExpiration: "2099-01-01T00:00:00Z",
      });
      expect(items.find(({ session }) => session === ARN)).toMatchObject({
        kind: "console-login",
        accountId: "123456789012",
        canRefresh: true,
      });
    });

    test("also if the config file is broken", async () => {
      home.write(".aws/config", "[");
      const { stdout, exitCode } = await home.run(["cache", "list", "--json"]);
      expect([JSON.parse(stdout).length, exitCode]).toEqual([6, 0]);
    });

    test("and cache clear keeps them", async () => {
      const { stdout } = await home.run(["cache", "clear", "--all"]);
      expect(stdout).toBe("nothing was removed\n");
    });
  });

  test("escapes control characters of names and files", async () => {
    home.write(`${FOLDER}/a\u001b[2J.json`, entry(42.9, user("arn:\u001b[31mred")));
    expect((await home.run(["cache", "list"])).stdout).not.toContain("\u001b");
  });
});

describe("clear", () => {
  test("deletes sessions and left-over files, and prints how many", async () => {
    fillCache();
    const { stdout, stderr, exitCode } = await home.run(["cache", "clear"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(stdout).toBe(golden("cache/clear.txt", stdout));
    expect(files()).toEqual([`3${KEY.slice(1)}.json`, ...IGNORED]);
  });

  test("--all also deletes unreadable entries, but no files of other programs", async () => {
    fillCache();
    home.write(".aws/sso/cache/token.json", "{}");
    home.write(".aws/login/cache/token.json", "{}");
    const { stdout } = await home.run(["cache", "clear", "--all"]);
    expect(stdout).toContain("1 unreadable file");
    expect(files()).toEqual(IGNORED);
    expect(readdirSync(join(home.path, ".aws/sso/cache"))).toEqual(["token.json"]);
    expect(readdirSync(join(home.path, ".aws/login/cache"))).toEqual(["token.json"]);
  });

  test("makes the next run call STS again", async () => {
    await home.run(["export", "-p", "m"]);
    await home.run(["cache", "clear"]);
    await home.run(["export", "-p", "m"]);
    expect(cloud.sts.calls.length).toBe(2);
  });

  test("keeps a lock that a running process holds", async () => {
    cloud.sts.react("hang");
    const living = Bun.spawn([...SUBJECT_ARGV, "export", "-p", "m"], {
      env: home.environment(),
      stdio: ["ignore", "ignore", "ignore"],
    });
    await waitUntil(() => cloud.sts.calls.length > 0);
    const { stdout: listed } = await home.run(["cache", "list", "--json"]);
    expect(JSON.parse(listed)).toMatchObject([{ kind: "lock", held: true }]);
    const { pid } = JSON.parse(listed)[0].holder;
    // So that it does not give up its call after the time limit.
    process.kill(pid, "SIGSTOP");
    const { stdout } = await home.run(["cache", "clear", "--all"]);
    expect(stdout).toBe("nothing was removed\nkept 1 lock that a running process holds\n");
    expect(files()).toEqual([`${KEY}.lock`]);
    process.kill(pid, "SIGKILL");
    await living.exited;
    expect((await home.run(["cache", "clear"])).stdout).toBe("removed 1 lock\n");
  });

  test("of an empty cache is no error", async () => {
    const { stdout, exitCode } = await home.run(["cache", "clear"]);
    expect([stdout, exitCode]).toEqual(["nothing was removed\n", 0]);
  });

  test("prints JSON", async () => {
    fillCache();
    const { removed, kept } = JSON.parse((await home.run(["cache", "clear", "--json"])).stdout);
    expect([removed.length, kept.length]).toEqual([5, 1]);
  });

  test.skipIf(IS_ROOT)("that cannot delete a file is an error (not as root)", async () => {
    fillCache();
    chmodSync(join(home.path, FOLDER), 0o500);
    const { exitCode, stderr } = await home.run(["cache", "clear"]);
    chmodSync(join(home.path, FOLDER), 0o700);
    expect(stderr).toContain("error[write-failed]");
    expect([exitCode, files().length]).toEqual([1, 9]);
  });
});

describe("an invalid command line", () => {
  const rows: readonly [args: readonly string[], text: string][] = [
    [[], "no subcommand given"],
    [["lsit"], 'did you mean "list"?'],
    [["list", "x"], 'unexpected argument "x"'],
    [["list", "--all"], "cache list has no option --all"],
  ];
  for (const [args, text] of rows) {
    test(args.join(" ") || "no subcommand", async () => {
      const { stdout, stderr, exitCode } = await home.run(["cache", ...args]);
      expect(stderr).toContain(text);
      expect([stdout, exitCode]).toEqual(["", 2]);
    });
  }
});
