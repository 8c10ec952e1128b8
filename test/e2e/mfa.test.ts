/** MFA codes: given by option or program, typed at a real terminal, or missing. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { atTerminal } from "../support/at_terminal.ts";
import { keysSection } from "../support/aws_files.ts";
import { HAS_PTY } from "../support/machine.ts";
import { makeHome, REPLACES_PROCESS, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

const PROMPT = `Enter MFA code for ${mfaArn("user1")}: `;

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  const role = (name: string, source: string, rolecallRole: string) =>
    `[${name}]\nrole_arn = ${roleArn(rolecallRole)}\nsource_profile = ${source}\nmfa_serial = ${mfaArn("user1")}\n`;
  home = makeHome({
    credentials:
      keysSection("user1", cloud.user1) +
      role("guarded", "user1", "guarded") +
      role("twice", "guarded", "guarded-deploy") +
      role("on-top", "guarded", "marketingadminrole"),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const codes = () => cloud.sts.calls.map((call) => call.parameters.TokenCode);

/** Runs `export` at a terminal and types one of the answers at each prompt. */
function exportAtTerminal(answers: readonly string[], args: readonly string[]) {
  return atTerminal(home, { prompt: PROMPT, inputs: answers, argv: [...SUBJECT_ARGV, "export", ...args] });
}

