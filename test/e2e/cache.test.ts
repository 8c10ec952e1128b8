/** The cache that we share with the AWS CLI, and one flight across processes. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, SUBJECT, SUBJECT_WORDS, type TestHome } from "../support/subject.ts";
import { waitUntil } from "../support/wait_until.ts";

/** Of the plain role marketingadminrole: the AWS CLI's own vector. */
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

/** An entry of the AWS CLI's, for a session that was made elsewhere. */
function foreignEntry(expiration: string, accessKeyId = "ASIAFROMTHEAWSCLI"): string {
  return JSON.stringify({
    Credentials: { AccessKeyId: accessKeyId, SecretAccessKey: "s", SessionToken: "t", Expiration: expiration },
    AssumedRoleUser: { AssumedRoleId: "AROA:x", Arn: "arn:aws:sts::123456789012:assumed-role/marketingadminrole/x" },
    ResponseMetadata: { RequestId: "x", HTTPStatusCode: 200, RetryAttempts: 0 },
  });
}

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19);

/** The program, started and left running. */
function start(args: readonly string[]) {
  return Bun.spawn([...SUBJECT_WORDS, ...args], { env: home.environment(), stdio: ["ignore", "pipe", "pipe"] });
}

async function accessKeyId(args: readonly string[] = ["-p", "m"]): Promise<string> {
  const { stdout, stderr } = await home.run(["export", ...args]);
  expect(stderr).toBe("");
  return JSON.parse(stdout).AccessKeyId;
}

describe("a role session", () => {
  test("is cached under the AWS CLI's key, for its owner only", async () => {
    const first = await accessKeyId();
    expect(await accessKeyId()).toBe(first);
    expect(calls()).toBe(1);
    expect(statSync(entryPath()).mode & 0o777).toBe(0o600);
    expect(statSync(join(home.path, ".aws/cli/cache")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(home.path, ".aws/cli/cache"))).toEqual([`${KEY}.json`]);
  });

  test("is cached for its owner whatever the umask", async () => {
    const words = ["sh", "-c", 'umask 777; exec "$@"', "sh", ...SUBJECT_WORDS, "export", "-p", "m"];
    const first = await home.runProgram(words);
    expect(first.stderr).toBe("");
    expect(await accessKeyId()).toBe(JSON.parse(first.stdout).AccessKeyId);
    const modes = ["", "/cache", `/cache/${KEY}.json`].map((name) => statSync(join(home.path, `.aws/cli${name}`)).mode);
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o700, 0o600]);
    expect(calls()).toBe(1);
  });

  const notations: readonly [what: string, suffix: string][] = [
    ["UTC", "UTC"],
    ["Z", "Z"],
    ["an offset", "+00:00"],
  ];
  for (const [what, suffix] of notations) {
    test(`that the AWS CLI cached is used: ${what}`, async () => {
      home.write(FILE, foreignEntry(`${at(60)}${suffix}`));
      expect([await accessKeyId(), calls()]).toEqual(["ASIAFROMTHEAWSCLI", 0]);
    });
  }

  const misses: readonly [what: string, text: () => string][] = [
    ["with less than 15 minutes to live", () => foreignEntry(`${at(14)}Z`)],
    ["that has expired", () => foreignEntry(`${at(-1)}Z`)],
    ["half-written", () => foreignEntry(`${at(60)}Z`).slice(0, 80)],
    ["empty", () => ""],
    ["of something else", () => '["x"]'],
    ["without a token", () => foreignEntry(`${at(60)}Z`).replace('"SessionToken":"t"', '"SessionToken":""')],
  ];
  for (const [what, text] of misses) {
    test(`is made anew, and replaced, in place of an entry ${what}`, async () => {
      home.write(FILE, text());
      expect(await accessKeyId()).not.toBe("ASIAFROMTHEAWSCLI");
      expect(calls()).toBe(1);
      expect(JSON.parse(readFileSync(entryPath(), "utf8")).Credentials.AccessKeyId).toStartWith("ASIA");
    });
  }

  test("that is cached needs nothing behind it: no inner role, no source", async () => {
    await accessKeyId(["-p", "chain"]);
    expect(calls()).toBe(2);
    home.write(".aws/credentials", "[default]\naws_access_key_id = gone\naws_secret_access_key = gone\n");
    await accessKeyId(["-p", "chain"]);
    expect(calls()).toBe(2);
  });

  test("of an inner role serves the outer one", async () => {
    await accessKeyId(["-p", "hub"]);
    await accessKeyId(["-p", "chain"]);
    expect(cloud.sts.calls.map((call) => call.parameters.RoleArn)).toEqual([roleArn("hub"), roleArn("deploy")]);
  });

  test("with MFA asks no second time", async () => {
    await accessKeyId(["-p", "guarded", "--mfa-code", "012345"]);
    await accessKeyId(["-p", "guarded", "--no-input"]);
    expect(calls()).toBe(1);
  });

  test("differs by external id, session name and duration", async () => {
    await accessKeyId();
    await accessKeyId(["-p", "m", "--external-id", "x1"]);
    await accessKeyId(["-p", "m", "--role-session-name", "mine"]);
    await accessKeyId(["-p", "m", "--duration-seconds", "1800"]);
    expect(calls()).toBe(4);
  });
});

