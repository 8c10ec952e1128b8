/** Progress on a pseudo-terminal. The simulated services hold their responses until the test releases them. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { keysSection } from "../support/aws_files.ts";
import { HAS_PTY } from "../support/machine.ts";
import { makeHome, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";
import { runAtTerminal, screenOf, type TerminalOptions, type TerminalRun } from "../support/terminal.ts";
import { waitUntil } from "../support/wait_until.ts";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  const role = (name: string, role: string, ...lines: string[]) =>
    `[profile ${name}]\nrole_arn = ${roleArn(role)}\nregion = eu-west-1\n${lines.join("\n")}\n`;
  home = makeHome({
    credentials: keysSection("user1", cloud.user1),
    config:
      role("a", "marketingadminrole", "source_profile = user1") +
      role("closed", "closed", "source_profile = user1") +
      role("guarded", "guarded", "source_profile = a", `mfa_serial = ${mfaArn("user1")}`) +
      role("instance", "marketingadminrole", "credential_source = Ec2InstanceMetadata") +
      "[profile program]\ncredential_process = sh program\n",
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, ...imdsVariables(cloud.imds) },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

/** Runs rolecall at a terminal. Only its standard error is the terminal, unless `which` is set. */
function atTerminal(args: readonly string[], options: Partial<TerminalOptions> = {}): TerminalRun {
  const argv = [...SUBJECT_ARGV, ...args];
  return runAtTerminal(argv, { env: home.environment(), cwd: home.path, streams: "stderr", ...options });
}

/** The lines on the terminal at the end. */
const linesOf = (run: TerminalRun) =>
  screenOf(run.written())
    .filter((line) => line !== "")
    // A slow machine may show the duration of the wait already.
    .map((line) => line.replace(/ … \d+ s(, attempt 1 of 3)?$/, " …"));

const STS = "waiting for STS in eu-west-1 …";

