/** Commands that find an expired login offer to sign in at a terminal, and go on. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { json } from "../cloud/oidc.ts";
import { HAS_PTY } from "../support/machine.ts";
import { LEGACY_URL, makeSignInHome, SIGN_IN_CONFIG, type SignInHome, visit } from "../support/sign_in_home.ts";
import { SUBJECT_ARGV, SUBJECT_COMMAND } from "../support/subject.ts";
import { runAtTerminal, type TerminalOptions, type TerminalRun } from "../support/terminal.ts";

const OFFER = "Sign in now? [Y/n] ";
const PASTE = "paste that address here: ";

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

const atTerminal = (
  args: readonly string[],
  streams: TerminalOptions["streams"] = "stderr",
  env: Readonly<Record<string, string>> = {},
) => runAtTerminal([...SUBJECT_ARGV, ...args], { env: home.environment(env), cwd: home.path, streams });

const urlIn = (written: string) => /^ {2}(http\S+)\r?$/m.exec(written)?.[1] ?? "";

/** The person accepts the offer, and the browser comes back. */
async function accept(run: TerminalRun, answer = "\r"): Promise<void> {
  await run.waitFor(OFFER);
  run.type(answer);
  await run.waitFor(PASTE);
  await visit(cloud.signIn.oidc.decide(urlIn(run.written()), "allow"));
}

const signIns = () => cloud.signIn.oidc.people.size;
const SECRET = /^ASIA\w+$/;

