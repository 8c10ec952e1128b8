/** `login` for console credentials: on this device and on another one, and what it writes. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { confirmationCode } from "../cloud/console_login.ts";
import { HAS_PTY } from "../support/machine.ts";
import { makeSignInHome, SIGN_IN_CONFIG, type SignInHome, shownUrl, visit } from "../support/sign_in_home.ts";
import { SUBJECT_ARGV } from "../support/subject.ts";
import { runAtTerminal, shownAfter } from "../support/terminal.ts";

const PERSON = "arn:aws:iam::123456789012:user/person";

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

const config = () => readFileSync(join(home.path, ".aws/config"), "utf8");
const sessionFile = (arn = PERSON) =>
  join(home.path, ".aws/login/cache", `${createHash("sha256").update(arn).digest("hex")}.json`);
const session = (arn?: string) => JSON.parse(readFileSync(sessionFile(arn), "utf8"));

async function signIn(...args: readonly string[]) {
  const program = home.signIn(...args);
  const answer = await visit(cloud.signIn.login.allow(await shownUrl(program)));
  return { answer, ...(await program.ended) };
}

const atTerminal = (args: readonly string[], env = {}) =>
  runAtTerminal([...SUBJECT_ARGV, "login", ...args], { env: home.environment(env), cwd: home.path, streams: "stderr" });

/** The URL in what the terminal shows. */
const urlIn = (written: string) => /^ {2}(http\S+)\r?$/m.exec(written)?.[1] ?? "";