describe("options", () => {
  test("--no-cache neither reads nor writes", async () => {
    home.write(FILE, foreignEntry(`${at(60)}Z`));
    expect(await accessKeyId(["-p", "m", "--no-cache"])).not.toBe("ASIAFROMTHEAWSCLI");
    expect(readFileSync(entryPath(), "utf8")).toContain("ASIAFROMTHEAWSCLI");
  });

  const lives: readonly [option: string, minutes: number, used: boolean][] = [
    ["30m", 29, false],
    ["30m", 31, true],
    ["5m", 6, true],
    ["300", 4, false],
  ];
  for (const [option, minutes, used] of lives) {
    test(`--min-ttl ${option}, ${minutes} minutes left: ${used ? "used" : "not used"}`, async () => {
      home.write(FILE, foreignEntry(`${at(minutes)}Z`));
      expect((await accessKeyId(["-p", "m", "--min-ttl", option])) === "ASIAFROMTHEAWSCLI").toBe(used);
    });
  }

  test("--min-ttl that is no duration", async () => {
    expect((await home.run(["export", "--min-ttl", "soon"])).stderr).toContain("error[invalid-option]");
  });
});

describe("without a place to write", () => {
  test("it works, and -v says so", async () => {
    // A file where the folder should be: nobody can write below it, root included.
    home.write(".aws/cli", "");
    const { exitCode, stderr } = await home.run(["export", "-p", "m", "-v"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("going on without");
  });

  // Deno itself looks for an .npmrc there, and fails.
  test.skipIf(SUBJECT === "deno")("a home that cannot be", async () => {
    const { accessKeyId: id, secretAccessKey } = cloud.user1;
    const HOME = join(home.write("file", ""), "home");
    const env = { HOME, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const { exitCode, stderr } = await home.run(["export", "--role-arn", roleArn("marketingadminrole")], { env });
    expect([exitCode, stderr]).toEqual([0, ""]);
  });
});

describe("one flight", () => {
  test("50 processes at once on a cold profile make one call and share its result", async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => home.run(["export", "-q", "-p", "m"])));
    // Quiet: on a slow machine those that wait would say so.
    expect(outcomes.map((outcome) => outcome.stderr).join("")).toBe("");
    expect(new Set(outcomes.map((outcome) => outcome.stdout)).size).toBe(1);
    expect(calls()).toBe(1);
  }, 60_000);

  test("and of a chain with MFA one call a role, with the one code there is", async () => {
    const run = (args: string[]) => home.run(["export", "-p", "guarded", "--no-input", ...args]);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => run(["--mfa-code", "012345"])));
    expect(outcomes.map((outcome) => outcome.exitCode)).toEqual(Array(10).fill(0));
    expect(calls()).toBe(1);
  }, 60_000);

  // Also one of another container, which shares this home and nothing else.
  const leftOvers: readonly [what: string, text: () => string][] = [
    ["here", () => JSON.stringify({ pid: process.pid, host: hostname() })],
    ["in another container", () => JSON.stringify({ pid: 1, host: "0123456789ab" })],
    ["before it could say its name", () => ""],
  ];
  for (const [where, text] of leftOvers) {
    test(`a holder that was killed ${where} blocks nobody, and what it left is cleared away`, async () => {
      home.write(LOCK, text());
      await accessKeyId();
      expect(calls()).toBe(1);
      expect(readdirSync(join(home.path, ".aws/cli/cache"))).toEqual([`${KEY}.json`]);
    });
  }

  test("a holder in another container is waited for, though its process id is none here", async () => {
    cloud.sts.react("hang");
    const living = start(["export", "-p", "m"]);
    await waitUntil(() => calls() > 0);
    const holder = readFileSync(join(home.path, LOCK), "utf8");
    home.write(LOCK, JSON.stringify({ pid: 4_000_000, host: hostname() }));
    const waiting = start(["export", "-p", "m"]);
    expect(await firstWords(waiting)).toBe(
      `warning: waiting for process 4000000, which does the same: AssumeRole ${roleArn("marketingadminrole")}\n`,
    );
    expect(calls()).toBe(1);
    process.kill(JSON.parse(holder).pid, "SIGKILL");
    await Promise.all([living.exited, waiting.exited]);
    expect(calls()).toBe(2);
  });

  test("a holder that was killed in the middle of its call blocks nobody", async () => {
    cloud.sts.react("hang");
    const killed = start(["export", "-p", "m"]);
    await waitUntil(() => calls() > 0);
    expect(readdirSync(join(home.path, ".aws/cli/cache"))).toEqual([`${KEY}.lock`]);
    // The holder itself: what was started may be a launcher (Deno's is).
    const lock = readFileSync(join(home.path, LOCK), "utf8");
    process.kill(JSON.parse(lock).pid, "SIGKILL");
    await killed.exited;
    await accessKeyId();
    expect(calls()).toBe(2);
  });

  test("who waits says for whom, and takes what the holder has made", async () => {
    cloud.sts.react("hang");
    const living = start(["export", "-p", "m"]);
    await waitUntil(() => calls() > 0);
    const { pid } = JSON.parse(readFileSync(join(home.path, LOCK), "utf8"));
    const waiting = start(["export", "-p", "m"]);
    expect(await firstWords(waiting)).toBe(
      `warning: waiting for process ${pid}, which does the same: AssumeRole ${roleArn("marketingadminrole")}\n`,
    );
    home.write(FILE, foreignEntry(`${at(60)}Z`));
    process.kill(pid, "SIGKILL");
    const stdout = await waiting.stdout.text();
    expect(JSON.parse(stdout).AccessKeyId).toBe("ASIAFROMTHEAWSCLI");
    await living.exited;
    expect(calls()).toBe(1);
  });

  test("however many are killed on their way, the others get what they came for", async () => {
    // Each makes its own call, one after the other: nothing that is cached lives for two hours.
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
    await accessKeyId(["-p", "m", "--min-ttl", "2h"]);
    expect(readdirSync(join(home.path, ".aws/cli/cache"))).not.toContain(`${KEY}.lock`);
  });
});

/** What the program says first on standard error. */
async function firstWords(program: ReturnType<typeof start>): Promise<string> {
  const { value } = await program.stderr.getReader().read();
  return new TextDecoder().decode(value);
}
