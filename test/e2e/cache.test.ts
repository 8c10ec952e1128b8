/** The cache shared with the AWS CLI, and its lock between processes. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { errorResponse } from "../cloud/sts.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, SUBJECT, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";
import { waitUntil } from "../support/wait_until.ts";

/** The AWS CLI's key for the role marketingadminrole without other parameters. */
const KEY = "8e3e980585dddb1d2841b4fab7107e2a3ec02cb0";
const FILE = `.aws/cli/cache/${KEY}.json`;
const LOCK = `.aws/cli/cache/${KEY}.lock`;

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeHome({
    credentials: keysSection("default", cloud.user1),
    config:
      `[profile m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = default\n` +
      `[profile chain]\nrole_arn = ${roleArn("deploy")}\nsource_profile = hub\n` +
      `[profile hub]\nrole_arn = ${roleArn("hub")}\nsource_profile = default\n` +
      `[profile guarded]\nrole_arn = ${roleArn("guarded")}\nsource_profile = default\nmfa_serial = ${mfaArn("user1")}\n`,
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const calls = () => cloud.sts.calls.length;
const entryPath = () => join(home.path, FILE);

/** An entry as the AWS CLI writes it. */
function awsCliEntry(expiration: string, accessKeyId = "ASIAFROMTHEAWSCLI"): string {
  return JSON.stringify({
    Credentials: { AccessKeyId: accessKeyId, SecretAccessKey: "s", SessionToken: "t", Expiration: expiration },
    AssumedRoleUser: { AssumedRoleId: "AROA:x", Arn: "arn:aws:sts::123456789012:assumed-role/marketingadminrole/x" },
    ResponseMetadata: { RequestId: "x", HTTPStatusCode: 200, RetryAttempts: 0 },
  });
}

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19);

/** Starts the program without waiting for its end. */
function start(args: readonly string[]) {
  return Bun.spawn([...SUBJECT_ARGV, ...args], { env: home.environment(), stdio: ["ignore", "pipe", "pipe"] });
}

async function accessKeyId(args: readonly string[] = ["-p", "m"]): Promise<string> {
  const { stdout, stderr } = await home.run(["export", ...args]);
  expect(stderr).toBe("");
  return JSON.parse(stdout).AccessKeyId;
}

describe("a role session", () => {
  test("is cached under the AWS CLI's key, readable by its owner only", async () => {
    const first = await accessKeyId();
    expect(await accessKeyId()).toBe(first);
    expect(calls()).toBe(1);
    expect(statSync(entryPath()).mode & 0o777).toBe(0o600);
    expect(statSync(join(home.path, ".aws/cli/cache")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(home.path, ".aws/cli/cache"))).toEqual([`${KEY}.json`]);
  });

  test("is cached with the owner's permissions whatever the umask", async () => {
    const argv = ["sh", "-c", 'umask 777; exec "$@"', "sh", ...SUBJECT_ARGV, "export", "-p", "m"];
    const first = await home.runProgram(argv);
    expect(first.stderr).toBe("");
    expect(await accessKeyId()).toBe(JSON.parse(first.stdout).AccessKeyId);
    const modes = ["", "/cache", `/cache/${KEY}.json`].map((name) => statSync(join(home.path, `.aws/cli${name}`)).mode);
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o700, 0o600]);
    expect(calls()).toBe(1);
  });

  const timeZones: readonly [what: string, suffix: string][] = [
    ["UTC", "UTC"],
    ["Z", "Z"],
    ["an offset", "+00:00"],
  ];
  for (const [what, suffix] of timeZones) {
    test(`cached by the AWS CLI is used: time zone as ${what}`, async () => {
      home.write(FILE, awsCliEntry(`${at(60)}${suffix}`));
      expect([await accessKeyId(), calls()]).toEqual(["ASIAFROMTHEAWSCLI", 0]);
    });
  }

  const misses: readonly [what: string, text: () => string][] = [
    ["valid for less than 15 minutes", () => awsCliEntry(`${at(14)}Z`)],
    ["that has expired", () => awsCliEntry(`${at(-1)}Z`)],
    ["half-written", () => awsCliEntry(`${at(60)}Z`).slice(0, 80)],
    ["empty", () => ""],
    ["of another format", () => '["x"]'],
    ["without a session token", () => awsCliEntry(`${at(60)}Z`).replace('"SessionToken":"t"', '"SessionToken":""')],
  ];
  for (const [what, text] of misses) {
    test(`is created, and replaces an entry ${what}`, async () => {
      home.write(FILE, text());
      expect(await accessKeyId()).not.toBe("ASIAFROMTHEAWSCLI");
      expect(calls()).toBe(1);
      expect(JSON.parse(readFileSync(entryPath(), "utf8")).Credentials.AccessKeyId).toStartWith("ASIA");
    });
  }

  test("that is cached needs neither the earlier role nor the source", async () => {
    await accessKeyId(["-p", "chain"]);
    expect(calls()).toBe(2);
    home.write(".aws/credentials", "[default]\naws_access_key_id = gone\naws_secret_access_key = gone\n");
    await accessKeyId(["-p", "chain"]);
    expect(calls()).toBe(2);
  });

  test("of an earlier role is used for the next one", async () => {
    await accessKeyId(["-p", "hub"]);
    await accessKeyId(["-p", "chain"]);
    expect(cloud.sts.calls.map((call) => call.parameters.RoleArn)).toEqual([roleArn("hub"), roleArn("deploy")]);
  });

  test("with MFA needs no second code", async () => {
    await accessKeyId(["-p", "guarded", "--mfa-code", "012345"]);
    await accessKeyId(["-p", "guarded", "--no-input"]);
    expect(calls()).toBe(1);
  });

  test("is cached by external ID, session name and duration", async () => {
    await accessKeyId();
    await accessKeyId(["-p", "m", "--external-id", "x1"]);
    await accessKeyId(["-p", "m", "--role-session-name", "mine"]);
    await accessKeyId(["-p", "m", "--duration-seconds", "1800"]);
    expect(calls()).toBe(4);
  });
});