describe("on this device", () => {
  test("writes the session and the profile's key, and refreshes the credentials later", async () => {
    const { answer, stdout, exitCode } = await signIn("-p", "console");
    expect(answer.status).toBe(200);
    expect(answer.body).toContain(`You are signed in as ${PERSON}.`);
    expect(answer.body).not.toContain("another session");
    expect(stdout).toMatch(
      /^the profile "console" is signed in as arn:aws:iam::123456789012:user\/person; the credentials expire at /,
    );
    expect(exitCode).toBe(0);
    expect(config()).toBe(
      SIGN_IN_CONFIG.replace(
        "[profile console]\nregion = eu-west-1\n",
        `[profile console]\nregion = eu-west-1\nlogin_session = ${PERSON}\n`,
      ),
    );
    expect(session()).toEqual({
      accessToken: {
        accessKeyId: expect.any(String),
        secretAccessKey: expect.any(String),
        sessionToken: expect.any(String),
        accountId: "123456789012",
        expiresAt: expect.stringMatching(/Z$/),
      },
      tokenType: "aws_sigv4",
      clientId: "arn:aws:signin:::devtools/same-device",
      refreshToken: expect.any(String),
      idToken: expect.any(String),
      dpopKey: expect.stringMatching(
        /^-----BEGIN EC PRIVATE KEY-----\n(?:[\w+/=]{64}\n)+[\w+/=]{1,64}\n-----END EC PRIVATE KEY-----\n$/,
      ),
    });
    expect(statSync(sessionFile()).mode & 0o777).toBe(0o600);
    const used = await home.run(["export", "-p", "console"]);
    expect(JSON.parse(used.stdout).AccessKeyId).toBe(session().accessToken.accessKeyId);
    // The refresh proves that the stored key is the one that the refresh token is bound to.
    const before = session();
    const soon = new Date(Date.now() + 60_000).toISOString();
    home.write(
      sessionFile().slice(home.path.length + 1),
      JSON.stringify({ ...before, accessToken: { ...before.accessToken, expiresAt: soon } }),
    );
    expect((await home.run(["export", "-p", "console"])).exitCode).toBe(0);
    expect(session().refreshToken).not.toBe(before.refreshToken);
  });

  test("creates a profile that does not exist", async () => {
    const { stderr, exitCode } = await signIn("-p", "my new one");
    expect(stderr).toContain('warning: the profile "my new one" is new');
    expect(exitCode).toBe(0);
    expect(config()).toBe(`${SIGN_IN_CONFIG}\n[profile "my new one"]\nlogin_session = ${PERSON}\n`);
    expect((await home.run(["export", "-p", "my new one"])).exitCode).toBe(0);
  });

  test("creates the config file", async () => {
    home.remove();
    home = makeSignInHome(cloud, "");
    const { exitCode } = await signIn();
    expect(exitCode).toBe(0);
    expect(config()).toBe(`[default]\nlogin_session = ${PERSON}\n`);
  });

  test("signs in again without a change of the profile", async () => {
    await signIn("-p", "console");
    const before = config();
    await signIn("-p", "console");
    expect(config()).toBe(before);
  });

  test("does not replace another session without a person's consent", async () => {
    await signIn("-p", "console");
    const before = config();
    cloud.signIn.login.person = "arn:aws:sts::123456789012:assumed-role/Admin/other";
    const { answer, stderr, exitCode } = await signIn("-p", "console");
    expect(answer.body).toContain("uses another session. Replace it in the terminal.");
    expect(stderr).toContain(`the profile "console" keeps its session ${PERSON}`);
    expect(exitCode).toBe(1);
    expect(config()).toBe(before);
    expect(existsSync(sessionFile(cloud.signIn.login.person))).toBe(false);
  });

  const failures: readonly [error: string, texts: readonly string[]][] = [
    ["AUTHCODE_EXPIRED", ["the authorization code has expired", "finish the sign-in sooner"]],
    ["INSUFFICIENT_PERMISSIONS", ["not allowed to get credentials for local development", "ask an administrator"]],
  ];
  for (const [error, texts] of failures) {
    test(`explains ${error}`, async () => {
      const program = home.signIn("-p", "console");
      const redirect = cloud.signIn.login.allow(await shownUrl(program));
      cloud.signIn.next.push({ status: 403, body: JSON.stringify({ error, message: "secret" }) });
      await visit(redirect);
      const { stderr, exitCode } = await program.ended;
      for (const text of texts) expect(stderr).toContain(text);
      expect(exitCode).toBe(1);
    });
  }

  test("names a wrong clock if the service rejects the proof", async () => {
    const program = home.signIn("-p", "console");
    const redirect = cloud.signIn.login.allow(await shownUrl(program));
    const date = new Date(Date.now() - 20 * 60_000).toUTCString();
    cloud.signIn.next.push({ status: 400, headers: { date }, body: JSON.stringify({ error: "INVALID_PROOF" }) });
    await visit(redirect);
    const { stderr } = await program.ended;
    expect(stderr).toContain("the sign-in service returned INVALID_PROOF");
    expect(stderr).toMatch(/set the clock: this machine's clock is (?:19|20) min.* fast/);
  });

  test("has no --use-device-code", async () => {
    const { stderr, exitCode } = await home.signIn("-p", "console", "--use-device-code").ended;
    expect(stderr).toContain("use --remote for a browser on another machine");
    expect(exitCode).toBe(2);
  });
});

describe.skipIf(!HAS_PTY)("at a terminal", () => {
  test("--remote reads the code that the browser shows", async () => {
    const run = atTerminal(["-p", "console", "--remote"]);
    await run.waitFor("Paste the code");
    const redirect = cloud.signIn.login.allow(urlIn(run.written()));
    expect(redirect).toStartWith(`${cloud.signIn.url}/v1/sessions/confirmation?`);
    run.type("nonsense\r");
    await run.waitFor(shownAfter("This is not the code of a finished sign-in", "Paste the code"));
    run.type(`${btoa("state=x&code=y")}\r`);
    await run.waitFor(shownAfter("This code belongs to another sign-in", "Paste the code"));
    const code = confirmationCode(redirect);
    run.type(`${code}\r`);
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`signed in as ${PERSON}`);
    expect(session().clientId).toBe("arn:aws:signin:::devtools/cross-device");
    expect(run.written()).not.toContain(code);
  });

  test("asks before another session replaces the profile's", async () => {
    await signIn("-p", "console");
    cloud.signIn.login.person = "arn:aws:sts::123456789012:assumed-role/Admin/other";
    const run = atTerminal(["-p", "console", "--no-browser"]);
    await run.waitFor("paste that address");
    await visit(cloud.signIn.login.allow(urlIn(run.written())));
    await run.waitFor("[y/N]");
    expect(run.written()).toContain(`The profile "console" uses the session ${PERSON}.`);
    run.type("yes\r");
    expect((await run.ended).exitCode).toBe(0);
    expect(config()).toContain(`login_session = ${cloud.signIn.login.person}\n`);
    expect(config()).not.toContain(PERSON);
  });

  test("asks for the region, and writes it to the profile", async () => {
    home.remove();
    home = makeSignInHome(cloud, "", { AWS_REGION: "" });
    const run = atTerminal(["--remote"], { TERM: "dumb" });
    await run.waitFor("AWS region [us-east-1]: ");
    run.type("eu-central-2x\u007f\r");
    await run.waitFor("Paste the code");
    run.type(`${confirmationCode(cloud.signIn.login.allow(urlIn(run.written())))}\r`);
    expect((await run.ended).exitCode).toBe(0);
    expect(config()).toBe(`[default]\nlogin_session = ${PERSON}\nregion = eu-central-2\n`);
  });

  test("lets the person choose the region from a list", async () => {
    home.remove();
    home = makeSignInHome(cloud, "", { AWS_REGION: "" });
    const run = atTerminal(["--remote"]);
    await run.waitFor("us-east-1");
    run.type("ap-south-1\r");
    await run.waitFor("Paste the code");
    run.type(`${confirmationCode(cloud.signIn.login.allow(urlIn(run.written())))}\r`);
    expect((await run.ended).exitCode).toBe(0);
    expect(config()).toContain("region = ap-south-1\n");
  });
});

test("without a terminal, --remote says where to paste the code", async () => {
  const { stderr, exitCode } = await home.signIn("-p", "console", "--remote").ended;
  expect(stderr).toContain("error[sign-in-failed]: no code was given");
  expect(stderr).toContain("run the command in a terminal");
  expect(exitCode).toBe(1);
});