describe("a given code", () => {
  test("is used instead of the prompt", async () => {
    const { exitCode } = await home.run(["export", "-p", "guarded", "--mfa-code", "012345"]);
    expect([exitCode, codes()]).toEqual([0, ["012345"]]);
  });

  test("can be in the variable", async () => {
    const { exitCode } = await home.run(["export", "-p", "guarded"], { env: { ROLECALL_MFA_CODE: "012345" } });
    expect([exitCode, codes()]).toEqual([0, ["012345"]]);
  });

  test("is used for one role only", async () => {
    const { exitCode, stderr } = await home.run(["export", "-p", "twice", "--mfa-code", "012345", "--no-input"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error[mfa-code-needed]");
    expect(stderr).toContain("has been used for an earlier role");
  });

  test("may have blanks, as authenticator apps show it", async () => {
    const { exitCode } = await home.run(["export", "-p", "guarded", "--mfa-code", " 012 345"]);
    expect([exitCode, codes()]).toEqual([0, ["012345"]]);
  });

  for (const code of [
    "12345",
    "1234567",
    "hunter2",
    "correct horse",
    "-12345",
    "\u0661\u0662\u0663\u0664\u0665\u0666",
  ]) {
    test(`that is not six digits is rejected before the request, and not shown: ${code}`, async () => {
      const { exitCode, stderr } = await home.run(["export", "-p", "guarded", `--mfa-code=${code}`]);
      expect([exitCode, codes()]).toEqual([2, []]);
      expect(stderr).toContain("error[mfa-code-invalid]: the MFA code is not six digits");
      expect(stderr).not.toContain(code);
    });
  }

  test("that is wrong is rejected by STS", async () => {
    const { exitCode, stderr } = await home.run(["export", "-p", "guarded", "--mfa-code", "999999"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("MultiFactorAuthentication failed");
  });
});

describe("mfa_process", () => {
  /** Writes a role profile whose mfa_process is this script. */
  function writeProfile(script: string): void {
    const file = home.write("code", `#!/bin/sh\n${script}\n`, 0o755);
    home.write(
      ".aws/config",
      `[profile p]\nrole_arn = ${roleArn("guarded")}\nsource_profile = user1\nmfa_serial = ${mfaArn("user1")}\nmfa_process = ${file} "a b"\n`,
    );
  }

  test("provides the code", async () => {
    writeProfile('test "$1" = "a b" && echo 012345');
    const { exitCode, stderr } = await home.run(["export", "-p", "p"]);
    expect([stderr, exitCode, codes()]).toEqual(["", 0, ["012345"]]);
  });

  test("can show a message on standard error", async () => {
    writeProfile("echo 'touch the key' >&2; echo 012345");
    const { exitCode, stderr } = await home.run(["export", "-p", "p"]);
    expect([stderr, exitCode]).toEqual(["touch the key\n", 0]);
  });

  test("can be an option, and is overridden by --mfa-code", async () => {
    writeProfile("exit 1");
    const print = home.write("print", "#!/bin/sh\necho 012345\n", 0o755);
    expect((await home.run(["export", "-p", "guarded", "--mfa-process", print])).exitCode).toBe(0);
    expect((await home.run(["export", "-p", "p", "--no-cache", "--mfa-code", "123456"])).exitCode).toBe(0);
    expect(codes()).toEqual(["012345", "123456"]);
  });

  const failing: readonly [what: string, script: string, why: string, exitCode: number][] = [
    ["that fails", "echo 012345; exit 3", "failed with exit code 3", 1],
    ["that prints nothing", "true", "printed nothing", 1],
    ["that prints a short code", "echo 123", "the MFA code is not six digits", 2],
    ["that prints something else", "echo hunter2", "the MFA code is not six digits", 2],
  ];
  for (const [what, script, why, code] of failing) {
    test(`${what} is an error, without a prompt`, async () => {
      writeProfile(script);
      const { exitCode, stderr } = await home.run(["export", "-p", "p"]);
      expect(exitCode).toBe(code);
      expect(stderr).toContain(why);
      expect(stderr).not.toContain("hunter2");
      expect(codes()).toEqual([]);
    });
  }
});

describe("--mfa-session", () => {
  const actions = () =>
    cloud.sts.calls.map(({ action, parameters }) => [action, parameters.TokenCode, parameters.RoleArn]);

  test("needs one code for a chain of MFA roles, and none for the next run", async () => {
    const run = (args: string[]) => home.run(["export", "-p", "on-top", "--mfa-session", "--no-input", ...args]);
    const first = await run(["--mfa-code", "012345"]);
    expect([first.stderr, first.exitCode]).toEqual(["", 0]);
    expect(actions()).toEqual([
      ["GetSessionToken", "012345", undefined],
      ["AssumeRole", undefined, roleArn("guarded")],
      ["AssumeRole", undefined, roleArn("marketingadminrole")],
    ]);
    // With other parameters the cached role sessions do not match, but the MFA session does.
    expect((await run(["--role-session-name", "other"])).exitCode).toBe(0);
    expect(cloud.sts.calls.filter((call) => call.action === "GetSessionToken").length).toBe(1);
  });

  test("without a role returns the MFA session", async () => {
    const args = ["export", "-p", "user1", "--mfa-session", "--mfa-serial", mfaArn("user1"), "--mfa-code", "012345"];
    const { stdout } = await home.run([...args, "--mfa-session-duration", "1h"]);
    expect(JSON.parse(stdout).SessionToken).toBeString();
    expect(cloud.sts.calls[0]?.parameters.DurationSeconds).toBe("3600");
  });

  test("10 processes that start at once need one code", async () => {
    const args = ["export", "-p", "guarded", "--mfa-session", "--no-input", "--mfa-code", "012345"];
    const runs = Array.from({ length: 10 }, (_, i) => home.run([...args, "--role-session-name", `run-${i}`]));
    expect((await Promise.all(runs)).map((run) => run.exitCode)).toEqual(Array(10).fill(0));
    expect(cloud.sts.calls.filter((call) => call.action === "GetSessionToken").length).toBe(1);
  });

  const invalid: readonly [what: string, args: string[], env: Record<string, string>, code: string][] = [
    ["without a device", ["-p", "user1"], {}, "option-conflict"],
    [
      "with temporary keys",
      ["--mfa-serial", mfaArn("user1")],
      { AWS_ACCESS_KEY_ID: "ASIAX", AWS_SECRET_ACCESS_KEY: "x", AWS_SESSION_TOKEN: "x" },
      "mfa-session-impossible",
    ],
    [
      "with a duration that STS does not accept",
      ["-p", "guarded", "--mfa-session-duration", "37h"],
      {},
      "invalid-option",
    ],
  ];
  for (const [what, args, env, code] of invalid) {
    test(`is an error ${what}`, async () => {
      const { exitCode, stderr } = await home.run(["export", "--mfa-session", "--mfa-code", "012345", ...args], {
        env,
      });
      expect(stderr).toContain(`error[${code}]`);
      expect([exitCode, codes()]).toEqual([2, []]);
    });
  }

  test("--mfa-session-duration without --mfa-session is an error", async () => {
    const { stderr } = await home.run(["export", "-p", "user1", "--mfa-session-duration", "1h"]);
    expect(stderr).toContain("error[option-conflict]");
  });
});

describe("a missing code is an error", () => {
  const rows: readonly [what: string, args: readonly string[], why: string][] = [
    ["--no-input", ["--no-input"], "--no-input disables prompts"],
    ["no terminal", [], "there is no terminal"],
  ];
  for (const [what, args, why] of rows) {
    test(what, async () => {
      // setsid starts a process without a controlling terminal, even if the tests have one.
      const { exitCode, stderr } = await home.runProgram([
        "setsid",
        "-w",
        ...SUBJECT_ARGV,
        "export",
        "-p",
        "guarded",
        ...args,
      ]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(why);
      expect(codes()).toEqual([]);
    });
  }
});

test("the ARN of a security key is an error that says why, without a prompt", async () => {
  const serial = "arn:aws:iam::123456789012:u2f/user/user1/key-1";
  const { exitCode, stderr } = await home.run(["export", "-p", "guarded", "--mfa-serial", serial]);
  expect(exitCode).toBe(1);
  expect(stderr).toStartWith(
    `error[mfa-code-needed]: the MFA device ${serial} is a security key (U2F or FIDO), which cannot be used from a CLI\n`,
  );
  expect(codes()).toEqual([]);
});

describe.skipIf(!HAS_PTY)("at a terminal (needs python3)", () => {
  test("the prompt does not show the code, and standard output has only the credentials", async () => {
    const { terminal, stdout, exitCode } = await exportAtTerminal(["012345\\r"], ["-p", "guarded"]);
    expect([exitCode, codes()]).toEqual([0, ["012345"]]);
    expect(terminal).toContain(PROMPT);
    expect(terminal).not.toContain("012345");
    expect(JSON.parse(stdout).Version).toBe(1);
  });

  test("each role of a chain prompts for its own code", async () => {
    const { exitCode } = await exportAtTerminal(["012345\\r", "123456\\r"], ["-p", "twice"]);
    expect([exitCode, codes()]).toEqual([0, ["012345", "123456"]]);
  });

  test("a code that is not six digits is prompted for again, with the reason, and never sent or shown", async () => {
    const typed = ["123\\r", "hunter2\\r", "012345\\r"];
    const { exitCode, terminal } = await exportAtTerminal(typed, ["-p", "guarded"]);
    expect([exitCode, codes()]).toEqual([0, ["012345"]]);
    expect(terminal.split(`An MFA code has six digits. ${PROMPT}`).length - 1).toBe(2);
    expect(terminal).not.toContain("hunter2");
  });

  test("a code may be typed with blanks", async () => {
    const { exitCode } = await exportAtTerminal(["012 345 \\r"], ["-p", "guarded"]);
    expect([exitCode, codes()]).toEqual([0, ["012345"]]);
  });

  test("backspace and Ctrl-U edit the line", async () => {
    const { exitCode } = await exportAtTerminal(["9\\x15019\\x7f2345\\r"], ["-p", "guarded"]);
    expect([exitCode, codes()]).toEqual([0, ["012345"]]);
  });

  test("Ctrl-C ends rolecall, as SIGINT does", async () => {
    const { exitCode, stdout } = await exportAtTerminal(["01\\x03"], ["-p", "guarded"]);
    expect([exitCode, stdout, codes()]).toEqual([REPLACES_PROCESS ? -2 : 130, "", []]);
  });

  test("Ctrl-D is an error", async () => {
    const { exitCode, terminal } = await exportAtTerminal(["\\x04"], ["-p", "guarded"]);
    expect(exitCode).toBe(1);
    expect(terminal).toContain("error[mfa-code-needed]");
  });
});
