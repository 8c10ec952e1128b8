/** `--help`, `--version`, `whoami`, `-v`, output errors, and which files and connections a command opens. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { COMMANDS } from "../../src/domain/option_table.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { golden } from "../support/golden.ts";
import { makeHome, SUBJECT, SUBJECT_ARGV, SUBJECT_COMMAND, type TestHome } from "../support/subject.ts";

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
    test(`${args.join(" ")} fits 80 columns, and 24 lines unless it is verbose`, async () => {
      home = makeHome();
      const { stdout, stderr, exitCode } = await home.run(args);
      expect([stderr, exitCode]).toEqual(["", 0]);
      expect(stdout).toBe(golden(`help/${file}.txt`, stdout));
      const lines = stdout.trimEnd().split("\n");
      expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
      if (file !== "exec-verbose") expect(lines.length).toBeLessThanOrEqual(24);
    });
  }

  test("of an unknown command is an error", async () => {
    home = makeHome();
    const { stderr, exitCode } = await home.run(["exprot", "--help"]);
    expect(stderr).toContain('did you mean "export"?');
    expect(exitCode).toBe(2);
  });
});

test("a switch that is given twice counts", async () => {
  home = makeHome({ config: "[default]\nregion = eu-west-1\n" });
  const { stdout, exitCode } = await home.run(["profiles", "--json", "--json"]);
  expect([JSON.parse(stdout).length, exitCode]).toEqual([1, 0]);
});

test.each([
  ["--help", "help"],
  ["exec --help", "help exec"],
  ["exec --help --verbose", "--verbose help exec"],
])("%s and %s print the same", async (option, command) => {
  home = makeHome();
  const [byOption, byCommand] = await Promise.all([home.run(option.split(" ")), home.run(command.split(" "))]);
  expect(byCommand).toEqual(byOption);
  expect(byOption.exitCode).toBe(0);
});

describe.skipIf(process.platform !== "linux")("output that cannot be written is an error", () => {
  test.each([
    ["a full disk", ">/dev/full", "No space left on device"],
    // An uncompiled runtime has already opened /dev/null in its place.
    ...(SUBJECT === "compiled" ? [["a closed standard output", ">&-", "Bad file descriptor"]] : []),
  ])("%s", async (_, redirection, reason) => {
    home = makeHome();
    const script = `"$@" ${redirection}`;
    for (const args of [["completion", "bash"], ["--version"]]) {
      const outcome = await home.runProgram(["sh", "-c", script, "sh", ...SUBJECT_ARGV, ...args]);
      expect(outcome.stderr).toBe(`error[write-failed]: cannot write to standard output: ${reason}\n`);
      expect(outcome.exitCode).toBe(1);
    }
  });
});

test("--version works with any command, and does not run it", async () => {
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

describe("an option before the command", () => {
  test.each([
    ["--json export", "export has no option --json", 2],
    ["--port=1 exec true", "exec has no option --port", 125],
    ["-p x profiles", "profiles has no option -p", 2],
  ])("that the command lacks is an error: %s", async (line, message, code) => {
    home = makeHome();
    const { stdout, stderr, exitCode } = await home.run(line.split(" "));
    expect(stderr).toContain(`error[unknown-option]: ${message}`);
    expect([stdout, exitCode]).toEqual(["", code]);
  });

  test("that the command has works as after it", async () => {
    home = makeHome();
    expect(await home.run(["--format", "json", "check"])).toEqual(await home.run(["check", "--format", "json"]));
    expect(await home.run(["--json", "-q", "profiles"])).toEqual(await home.run(["profiles", "--json", "-q"]));
  });

  test("of an unknown command leaves the command the error", async () => {
    home = makeHome();
    expect((await home.run(["--json", "exprot"])).stderr).toContain("error[unknown-command]");
  });
});

test("--version shows version, runtime, platform and commit", async () => {
  home = makeHome();
  const { stdout, exitCode } = await home.run(["--version"]);
  expect(stdout).toMatch(
    /^rolecall \d+\.\d+\.\d+ \((bun|deno|node) [\d.]+, \w+-\w+(-musl)?\)\ncommit ([\da-f]{40}(-dirty)?|unknown)\n$/,
  );
  expect(exitCode).toBe(0);
});

describe("whoami", () => {
  test("prints text", async () => {
    home = userHome();
    const { stdout } = await home.run(["whoami"]);
    expect(stdout).toBe("account  123456789012\narn      arn:aws:iam::123456789012:user/user1\nuser id  AIDAUSER1\n");
  });

  test("prints JSON with --json", async () => {
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
  test("shows the profile, source, roles and calls, and no secret", async () => {
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

  test("is valid before the command", async () => {
    home = userHome();
    expect((await home.run(["-v", "export"])).stderr).toContain("source static");
  });
});

/** strace shows which files and connections a process opens. */
const HAS_STRACE = spawnSync("strace", ["-V"]).status === 0;

describe.skipIf(!HAS_STRACE || SUBJECT !== "compiled")(
  "only the necessary files and connections (needs strace)",
  () => {
    async function traced(args: readonly string[]): Promise<string> {
      const log = home.write("strace.log", "");
      const argv = ["strace", "-f", "-e", "trace=openat,connect,execve", "-o", log, ...SUBJECT_ARGV, ...args];
      const { exitCode, stderr } = await home.runProgram(argv);
      expect([stderr, exitCode]).toEqual(["", 0]);
      return await Bun.file(log).text();
    }

    test("for keys from a file, reads both files and opens no connection", async () => {
      home = userHome();
      const calls = await traced(["export"]);
      expect(calls).toContain(".aws/credentials");
      expect(calls).toContain(".aws/config");
      expect(calls).not.toContain("connect(");
    });

    test("for a role, opens one connection, to STS, and the SDK reads no file", async () => {
      home = userHome();
      const calls = await traced(["export", "-p", "m"]);
      expect(calls.match(/connect\(.*sin_port=htons\(\d+\)/g)?.length).toBe(1);
      expect(calls).toContain(`htons(${cloud.sts.port})`);
      const opened = [...calls.matchAll(/openat\([^"]*"[^"]*\.aws\/(config|credentials)"/g)].map((match) => match[1]);
      expect(opened).toEqual(["config", "credentials"]);
    });
  },
);

describe("a reader that closes the pipe early", () => {
  test.skipIf(Bun.which("bash") === null)("ends the program by SIGPIPE, without a message", async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `[profile p${index}]\nregion = eu-west-1\n`);
    home = makeHome({ config: names.join("") });
    const script = `set -o pipefail; ${SUBJECT_COMMAND} profiles | head -n 1`;
    const { stdout, stderr, exitCode } = await home.runProgram(["bash", "-c", script]);
    expect(stdout).toStartWith("PROFILE ");
    expect([stderr, exitCode]).toEqual(["", 128 + 13]);
  });
});
