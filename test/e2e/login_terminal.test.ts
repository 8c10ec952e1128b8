/** `login` at a terminal: what it shows, opens and reads. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { HAS_PTY, isInstalled } from "../support/machine.ts";
import { LEGACY_URL, makeSignInHome, SIGN_IN_CONFIG, type SignInHome, visit } from "../support/sign_in_home.ts";
import { SUBJECT_ARGV } from "../support/subject.ts";
import { runAtTerminal, shownAfter } from "../support/terminal.ts";
import { waitUntil } from "../support/wait_until.ts";

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

const PASTE = "paste that address here: ";

const atTerminal = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runAtTerminal([...SUBJECT_ARGV, "login", ...args], { env: home.environment(env), cwd: home.path, streams: "stderr" });

/** The URL in what the terminal shows. */
const urlIn = (written: string) => /^ {2}(http\S+)\r?$/m.exec(written)?.[1] ?? "";

/** A program that writes its arguments to a file. */
const fakeBrowser = (exitCode = 0) => {
  const opened = join(home.path, "opened");
  const browser = home.write("browser", `#!/bin/sh\nprintf '%s\\n' "$@" >'${opened}'\nexit ${exitCode}\n`, 0o755);
  return { browser, opened: () => (existsSync(opened) ? readFileSync(opened, "utf8") : undefined) };
};