describe.skipIf(!HAS_PTY)("the offer is made", () => {
  const ARN = /arn:aws:sts::123456789012:assumed-role\/sso-role\/person/;
  const commands: readonly [args: readonly string[], result: RegExp][] = [
    [["export", "-p", "dev"], /"AccessKeyId": "ASIA/],
    [["exec", "-p", "dev", "--", "printenv", "AWS_ACCESS_KEY_ID"], SECRET],
    [["exec", "--serve", "-p", "dev", "--", "printenv", "AWS_CONTAINER_CREDENTIALS_FULL_URI"], /^http:\/\/127/],
    [["whoami", "-p", "dev"], ARN],
    [["export", "-p", "chained"], /"AccessKeyId": "ASIA/],
    [["export", "--role-arn", "arn:aws:iam::123456789012:role/marketingadminrole", "--source-profile", "dev"], /ASIA/],
  ];
  for (const [args, result] of commands) {
    test(`by ${args.slice(0, 4).join(" ")}, which then goes on`, async () => {
      const run = atTerminal(args);
      await accept(run);
      const { exitCode, stdout } = await run.ended;
      expect(stdout.trim()).toMatch(result);
      expect(exitCode).toBe(0);
      expect(run.written()).toContain("There is no SSO token for corp.\r\n");
      expect(run.written()).toContain('Signed in to the sso-session "corp" (');
      expect(home.token("corp")?.refreshToken).toBeDefined();
      expect(signIns()).toBe(1);
    });
  }

  test("by console", async () => {
    const run = atTerminal(["console", "-p", "dev"], "stderr", {
      AWS_ENDPOINT_URL_SIGNIN: `${cloud.signIn.url}`,
    });
    await accept(run, "yes\r");
    expect((await run.ended).stdout).toStartWith("http");
  });

  test("for a token that AWS no longer accepts", async () => {
    cloud.signIn.oidc.isPreauthorized = true;
    expect((await home.signIn("-p", "dev", "--use-device-code").ended).exitCode).toBe(0);
    cloud.signIn.tokens.clear();
    const run = atTerminal(["export", "-p", "dev"]);
    await accept(run);
    expect((await run.ended).exitCode).toBe(0);
    expect(run.written()).toContain("The SSO token is no longer valid.");
  });

  test("for a legacy profile, with the code to confirm", async () => {
    const run = atTerminal(["export", "-p", "legacy"]);
    await run.waitFor(OFFER);
    run.type("y\r");
    await run.waitFor("The page must show this code");
    const [device] = cloud.signIn.oidc.devices;
    if (device !== undefined) device.decision = "allow";
    expect((await run.ended).exitCode).toBe(0);
    expect(home.token(LEGACY_URL)?.accessToken).toBeDefined();
  });

  test("with the variables that say how to sign in", async () => {
    const run = atTerminal(["export", "-p", "dev"], "stderr", { ROLECALL_USE_DEVICE_CODE: "1" });
    await run.waitFor(OFFER);
    run.type("\r");
    await run.waitFor("The page must show this code");
    const [device] = cloud.signIn.oidc.devices;
    if (device !== undefined) device.decision = "allow";
    expect((await run.ended).exitCode).toBe(0);
  });

  test("for console credentials, also if the person signs in as another user", async () => {
    const session = "arn:aws:iam::123456789012:user/other";
    home.write(".aws/config", `[profile console]\nlogin_session = ${session}\nregion = eu-west-1\n`);
    const run = atTerminal(["export", "-p", "console"]);
    await run.waitFor(OFFER);
    run.type("\r");
    await run.waitFor(PASTE);
    const visited = visit(cloud.signIn.login.allow(urlIn(run.written())));
    await run.waitFor("Replace it with ");
    run.type("y\r");
    await visited;
    const { exitCode, stdout } = await run.ended;
    expect(run.written()).toContain(`There is no login session for ${session}.`);
    expect(JSON.parse(stdout).AccessKeyId).toMatch(SECRET);
    expect(exitCode).toBe(0);
  });

  test("and the command of exec inherits no file of the sign-in", async () => {
    const descriptors = ["exec", "-p", "dev", "--", "ls", "/proc/self/fd"];
    const run = atTerminal(descriptors);
    await accept(run);
    const first = (await run.ended).stdout;
    // The last one is the folder that ls reads.
    expect(first).toBe("0\n1\n2\n3\n");
    expect((await atTerminal(descriptors).ended).stdout).toBe(first);
  });
});

describe.skipIf(!HAS_PTY)("declined", () => {
  for (const [what, keys] of [
    ["n", "n\r"],
    ["another answer", "what?\r"],
    ["Ctrl-D", "\u0004"],
  ] as const) {
    test(`with ${what}, the command ends with the error`, async () => {
      const run = atTerminal(["export", "-p", "dev"]);
      await run.waitFor(OFFER);
      run.type(keys);
      const { exitCode, stdout } = await run.ended;
      expect([exitCode, stdout]).toEqual([1, ""]);
      expect(run.written()).toContain("run: rolecall login --sso-session corp\r\n");
      expect(cloud.signIn.requests).toEqual([]);
    });
  }

  test("with Ctrl-C, it ends with 130", async () => {
    const run = atTerminal(["exec", "-p", "dev", "--", "true"]);
    await run.waitFor(OFFER);
    run.type("\u0003");
    expect((await run.ended).exitCode).toBe(130);
  });
});

describe("no offer is made", () => {
  const expectRefused = (exitCode: number | undefined, written: string) => {
    expect(written).toContain("error[sso-login-needed]");
    expect(written).toContain("rolecall login --sso-session corp");
    expect(written).not.toContain(OFFER.trim());
    expect(exitCode).toBe(1);
    expect(cloud.signIn.requests).toEqual([]);
  };

  test.skipIf(!HAS_PTY)("with --no-input, by a credential_process that is rolecall either", async () => {
    const nested = `[profile outer]\ncredential_process = ${SUBJECT_COMMAND} export -p dev\n`;
    home.write(".aws/config", `${SIGN_IN_CONFIG}${nested}`);
    const refused = atTerminal(["export", "-p", "outer", "--no-input"]);
    expect((await refused.ended).exitCode).toBe(1);
    expect(refused.written()).not.toContain(OFFER.trim());
    // Without the option, it may ask at the terminal of both.
    const run = atTerminal(["export", "-p", "outer"]);
    await accept(run);
    expect((await run.ended).exitCode).toBe(0);
  });

  const AT_TERMINAL: readonly [what: string, args: readonly string[]][] = [
    ["with --no-input", ["export", "-p", "dev", "--no-input"]],
    ["by serve", ["serve", "-p", "dev"]],
  ];
  for (const [what, args] of AT_TERMINAL) {
    test.skipIf(!HAS_PTY)(what, async () => {
      const run = atTerminal(args);
      const { exitCode } = await run.ended;
      expectRefused(exitCode, run.written());
    });
  }

  test("without a terminal", async () => {
    const { exitCode, stderr } = await home.startWithoutTerminal(["export", "-p", "dev"], { stdin: "" }).ended;
    expectRefused(exitCode, stderr);
  });

  test.skipIf(!HAS_PTY)("if standard error is not the terminal, as of a credential_process of an SDK", async () => {
    const file = join(home.path, "stderr");
    const run = runAtTerminal(["sh", "-c", '"$@" 2>"$0"', file, ...SUBJECT_ARGV, "export", "-p", "dev"], {
      env: home.environment(),
      cwd: home.path,
    });
    const { exitCode } = await run.ended;
    expect(run.written()).toBe("");
    expectRefused(exitCode, await Bun.file(file).text());
  });

  test.skipIf(!HAS_PTY)("if IAM Identity Center cannot be reached, because a sign-in needs it, too", async () => {
    const unreachable = "http://127.0.0.1:1";
    cloud.signIn.oidc.isPreauthorized = true;
    expect((await home.signIn("-p", "dev", "--use-device-code").ended).exitCode).toBe(0);
    const run = atTerminal(["export", "-p", "dev"], "stderr", { AWS_ENDPOINT_URL_SSO: unreachable });
    expect((await run.ended).exitCode).toBe(1);
    expect(run.written()).not.toContain(OFFER.trim());
  });
});

test.skipIf(!HAS_PTY)("several terminals wait for the first one, which alone asks", async () => {
  const first = atTerminal(["export", "-p", "dev"]);
  await first.waitFor(OFFER);
  const others = [1, 2, 3].map(() => atTerminal(["exec", "-p", "dev", "--", "printenv", "AWS_ACCESS_KEY_ID"]));
  await Promise.all(others.map((other) => other.waitFor("to finish the same call: the sign-in to")));
  await accept(first, "y\r");
  expect((await first.ended).exitCode).toBe(0);
  for (const other of others) {
    const { exitCode, stdout } = await other.ended;
    expect([exitCode, SECRET.test(stdout.trim())]).toEqual([0, true]);
    expect(other.written()).not.toContain(OFFER.trim());
  }
  expect(signIns()).toBe(1);
});

test.skipIf(!HAS_PTY)("if the first one declines, those that waited do not ask", async () => {
  const first = atTerminal(["export", "-p", "dev"]);
  await first.waitFor(OFFER);
  const other = atTerminal(["export", "-p", "dev"]);
  await other.waitFor("to finish the same call: the sign-in to");
  first.type("n\r");
  expect((await first.ended).exitCode).toBe(1);
  expect((await other.ended).exitCode).toBe(1);
  expect(other.written()).not.toContain(OFFER.trim());
  expect(other.written()).toContain("run: rolecall login --sso-session corp");
});

describe("a server names the command, because it cannot ask", () => {
  const EXPECTED = "the SSO token is no longer valid; run: rolecall login --sso-session corp";

  /** Signs in, and lets the first credentials expire soon, when AWS no longer accepts the token. */
  async function expireSoon(): Promise<void> {
    cloud.signIn.oidc.isPreauthorized = true;
    expect((await home.signIn("-p", "dev", "--use-device-code").ended).exitCode).toBe(0);
    const keys = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };
    cloud.signIn.next.push(json(200, { roleCredentials: { ...keys, expiration: Date.now() + 5000 } }));
  }

  /** What the server responds once it has no valid credentials. */
  async function responseAfterExpiry(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
    for (;;) {
      const response = await fetch(url, { headers });
      const body = await response.text();
      if (response.status !== 200) return body;
      await Bun.sleep(100);
    }
  }

  test("serve", async () => {
    await expireSoon();
    const server = home.startWithoutTerminal(["serve", "-p", "dev"]);
    const [, url = ""] = await server.says(/AWS_CONTAINER_CREDENTIALS_FULL_URI=(\S+)/);
    const [, token = ""] = await server.says(/AWS_CONTAINER_AUTHORIZATION_TOKEN=(\S+)/);
    cloud.signIn.tokens.clear();
    expect(await responseAfterExpiry(url, { authorization: token })).toContain(EXPECTED);
    expect(server.stderr()).toContain(EXPECTED);
    server.endInput();
    await server.stop();
  });

  test("exec --serve", async () => {
    await expireSoon();
    const script = "env; cat >/dev/null";
    const command = home.startWithoutTerminal(["exec", "--serve", "-p", "dev", "--", "sh", "-c", script]);
    const [, url = ""] = await command.says(/AWS_CONTAINER_CREDENTIALS_FULL_URI=(\S+)/);
    const [, token = ""] = await command.says(/AWS_CONTAINER_AUTHORIZATION_TOKEN=(\S+)/);
    cloud.signIn.tokens.clear();
    expect(await responseAfterExpiry(url, { authorization: token })).toContain(EXPECTED);
    command.endInput();
    await command.ended;
  });
});

test("a fleet of credential_process callers opens no browser", async () => {
  const opened = join(home.path, "opened");
  const browser = home.write("browser", `#!/bin/sh\necho "$1" >>'${opened}'\n`, 0o755);
  const env = { BROWSER: browser, DISPLAY: ":0" };
  const fleet = Array.from({ length: 10 }, () =>
    home.startWithoutTerminal(["export", "-p", "dev"], { stdin: "", env }),
  );
  for (const { ended } of fleet) {
    const { exitCode, stderr } = await ended;
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("run: rolecall login --sso-session corp")]);
  }
  expect([existsSync(opened), cloud.signIn.requests]).toEqual([false, []]);
});

