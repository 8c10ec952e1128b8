/** Help, version, whoami for a person, -v and -q, and that nothing is loaded or asked before it is needed. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { COMMANDS } from "../../src/domain/option_table.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { golden } from "../support/golden.ts";
import { makeHome, SUBJECT, SUBJECT_WORDS, type TestHome } from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => await cloud.stop());
afterEach(() => home.remove());

function userHome(): TestHome {
  return makeHome({
    config: `[profile m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = default\n`,
    credentials: keysSection("default", cloud.user1),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
  });
}

describe("help", () => {
  const pages: readonly [file: string, args: readonly string[]][] = [
    ["rolecall", ["--help"]],
    ...COMMANDS.map(({ name }): [string, string[]] => [name, [name, "--help"]]),
    ["exec-verbose", ["exec", "-hv"]],
  ];
  for (const [file, args] of pages) {
    test(`${args.join(" ")}: 80 columns wide, and but for the verbose page 24 lines long`, async () => {
      home = makeHome();
      const { stdout, stderr, exitCode } = await home.run(args);
      expect([stderr, exitCode]).toEqual(["", 0]);
      expect(stdout).toBe(golden(`help/${file}.txt`, stdout));
      const lines = stdout.trimEnd().split("\n");
      expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
      if (file !== "exec-verbose") expect(lines.length).toBeLessThanOrEqual(24);
    });
  }

  test("of a command that does not exist is an error", async () => {
    home = makeHome();
    const { stderr, exitCode } = await home.run(["exprot", "--help"]);
    expect(stderr).toContain("did you mean export?");
    expect(exitCode).toBe(2);
  });
});

test.each([
  ["--help", "help"],
  ["exec --help", "help exec"],
  ["exec --help --verbose", "--verbose help exec"],
])("%s is also %s", async (usual, other) => {
  const home = makeHome();
  const [asUsual, asOther] = await Promise.all([home.run(usual.split(" ")), home.run(other.split(" "))]);
  expect(asOther).toEqual(asUsual);
  expect(asUsual.exitCode).toBe(0);
  home.remove();
});

describe.skipIf(process.platform !== "linux")("an answer that nobody can get is an error", () => {
  test.each([
    ["a full disk", ">/dev/full", "No space left on device"],
    // Elsewhere nobody knows: the runtime has put /dev/null there.
    ...(SUBJECT === "compiled" ? [["a closed standard output", ">&-", "Bad file descriptor"]] : []),
  ])("%s", async (_, redirection, reason) => {
    home = makeHome();
    const script = `"$@" ${redirection}`;
    const outcome = await home.runProgram(["sh", "-c", script, "sh", ...SUBJECT_WORDS, "completion", "bash"]);
    expect(outcome.stderr).toBe(`error[write-failed]: cannot write to standard output: ${reason}\n`);
    expect(outcome.exitCode).toBe(1);
  });
});

test("--version answers with any command, and runs none", async () => {
  const home = makeHome();
  for (const args of [
    ["exec", "--version"],
    ["--version", "exec", "false"],
  ]) {
    const { stdout, exitCode } = await home.run(args);
    expect(stdout).toStartWith("rolecall ");
    expect(exitCode).toBe(0);
  }
  home.remove();
});

test("--version: version, runtime, platform", async () => {
  home = makeHome();
  const { stdout, exitCode } = await home.run(["--version"]);
  expect(stdout).toMatch(/^rolecall \d+\.\d+\.\d+ \((bun|deno) [\d.]+, \w+-\w+\)\n$/);
  expect(exitCode).toBe(0);
});

describe("whoami", () => {
  test("for a person", async () => {
    home = userHome();
    const { stdout } = await home.run(["whoami"]);
    expect(stdout).toBe("account  123456789012\narn      arn:aws:iam::123456789012:user/user1\nuser id  AIDAUSER1\n");
  });

  test("for a program", async () => {
    home = userHome();
    const { stdout } = await home.run(["whoami", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      account: "123456789012",
      arn: "arn:aws:iam::123456789012:user/user1",
      userId: "AIDAUSER1",
    });
  });
});

describe("-v", () => {
  test("tells profile, source, roles and calls, and no secret", async () => {
    home = userHome();
    const { stdout, stderr } = await home.run(["export", "-v", "-p", "m"]);
    for (const line of [
      "profile m (the option --profile)",
      "source static",
      `role ${roleArn("marketingadminrole")}`,
      "STS AssumeRole",
    ]) {
      expect(stderr).toContain(line);
    }
    const { SecretAccessKey, SessionToken } = JSON.parse(stdout);
    for (const secret of [cloud.user1.secretAccessKey, SecretAccessKey, SessionToken])
      expect(stderr).not.toContain(secret);
  });

  test("may stand before the command", async () => {
    home = userHome();
    expect((await home.run(["-v", "export"])).stderr).toContain("source static");
  });
});

/** Files that were opened, and hosts that were called, by strace. */
const HAS_STRACE = spawnSync("strace", ["-V"]).status === 0;

describe.skipIf(!HAS_STRACE || SUBJECT !== "compiled")("nothing too much (needs strace)", () => {
  async function traced(args: readonly string[]): Promise<string> {
    const log = home.write("strace.log", "");
    const words = ["strace", "-f", "-e", "trace=openat,connect,execve", "-o", log, ...SUBJECT_WORDS, ...args];
    const { exitCode, stderr } = await home.runProgram(words);
    expect([stderr, exitCode]).toEqual(["", 0]);
    return await Bun.file(log).text();
  }

  test("keys from a file: both files are read, no connection is made", async () => {
    home = userHome();
    const calls = await traced(["export"]);
    expect(calls).toContain(".aws/credentials");
    expect(calls).toContain(".aws/config");
    expect(calls).not.toContain("connect(");
  });

  test("a role: one connection, to STS, and the SDK reads no file of its own", async () => {
    home = userHome();
    const calls = await traced(["export", "-p", "m"]);
    expect(calls.match(/connect\(.*sin_port=htons\(\d+\)/g)?.length).toBe(1);
    expect(calls).toContain(`htons(${cloud.sts.port})`);
    const opened = [...calls.matchAll(/openat\([^"]*"[^"]*\.aws\/(config|credentials)"/g)].map((match) => match[1]);
    expect(opened).toEqual(["config", "credentials"]);
  });
});

describe("a reader that has seen enough", () => {
  test.skipIf(Bun.which("bash") === null)("ends the program without a word", async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `[profile p${index}]\nregion = eu-west-1\n`);
    home = makeHome({ config: names.join("") });
    const script = `set -o pipefail; ${SUBJECT_WORDS.join(" ")} profiles | head -n 1`;
    const { stdout, stderr, exitCode } = await home.runProgram(["bash", "-c", script]);
    expect(stdout).toStartWith("PROFILE ");
    expect([stderr, exitCode]).toEqual(["", 128 + 13]);
  });
});