describe.skipIf(!HAS_PTY)("the browser", () => {
  test("is opened with the URL that is shown", async () => {
    const { browser, opened } = fakeBrowser();
    const run = atTerminal(["-p", "dev"], { BROWSER: browser });
    await run.waitFor(PASTE);
    await waitUntil(() => opened()?.endsWith("\n") === true);
    expect(opened()).toBe(`${urlIn(run.written())}\n`);
    await visit(cloud.signIn.oidc.decide(urlIn(run.written()), "allow"));
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toStartWith("signed in to");
    expect(run.written()).toContain("The browser opens this URL.");
  });

  test("that comes back at once finds the listener", async () => {
    cloud.signIn.oidc.warmPerson = "warm";
    // A browser in which the person has a session: it follows the redirect before rolecall has shown anything more.
    const browser = home.write(
      "browser",
      `#!/bin/sh\nexec python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()' "$1"\n`,
      0o755,
    );
    const run = atTerminal(["-p", "dev"], { BROWSER: browser });
    expect((await run.ended).exitCode).toBe(0);
    expect(cloud.signIn.oidc.people.get(String(home.token("corp")?.accessToken))).toBe("warm");
  });

  test("that cannot be started is reported, and the sign-in goes on", async () => {
    const { browser } = fakeBrowser(3);
    const run = atTerminal(["-p", "dev"], { BROWSER: browser });
    await run.waitFor("could not open the browser: it exited with code 3. Open the URL above.");
    await run.waitFor(PASTE);
    await visit(cloud.signIn.oidc.decide(urlIn(run.written()), "allow"));
    expect((await run.ended).exitCode).toBe(0);
  });

  test("gets the URL as it is: a dollar sign means nothing", async () => {
    const { browser, opened } = fakeBrowser();
    cloud.signIn.oidc.isPreauthorized = true;
    await home.signIn("-p", "dev", "--use-device-code").ended;
    const verificationUri = "https://device.example/?a=$&b=$$c";
    const device = { deviceCode: "d", userCode: "AB", verificationUri, expiresIn: 60 };
    cloud.signIn.next.push(
      { body: JSON.stringify(device) },
      { status: 400, body: '{"error":"authorization_pending"}' },
    );
    const run = atTerminal(["-p", "dev", "--use-device-code"], { BROWSER: browser });
    await waitUntil(() => opened()?.endsWith("\n") === true);
    expect(opened()).toBe(`${verificationUri}\n`);
    run.type("\u0003");
    expect((await run.ended).exitCode).toBe(130);
  });

  const closed: readonly [
    what: string,
    args: readonly string[],
    env: Record<string, string>,
    texts: readonly string[],
  ][] = [
    ["with --no-browser", ["--no-browser"], { DISPLAY: ":0" }, ["The browser was not opened: --no-browser was given."]],
    [
      "over SSH",
      [],
      { SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22", DISPLAY: ":0" },
      [
        "The browser was not opened: this is an SSH session.",
        "forward the port (ssh -L ",
        "or run the command again with --use-device-code",
      ],
    ],
    ["without a display", [], { container: "" }, ["The browser was not opened: "]],
  ];
  for (const [what, args, env, texts] of closed) {
    test(`is not opened ${what}`, async () => {
      const run = atTerminal(["-p", "dev", ...args], env);
      await run.waitFor(PASTE);
      for (const text of texts) expect(run.written()).toContain(text);
      run.type("\u0003");
      expect((await run.ended).exitCode).toBe(130);
    });
  }

  test("shows the device code alone on its line, in bold", async () => {
    const { browser, opened } = fakeBrowser();
    const run = atTerminal(["-p", "legacy"], { BROWSER: browser });
    await run.waitFor("[y/N]");
    run.type("\r");
    await waitUntil(() => opened()?.endsWith("\n") === true);
    const [device] = cloud.signIn.oidc.devices;
    expect(opened()).toBe(`${cloud.signIn.url}/device?user_code=${device?.userCode}\n`);
    expect(run.written()).toContain(`\r\n\r\n\u001b[1m    ${device?.userCode}\u001b[22m\r\n\r\n`);
    if (device !== undefined) device.decision = "allow";
    expect((await run.ended).exitCode).toBe(0);
  });
});

test.skipIf(!HAS_PTY)("--color=never shows the device code without bold", async () => {
  const run = atTerminal(["-p", "dev", "--use-device-code", "--no-browser", "--color=never"]);
  await run.waitFor("The browser was not opened");
  const [device] = cloud.signIn.oidc.devices;
  expect(run.written()).toContain(`\r\n\r\n    ${device?.userCode}\r\n\r\n`);
  run.type("\u0003");
  expect((await run.ended).exitCode).toBe(130);
});

describe.skipIf(!HAS_PTY)("the pasted address", () => {
  test("signs in, and is not shown", async () => {
    const run = atTerminal(["-p", "dev", "--no-browser"]);
    await run.waitFor(PASTE);
    run.type("what?\r");
    await run.waitFor(shownAfter("This is not the address of a finished sign-in", PASTE));
    run.type("http://127.0.0.1:1/oauth/callback?code=x&state=y\r");
    await run.waitFor(shownAfter("This address belongs to another sign-in", PASTE));
    const address = cloud.signIn.oidc.decide(urlIn(run.written()), "allow");
    run.type(`${address}\r`);
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toStartWith("signed in to");
    expect(run.written()).not.toContain(new URL(address).searchParams.get("code"));
  });

  test("longer than a line of the terminal is read whole", async () => {
    const run = atTerminal(["-p", "dev", "--no-browser"]);
    await run.waitFor(PASTE);
    const address = cloud.signIn.oidc.decide(urlIn(run.written()), "allow");
    // The kernel cuts a line off at 4096 characters, unless the terminal is in raw mode.
    run.type(`${address}&padding=${"x".repeat(6000)}\r`);
    expect((await run.ended).exitCode).toBe(0);
  });

  test("of a denied access ends the sign-in", async () => {
    const run = atTerminal(["-p", "dev", "--no-browser"]);
    await run.waitFor(PASTE);
    run.type(`${cloud.signIn.oidc.decide(urlIn(run.written()), "deny")}\r`);
    expect((await run.ended).exitCode).toBe(1);
    expect(run.written()).toContain("the sign-in was denied in the browser");
  });

  test("is not needed after Ctrl-D: the browser still signs in", async () => {
    const run = atTerminal(["-p", "dev", "--no-browser"]);
    await run.waitFor(PASTE);
    run.type("\u0004");
    await run.waitFor((written) => written.includes(`${PASTE}\r\n`));
    await visit(cloud.signIn.oidc.decide(urlIn(run.written()), "allow"));
    expect((await run.ended).exitCode).toBe(0);
  });
});

test.skipIf(!HAS_PTY || !isInstalled("bash"))("Ctrl-Z suspends, and after fg the browser still signs in", async () => {
  const env = home.environment({ PS1: "READY> " });
  const shell = runAtTerminal(["bash", "--norc", "--noprofile", "-i"], { env, cwd: home.path });
  const after = (text: string, earlier: string) => (written: string) =>
    written.lastIndexOf(text) > written.lastIndexOf(earlier);
  await shell.waitFor("READY> ");
  shell.type(`${SUBJECT_ARGV.map((word) => `'${word}'`).join(" ")} login -p dev --no-browser >out\r`);
  await shell.waitFor(PASTE);
  shell.type("\u001a");
  await shell.waitFor("Stopped");
  shell.type("fg\r");
  await shell.waitFor(after(PASTE, "fg\r\n"));
  await visit(cloud.signIn.oidc.decide(urlIn(shell.written()), "allow"));
  await shell.waitFor(after("READY> ", PASTE));
  shell.type("exit\r");
  await shell.ended;
  expect(readFileSync(join(home.path, "out"), "utf8")).toStartWith("signed in to");
});

test.skipIf(!HAS_PTY)("Ctrl-C during the device code ends with 130", async () => {
  const run = atTerminal(["-p", "dev", "--use-device-code", "--no-browser"]);
  await run.waitFor("The browser was not opened");
  run.type("\u0003");
  expect((await run.ended).exitCode).toBe(130);
});

describe.skipIf(!HAS_PTY)("a legacy profile", () => {
  const config = () => readFileSync(join(home.path, ".aws/config"), "utf8");

  test("gets an sso-session, if the person wants it, and signs in with that", async () => {
    const run = atTerminal(["-p", "legacy", "--no-browser"]);
    await run.waitFor("[y/N]");
    expect(run.written()).toContain('Write the sso-session "legacy" and use it in the profile "legacy"? [y/N] ');
    run.type("y\r");
    await run.waitFor(PASTE);
    await visit(cloud.signIn.oidc.decide(urlIn(run.written()), "allow"));
    const { exitCode, stdout } = await run.ended;
    expect(stdout).toStartWith('signed in to the sso-session "legacy"');
    expect(exitCode).toBe(0);
    expect(config()).toContain(
      "[profile legacy]\nsso_account_id = 123456789012\nsso_role_name = Reader\nsso_session = legacy\n",
    );
    expect(config()).toEndWith(
      `\n[sso-session legacy]\nsso_start_url = ${LEGACY_URL}\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n`,
    );
    expect(home.token("legacy")?.refreshToken).toBeDefined();
    expect((await home.run(["export", "-p", "legacy"])).exitCode).toBe(0);
  });

  test("stays as it is otherwise", async () => {
    cloud.signIn.oidc.isPreauthorized = true;
    const run = atTerminal(["-p", "legacy"]);
    await run.waitFor("[y/N]");
    run.type("n\r");
    expect((await run.ended).exitCode).toBe(0);
    expect(config()).toBe(SIGN_IN_CONFIG);
  });
});
