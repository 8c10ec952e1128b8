/** Ctrl-Z, Ctrl-C and signals while rolecall uses a terminal. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { HAS_PTY, isInstalled } from "../support/machine.ts";
import { makeHome, REPLACES_PROCESS, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";
import { runAtTerminal, screenOf, type TerminalRun } from "../support/terminal.ts";

const MFA_PROMPT = `Enter MFA code for ${mfaArn("user1")}: `;
const ENTER_SCREEN = "\u001b[?1049h";
const LEAVE_SCREEN = "\u001b[?1049l";
const CTRL_C = "\u0003";
const CTRL_Z = "\u001a";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  const role = (name: string, ...lines: string[]) =>
    `[${name}]\nrole_arn = ${roleArn(name)}\nsource_profile = user1\n${lines.join("\n")}\n`;
  home = makeHome({
    credentials:
      keysSection("user1", cloud.user1) +
      role("guarded", `mfa_serial = ${mfaArn("user1")}`) +
      role("marketingadminrole"),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const quoted = (argv: readonly string[]) => argv.map((word) => `'${word}'`).join(" ");

/** Runs a shell command line at a terminal. */
function atTerminal(argv: readonly string[]): TerminalRun {
  return runAtTerminal(argv, { env: home.environment({ PS1: "READY> " }), cwd: home.path });
}

/** The number of times that the text occurs. */
const countOf = (text: string, run: TerminalRun) => run.written().split(text).length - 1;

describe.skipIf(!HAS_PTY || !isInstalled("bash"))("Ctrl-Z in a shell with job control (needs python3 and bash)", () => {
  const rows: readonly [what: string, args: readonly string[], prompt: string, answer: string][] = [
    ["the MFA prompt", ["export", "-p", "guarded"], MFA_PROMPT, "012345\r"],
    ["the picker", ["export", "--pick"], ENTER_SCREEN, "user1\r"],
  ];
  for (const [what, args, prompt, answer] of rows) {
    test(`at ${what} suspends, and fg shows it again`, async () => {
      const shell = atTerminal(["bash", "--norc", "--noprofile", "-i"]);
      await shell.waitFor("READY> ");
      const after = (text: string, earlier: string) => (written: string) =>
        written.lastIndexOf(text) > written.lastIndexOf(earlier);
      shell.type(`${quoted([...SUBJECT_ARGV, ...args])} >out\r`);
      await shell.waitFor(prompt);
      for (const round of [1, 2]) {
        // Typed text is discarded at the MFA prompt, as the terminal itself does.
        shell.type(`9${CTRL_Z}`);
        await shell.waitFor(() => countOf("Stopped", shell) === round);
        if (prompt === ENTER_SCREEN) expect(countOf(LEAVE_SCREEN, shell)).toBe(countOf(ENTER_SCREEN, shell));
        shell.type("fg\r");
        await shell.waitFor(after("fg\r\n", "Stopped"));
        await shell.waitFor(after(prompt, "fg\r\n"));
      }
      shell.type(prompt === ENTER_SCREEN ? `\u0015${answer}` : answer);
      await shell.waitFor(after("READY> ", prompt));
      shell.type('echo "EXIT=$?"\r');
      await shell.waitFor("EXIT=0");
      shell.type("exit\r");
      await shell.ended;
      expect(JSON.parse(readFileSync(join(home.path, "out"), "utf8")).Version).toBe(1);
    });
  }

  test("while rolecall waits clears the progress line, and fg shows it again", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.sts.hold = gate.promise;
    const shell = atTerminal(["bash", "--norc", "--noprofile", "-i"]);
    await shell.waitFor("READY> ");
    shell.type(`${quoted([...SUBJECT_ARGV, "export", "-p", "marketingadminrole"])} >out\r`);
    await shell.waitFor("waiting for STS");
    shell.type(CTRL_Z);
    await shell.waitFor("Stopped");
    expect(shell.written()).toMatch(/waiting for STS[^\n]*\r\u001b\[K[^\n]*\r\n\[1\]\+ {2}Stopped/);
    shell.type("fg\r");
    await shell.waitFor(() => countOf("waiting for STS", shell) === 2);
    gate.resolve();
    await shell.waitFor(() => countOf("READY> ", shell) === 3);
    shell.type("exit\r");
    await shell.ended;
    expect(JSON.parse(readFileSync(join(home.path, "out"), "utf8")).Version).toBe(1);
  });

  // Deno stops itself with SIGSTOP instead of SIGTSTP, which the kernel does not discard.
  test.skipIf(!REPLACES_PROCESS)("at a prompt that no shell could continue shows it again", async () => {
    const run = atTerminal([...SUBJECT_ARGV, "export", "-p", "guarded"]);
    await run.waitFor(MFA_PROMPT);
    run.type(CTRL_Z);
    await run.waitFor(() => countOf(MFA_PROMPT, run) === 2);
    run.type("012345\r");
    expect((await run.ended).exitCode).toBe(0);
  });
});

describe.skipIf(!HAS_PTY || !REPLACES_PROCESS)("a signal (needs python3)", () => {
  const prompts: readonly [what: string, args: readonly string[], prompt: string][] = [
    ["the MFA prompt", ["export", "-p", "guarded"], MFA_PROMPT],
    ["the picker", ["export", "--pick"], ENTER_SCREEN],
  ];
  for (const [what, args, prompt] of prompts) {
    for (const signal of ["SIGHUP", "SIGTERM", "SIGINT", "SIGQUIT"] as const) {
      test(`puts the terminal back at ${what}: ${signal}`, async () => {
        const script = 'sh -c \'echo $$ >pid; exec "$@"\' sh "$@"; echo "CODE=$?"; stty -a';
        const run = atTerminal(["sh", "-c", script, "sh", ...SUBJECT_ARGV, ...args]);
        await run.waitFor(prompt);
        process.kill(Number(readFileSync(join(home.path, "pid"), "utf8")), signal);
        await run.ended;
        expect(run.written()).toMatch(/CODE=(129|130|131|143)\r\n/);
        expect(run.written()).toMatch(/[^-]icanon/);
        expect(run.written()).toMatch(/[^-]echo /);
        if (prompt === ENTER_SCREEN) expect(countOf(LEAVE_SCREEN, run)).toBe(1);
      });
    }
  }

  test("that the parent ignores does not end a prompt", async () => {
    const script = 'trap "" HUP; echo $$ >pid; exec "$@"';
    const run = atTerminal(["sh", "-c", script, "sh", ...SUBJECT_ARGV, "export", "-p", "guarded"]);
    await run.waitFor(MFA_PROMPT);
    process.kill(Number(readFileSync(join(home.path, "pid"), "utf8")), "SIGHUP");
    run.type("012345\r");
    expect((await run.ended).exitCode).toBe(0);
  });

  test("Ctrl-C while rolecall waits clears the progress line", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.sts.hold = gate.promise;
    const run = atTerminal([...SUBJECT_ARGV, "export", "-p", "marketingadminrole"]);
    await run.waitFor("waiting for STS");
    run.type(CTRL_C);
    const { exitCode } = await run.ended;
    gate.resolve();
    expect(exitCode).toBe(130);
    // The terminal itself shows ^C.
    expect(screenOf(run.written().replace("^C", "")).filter((line) => line !== "")).toEqual([]);
  });
});