describe.skipIf(!HAS_PTY)("at a terminal (needs python3)", () => {
  test("a slow STS is named until it responds", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.sts.hold = gate.promise;
    const run = atTerminal(["export", "-p", "a"]);
    await run.waitFor(STS);
    expect(linesOf(run)).toEqual([STS]);
    gate.resolve();
    const { exitCode, stdout } = await run.ended;
    expect([exitCode, linesOf(run)]).toEqual([0, []]);
    expect(JSON.parse(stdout).Version).toBe(1);
  });

  test("a silent STS shows how long it is waited for, and the attempt", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.sts.react("reset");
    const run = atTerminal(["export", "-p", "a"]);
    await waitUntil(() => cloud.sts.calls.length > 0);
    cloud.sts.hold = gate.promise;
    await run.waitFor("s, attempt 2 of 3");
    expect(screenOf(run.written()).join("\n")).toMatch(/waiting for STS in eu-west-1 … \d+ s, attempt 2 of 3/);
    gate.resolve();
    expect([(await run.ended).exitCode, linesOf(run)]).toEqual([0, []]);
  });

  test("a slow EC2 metadata service is named", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.imds.behavior.hold = gate.promise;
    const run = atTerminal(["export", "-p", "instance"]);
    await run.waitFor("waiting for the EC2 instance metadata service …");
    gate.resolve();
    expect([(await run.ended).exitCode, linesOf(run)]).toEqual([0, []]);
  });

  test("what a credential_process prints on standard error is shown while it runs", async () => {
    home.write("program", 'echo "touch the security key" >&2\nread touched </dev/tty\nexit 3\n');
    const run = atTerminal(["export", "-p", "program"]);
    await run.waitFor("touch the security key");
    run.type("\r");
    const { exitCode, stdout } = await run.ended;
    expect([exitCode, stdout]).toEqual([1, ""]);
    const lines = linesOf(run);
    expect(lines[0]).toBe("touch the security key");
    expect(lines).toContain('error[process-failed]: the credential_process of "program" failed with exit code 3');
    // It has been shown already.
    expect(run.written()).not.toContain("it printed:");
  });

  test("a credential_process that prompts on the terminal is named below its prompt", async () => {
    home.write(
      "program",
      'printf "Token: " >/dev/tty\nread token </dev/tty\n' +
        'echo "{\\"Version\\":1,\\"AccessKeyId\\":\\"AKIAX\\",\\"SecretAccessKey\\":\\"$token\\"}"\n',
    );
    const run = atTerminal(["export", "-p", "program"]);
    await run.waitFor("Token: ");
    await run.waitFor("waiting for credential_process …");
    expect(linesOf(run)).toEqual(["Token:", "waiting for credential_process …"]);
    run.type("12345\r");
    const { exitCode, stdout } = await run.ended;
    expect([exitCode, linesOf(run)]).toEqual([0, ["Token: 12345"]]);
    expect(JSON.parse(stdout).SecretAccessKey).toBe("12345");
  });

  test("an MFA prompt is alone on its line", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.sts.hold = gate.promise;
    const run = atTerminal(["export", "-p", "guarded"]);
    await run.waitFor(STS);
    gate.resolve();
    await run.waitFor("Enter MFA code");
    run.type("012345\r");
    const { exitCode } = await run.ended;
    expect([exitCode, linesOf(run)]).toEqual([0, [`Enter MFA code for ${mfaArn("user1")}:`]]);
  });

  test("lines of --verbose are alone on their lines", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.imds.behavior.hold = gate.promise;
    const run = atTerminal(["export", "-v", "-p", "instance", "--color", "never"]);
    await run.waitFor("waiting for the EC2 instance metadata service …");
    gate.resolve();
    await run.ended;
    expect(linesOf(run).length).toBeGreaterThan(3);
    for (const line of linesOf(run)) expect(line).toMatch(/^rolecall \+\d+ ms /);
  });

  test("an error replaces the progress line", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.sts.hold = gate.promise;
    const run = atTerminal(["export", "-p", "closed", "--color", "never"]);
    await run.waitFor(STS);
    gate.resolve();
    expect((await run.ended).exitCode).toBe(1);
    expect(linesOf(run)[0]).toStartWith("error[sts-denied]");
    expect(linesOf(run).join("\n")).not.toContain("waiting");
  });

  test("the command of exec gets an unchanged terminal", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.sts.hold = gate.promise;
    const run = atTerminal(["exec", "-p", "a", "--", "echo", "hello"], { streams: "all" });
    await run.waitFor(STS);
    gate.resolve();
    expect((await run.ended).exitCode).toBe(0);
    expect(linesOf(run)).toEqual(["hello"]);
    expect(run.written()).toEndWith("hello\r\n");
  });

  test("a narrow terminal is restored, too", async () => {
    const gate = Promise.withResolvers<void>();
    cloud.sts.hold = gate.promise;
    const run = atTerminal(["export", "-p", "a"], { columns: 10 });
    await run.waitFor(STS);
    gate.resolve();
    await run.ended;
    expect(screenOf(run.written(), 10).join("")).toBe("");
  });

  const silent: readonly [what: string, start: () => Promise<string>][] = [
    ["--quiet", async () => writtenBy(atTerminal(["export", "-q", "-p", "a", "--no-cache"]))],
    [
      "TERM=dumb",
      async () =>
        writtenBy(atTerminal(["export", "-p", "a", "--no-cache"], { env: home.environment({ TERM: "dumb" }) })),
    ],
    ["no terminal", async () => (await home.run(["export", "-p", "a", "--no-cache"])).stderr],
  ];
  for (const [what, start] of silent) {
    test(`shows nothing with ${what}`, async () => {
      const gate = Promise.withResolvers<void>();
      cloud.sts.hold = gate.promise;
      const ended = start();
      await waitUntil(() => cloud.sts.calls.length > 0);
      // The progress of a run that started later proves that the first run has waited long enough.
      const other = atTerminal(["export", "-p", "a", "--no-cache"]);
      await other.waitFor(STS);
      gate.resolve();
      await other.ended;
      expect(await ended).not.toContain("waiting");
    });
  }
});

async function writtenBy(run: TerminalRun): Promise<string> {
  await run.ended;
  return run.written();
}