describe("the command that the error names can be pasted", () => {
  const NAMES = ["it's", "two words", "a$(touch evil)b", '"quoted"', "-dash", "ünïcode", "back\\slash"];
  for (const name of NAMES) {
    test(`with the session or the profile ${name}`, async () => {
      // Names in section headings are quoted as in a shell.
      const quoted = `'${name.replaceAll("'", "'\\''")}'`;
      const config = SIGN_IN_CONFIG.replace("[profile legacy]", () => `[profile ${quoted}]`)
        .replace("sso_session = corp", () => `sso_session = ${name}`)
        .replace("[sso-session corp]", () => `[sso-session ${quoted}]`);
      home.write(".aws/config", config);
      cloud.signIn.oidc.isPreauthorized = true;
      for (const profile of ["chained", name]) {
        const args = ["export", `--profile=${profile}`];
        const { stderr } = await home.startWithoutTerminal(args, { stdin: "" }).ended;
        const [, command = ""] = /run: (rolecall login .*)/.exec(stderr) ?? [];
        if (command === "") throw new Error(stderr);
        // `rolecall` of the shell is the program under test; the device code needs no browser.
        const script = `rolecall() { exec setsid -w ${SUBJECT_ARGV.map((word) => `'${word}'`).join(" ")} "$@"; }\n${command}`;
        const env = { ROLECALL_USE_DEVICE_CODE: "1" };
        const signedIn = await home.runProgram(["bash", "-c", script], { env });
        expect([signedIn.exitCode, signedIn.stderr]).toEqual([0, expect.any(String)]);
        expect((await home.run(args)).exitCode).toBe(0);
      }
    });
  }
});