describe("a cached session that AWS no longer accepts", () => {
  /** Replaces the only cached session by one that STS does not know. @returns its file. */
  function revoke(): string {
    const [name = ""] = readdirSync(join(home.path, ".aws/cli/cache"));
    return home.write(`.aws/cli/cache/${name}`, awsCliEntry(`${at(60)}Z`, "ASIAREVOKED"));
  }
  const actions = () => cloud.sts.calls.map(({ action, parameters }) => [action, parameters.RoleArn, undefined]);

  test("is dropped as the caller of the next role, and a new one is used", async () => {
    await accessKeyId(["-p", "hub"]);
    const file = revoke();
    await accessKeyId(["-p", "chain"]);
    const assume = (role: string) => ["AssumeRole", roleArn(role), undefined];
    // The first call is for the profile hub. STS rejects the second.
    expect(actions()).toEqual([assume("hub"), assume("deploy"), assume("hub"), assume("deploy")]);
    expect(readFileSync(file, "utf8")).not.toContain("ASIAREVOKED");
  });

  test("is dropped by whoami, and a new one is used", async () => {
    await accessKeyId();
    revoke();
    const { stdout, stderr } = await home.run(["whoami", "-p", "m"]);
    expect([stderr, calls()]).toEqual(["", 4]);
    expect(stdout).toContain("assumed-role/marketingadminrole");
  });

  test("of an MFA session is dropped, and the given code makes a new one", async () => {
    const args = ["export", "-p", "guarded", "--mfa-session", "--mfa-code"];
    await home.run([
      "export",
      "-p",
      "default",
      "--mfa-session",
      "--mfa-serial",
      mfaArn("user1"),
      "--mfa-code",
      "012345",
    ]);
    revoke();
    const { stderr, exitCode } = await home.run([...args, "123456"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(cloud.sts.calls.map(({ action }) => action)).toEqual([
      "GetSessionToken",
      "AssumeRole",
      "GetSessionToken",
      "AssumeRole",
    ]);
  });

  test("is named in the error if there is no new one", async () => {
    await accessKeyId(["-p", "hub"]);
    revoke();
    home.write(".aws/credentials", "[default]\naws_access_key_id = AKIAGONE\naws_secret_access_key = gone\n");
    const { stderr, exitCode } = await home.run(["export", "-p", "chain"]);
    expect(stderr).toContain("STS does not know the access key of the profile");
    expect(stderr).toContain(`AWS rejected the session of ${roleArn("hub")}, which was cached`);
    expect([exitCode, calls()]).toEqual([1, 3]);
  });

  test("is not tried again and again", async () => {
    await accessKeyId(["-p", "hub"]);
    revoke();
    const invalid = errorResponse(403, "InvalidClientTokenId", "The security token included in the request is invalid");
    // The cached session is rejected, a new one is made, and it is rejected, too.
    cloud.sts.react(invalid);
    const config = `[profile x]\nrole_arn = ${roleArn("deploy")}\nsource_profile = hub\n`;
    home.write(".aws/config", readFileSync(join(home.path, ".aws/config"), "utf8") + config);
    expect((await home.run(["export", "-p", "x"])).exitCode).toBe(0);
    expect(calls()).toBe(4);
  });

  test("that is denied for another reason is named, with the command that deletes it", async () => {
    home.write(
      ".aws/config",
      `[profile hub]\nrole_arn = ${roleArn("hub")}\nsource_profile = default\n[profile x]\nrole_arn = ${roleArn("closed")}\nsource_profile = hub\n`,
    );
    await accessKeyId(["-p", "hub"]);
    const { stderr, exitCode } = await home.run(["export", "-p", "x"]);
    const [name] = readdirSync(join(home.path, ".aws/cli/cache")).filter((file) => file.endsWith(".json"));
    expect(stderr).toContain(`a session from the cache: ${join(home.path, ".aws/cli/cache", name ?? "")}`);
    expect(stderr).toContain("rolecall cache clear");
    expect([exitCode, calls()]).toEqual([1, 2]);
  });
});

describe("options", () => {
  test("--no-cache neither reads nor writes", async () => {
    home.write(FILE, awsCliEntry(`${at(60)}Z`));
    expect(await accessKeyId(["-p", "m", "--no-cache"])).not.toBe("ASIAFROMTHEAWSCLI");
    expect(readFileSync(entryPath(), "utf8")).toContain("ASIAFROMTHEAWSCLI");
  });

  const ttls: readonly [option: string, minutes: number, isUsed: boolean][] = [
    ["30m", 29, false],
    ["30m", 31, true],
    ["5m", 6, true],
    ["300", 4, false],
  ];
  for (const [option, minutes, isUsed] of ttls) {
    test(`--min-ttl ${option}, ${minutes} minutes left: ${isUsed ? "used" : "not used"}`, async () => {
      home.write(FILE, awsCliEntry(`${at(minutes)}Z`));
      expect((await accessKeyId(["-p", "m", "--min-ttl", option])) === "ASIAFROMTHEAWSCLI").toBe(isUsed);
    });
  }

  test("an invalid --min-ttl is an error", async () => {
    expect((await home.run(["export", "--min-ttl", "soon"])).stderr).toContain("error[invalid-option]");
  });
});

describe("a response of STS", () => {
  const complete = () => ({
    AccessKeyId: "ASIAX",
    SecretAccessKey: "s",
    SessionToken: "t",
    Expiration: `${at(60)}Z`,
  });
  const rows: readonly [what: string, members: Readonly<Record<string, string | undefined>>][] = [
    ["with an empty access key id", { AccessKeyId: "" }],
    ["with a blank secret access key", { SecretAccessKey: " " }],
    ["with an empty session token", { SessionToken: "" }],
    ["without an expiration", { Expiration: undefined }],
    ["with an empty expiration", { Expiration: "" }],
    ["with an expiration that is a text", { Expiration: "soon" }],
    ["with an expiration beyond all years", { Expiration: "1e300" }],
  ];
  for (const [what, members] of rows) {
    test(`${what} is an error, and is not cached`, async () => {
      const elements = Object.entries({ ...complete(), ...members }).map(([name, value]) =>
        value === undefined ? "" : `<${name}>${value}</${name}>`,
      );
      const xml = `<Credentials>${elements.join("")}</Credentials>`;
      const body = `<AssumeRoleResponse><AssumeRoleResult>${xml}</AssumeRoleResult></AssumeRoleResponse>`;
      cloud.sts.react(...Array(5).fill({ headers: { "content-type": "text/xml" }, body }));
      const { exitCode, stdout, stderr } = await home.run(["export", "-p", "m"]);
      expect([exitCode, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^error\[sts-[a-z]+\]: /);
      expect(readdirSync(join(home.path, ".aws/cli/cache"))).toEqual([]);
    });
  }
});

describe("a cache that cannot be written", () => {
  test("is not used, and -v says so", async () => {
    // A file in place of the folder: not even root can write below it.
    home.write(".aws/cli", "");
    const { exitCode, stderr } = await home.run(["export", "-p", "m", "-v"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("continuing without the cache");
  });

  // Deno fails by itself, because it looks for an .npmrc in the home folder.
  test.skipIf(SUBJECT === "deno")("is no error if the home folder cannot exist", async () => {
    const { accessKeyId: id, secretAccessKey } = cloud.user1;
    const HOME = join(home.write("file", ""), "home");
    const env = { HOME, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const { exitCode, stderr } = await home.run(["export", "--role-arn", roleArn("marketingadminrole")], { env });
    expect([exitCode, stderr]).toEqual([0, ""]);
  });
});

describe("the lock", () => {
  test("50 processes that start at once without a cached session make one call and share its result", async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => home.run(["export", "-q", "-p", "m"])));
    // With -q, because on a slow machine the processes that wait would report it.
    expect(outcomes.map((outcome) => outcome.stderr).join("")).toBe("");
    expect(new Set(outcomes.map((outcome) => outcome.stdout)).size).toBe(1);
    expect(calls()).toBe(1);
  });

  test("10 processes that start at once need one MFA code for a role", async () => {
    const run = (args: string[]) => home.run(["export", "-p", "guarded", "--no-input", ...args]);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => run(["--mfa-code", "012345"])));
    expect(outcomes.map((outcome) => outcome.exitCode)).toEqual(Array(10).fill(0));
    expect(calls()).toBe(1);
  });

  // A process in another container shares the home folder but has other process ids.
  const leftOvers: readonly [what: string, text: () => string][] = [
    ["on this machine", () => JSON.stringify({ pid: process.pid, host: hostname() })],
    ["in another container", () => JSON.stringify({ pid: 1, host: "0123456789ab" })],
    ["before it wrote its name", () => ""],
  ];
  for (const [what, text] of leftOvers) {
    test(`a holder that was killed ${what} does not block, and its lock file is deleted`, async () => {
      home.write(LOCK, text());
      await accessKeyId();
      expect(calls()).toBe(1);
      expect(readdirSync(join(home.path, ".aws/cli/cache"))).toEqual([`${KEY}.json`]);
    });
  }

  // A holder that is stopped (SIGSTOP) does not give up its call after the time limit.
  test("a holder in another container blocks, although its process id does not exist here", async () => {
    cloud.sts.react("hang");
    const living = start(["export", "-p", "m"]);
    await waitUntil(() => calls() > 0);
    const { pid } = JSON.parse(readFileSync(join(home.path, LOCK), "utf8"));
    process.kill(pid, "SIGSTOP");
    home.write(LOCK, JSON.stringify({ pid: 4_000_000, host: hostname() }));
    const waiting = start(["export", "-p", "m"]);
    expect(await firstOutput(waiting)).toBe(
      `warning: waiting for process 4000000 to finish the same call: AssumeRole ${roleArn("marketingadminrole")}\n`,
    );
    expect(calls()).toBe(1);
    process.kill(pid, "SIGKILL");
    await Promise.all([living.exited, waiting.exited]);
    expect(calls()).toBe(2);
  });

  test("a holder that is killed during its call does not block", async () => {
    cloud.sts.react("hang");
    const killed = start(["export", "-p", "m"]);
    await waitUntil(() => calls() > 0);
    expect(readdirSync(join(home.path, ".aws/cli/cache"))).toEqual([`${KEY}.lock`]);
    // The process in the lock file: the one that was started may be a launcher, as with Deno.
    const lock = readFileSync(join(home.path, LOCK), "utf8");
    process.kill(JSON.parse(lock).pid, "SIGKILL");
    await killed.exited;
    await accessKeyId();
    expect(calls()).toBe(2);
  });

  test.skipIf(process.platform !== "linux")(
    "a holder that is stopped is named, and its session is used once it is resumed",
    async () => {
      const gate = Promise.withResolvers<void>();
      cloud.sts.hold = gate.promise;
      const stopped = start(["export", "-p", "m"]);
      await waitUntil(() => calls() > 0);
      const { pid } = JSON.parse(readFileSync(join(home.path, LOCK), "utf8"));
      process.kill(pid, "SIGSTOP");
      const waiting = start(["export", "-p", "m"]);
      expect(await firstOutput(waiting)).toBe(
        `warning: waiting up to 30 s for process ${pid} to finish the same call: AssumeRole ${roleArn("marketingadminrole")}; the process is stopped (resume it with: kill -CONT ${pid})\n`,
      );
      gate.resolve();
      process.kill(pid, "SIGCONT");
      expect([await stopped.exited, await waiting.exited, calls()]).toEqual([0, 0, 1]);
    },
  );

  test("a process that waits names a stopped holder, and uses the session that appears in the cache", async () => {
    cloud.sts.react("hang");
    const living = start(["export", "-p", "m"]);
    await waitUntil(() => calls() > 0);
    const { pid } = JSON.parse(readFileSync(join(home.path, LOCK), "utf8"));
    process.kill(pid, "SIGSTOP");
    const waiting = start(["export", "-p", "m"]);
    expect(await firstOutput(waiting)).toBe(
      `warning: waiting up to 30 s for process ${pid} to finish the same call: AssumeRole ${roleArn("marketingadminrole")}; the process is stopped (resume it with: kill -CONT ${pid})\n`,
    );
    home.write(FILE, awsCliEntry(`${at(60)}Z`));
    process.kill(pid, "SIGKILL");
    const stdout = await waiting.stdout.text();
    expect(JSON.parse(stdout).AccessKeyId).toBe("ASIAFROMTHEAWSCLI");
    await living.exited;
    expect(calls()).toBe(1);
  });

  test("if any number of processes are killed, the others get their credentials", async () => {
    // Each process makes its own call, one after the other, because no cached session is valid for two hours.
    const all = Array.from({ length: 30 }, () => start(["export", "-q", "-p", "m", "--min-ttl", "2h"]));
    const exitCodes = await Promise.all(
      all.map(async (one, index) => {
        if (index % 3 > 0) return await one.exited;
        await waitUntil(() => calls() >= index / 3);
        one.kill("SIGKILL");
        await one.exited;
        return 0;
      }),
    );
    expect(exitCodes).toEqual(Array(30).fill(0));
    expect(calls()).toBeGreaterThanOrEqual(20);
    await accessKeyId(["-q", "-p", "m", "--min-ttl", "2h"]);
    expect(readdirSync(join(home.path, ".aws/cli/cache"))).not.toContain(`${KEY}.lock`);
  });
});

/** The first output on standard error. */
async function firstOutput(program: ReturnType<typeof start>): Promise<string> {
  const { value } = await program.stderr.getReader().read();
  return new TextDecoder().decode(value);
}
