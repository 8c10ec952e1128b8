/** `login` for IAM Identity Center: the authorization code, the device code, and the files that they leave. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { serve } from "../cloud/server.ts";
import { IS_ROOT, isInstalled } from "../support/machine.ts";
import { LEGACY_URL, makeSignInHome, type SignInHome, START_URL, shownUrl, visit } from "../support/sign_in_home.ts";
import { REPLACES_PROCESS, type RunningProgram, SUBJECT_ARGV } from "../support/subject.ts";
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

/** The requests that the OIDC service has received, without their bodies. */
const calls = () => cloud.signIn.requests.map(({ method, target }) => `${method} ${target.split("?")[0]}`);

/** The person allows the access in the browser. */
async function allow(program: RunningProgram, person?: string) {
  return await visit(cloud.signIn.oidc.decide(await shownUrl(program), "allow", person));
}

/** The port that the program listens on. */
const portOf = (url: string) => Number(new URL(new URL(url).searchParams.get("redirect_uri") ?? "").port);

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

describe("the authorization code", () => {
  test("signs in, and the role's credentials are used", async () => {
    const program = home.signIn("-p", "dev");
    const answer = await allow(program);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("Signed in");
    expect(answer.body).toContain(START_URL);
    const { exitCode, stdout } = await program.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^signed in to the sso-session "corp" \(https:\S+\); the token expires at \S+Z /);
    expect(home.token("corp")).toEqual({
      startUrl: START_URL,
      region: "eu-west-1",
      accessToken: expect.any(String),
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      clientId: expect.any(String),
      clientSecret: expect.any(String),
      registrationExpiresAt: expect.stringMatching(/Z$/),
      refreshToken: expect.any(String),
    });
    expect(home.registrations()).toEqual([
      {
        clientId: expect.any(String),
        clientSecret: expect.any(String),
        expiresAt: expect.stringMatching(/Z$/),
        scopes: ["sso:account:access"],
        grantTypes: ["authorization_code", "refresh_token"],
      },
    ]);
    const folder = join(home.path, ".aws/sso/cache");
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const used = await home.run(["export", "-p", "dev"]);
    expect([used.stderr, used.exitCode]).toEqual(["", 0]);
  });

  test("reuses the client registration, and always gets a new token", async () => {
    for (const person of ["first", "second"]) {
      const program = home.signIn("--sso-session", "corp");
      await allow(program, person);
      expect((await program.ended).exitCode).toBe(0);
      expect(cloud.signIn.oidc.people.get(String(home.token("corp")?.accessToken))).toBe(person);
    }
    expect(cloud.signIn.oidc.clients.size).toBe(1);
  });

  const asUser = IS_ROOT ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  test.skipIf(IS_ROOT && !isInstalled("setpriv"))("is not asked for if it could not be stored", async () => {
    const folder = join(home.path, ".aws/sso/cache");
    mkdirSync(folder, { recursive: true });
    if (IS_ROOT) spawnSync("chown", ["-R", "65534:65534", home.path]);
    chmodSync(folder, 0o500);
    const program = home.startProgram([...asUser, ...SUBJECT_ARGV, "login", "-p", "dev", "--no-browser"]);
    const { exitCode, stderr } = await program.ended;
    expect(stderr).toContain(`error[write-failed]: cannot write to ${folder}: Permission denied`);
    expect(exitCode).toBe(1);
    expect(cloud.signIn.requests).toEqual([]);
    chmodSync(folder, 0o700);
  });

  test("that the browser sends twice gets the same page twice", async () => {
    const program = home.signIn("-p", "dev");
    const redirect = cloud.signIn.oidc.decide(await shownUrl(program), "allow");
    const answers = await Promise.all([visit(redirect), visit(redirect)]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toContain("Signed in");
    }
    expect((await program.ended).exitCode).toBe(0);
    expect(calls().filter((call) => call === "POST /token").length).toBe(1);
  });

  test("of a session whose name has control characters shows none", async () => {
    home.remove();
    home = makeSignInHome(
      cloud,
      `[sso-session a\u001b[1mb]\nsso_start_url = ${START_URL}/\u001b[31m\nsso_region = eu-west-1\n`,
    );
    cloud.signIn.oidc.isPreauthorized = true;
    const session = ["--sso-session", "a\u001b[1mb"];
    const login = await home.signIn(...session, "--use-device-code").ended;
    const logout = await home.run(["logout", ...session]);
    expect([login.stdout, logout.stdout].map((text) => /signed (?:in to|out of) the sso-session/.test(text))).toEqual([
      true,
      true,
    ]);
    expect(login.stdout + login.stderr + logout.stdout).not.toContain("\u001b");
  });

  test("of a role signs in for the source of its chain", async () => {
    const program = home.signIn("-p", "chained");
    await allow(program);
    expect((await program.ended).stdout).toContain('signed in to the sso-session "corp"');
  });

  test("without configured scopes has the default scope, and another key in the cache", async () => {
    const program = home.signIn("--sso-session", "plain");
    const url = await shownUrl(program);
    expect(new URL(url).searchParams.get("scopes")).toBe("sso:account:access");
    await visit(cloud.signIn.oidc.decide(url, "allow"));
    await program.ended;
    // What botocore hashes: absent scopes are null.
    const key = createHash("sha1")
      .update(
        '{"region": "eu-west-1", "scopes": null, "session_name": "plain", "startUrl": "https://plain.awsapps.com/start", "tool": "botocore"}',
      )
      .digest("hex");
    expect(existsSync(join(home.path, ".aws/sso/cache", `${key}.json`))).toBe(true);
  });

  test("shows no secret", async () => {
    const program = home.signIn("-p", "dev", "-v");
    const url = await shownUrl(program);
    const redirect = cloud.signIn.oidc.decide(url, "allow");
    await visit(redirect);
    const { stderr, stdout } = await program.ended;
    expect(stderr).toContain("POST");
    const bodies = cloud.signIn.requests.flatMap(({ body }) => (body === "" ? [] : [JSON.parse(body)]));
    const verifier = bodies.map(({ codeVerifier }) => codeVerifier).find(Boolean);
    const { accessToken, refreshToken, clientSecret } = home.token("corp") ?? {};
    const secrets = [verifier, accessToken, refreshToken, clientSecret, new URL(redirect).searchParams.get("code")];
    for (const secret of secrets) {
      expect(String(secret).length).toBeGreaterThan(40);
      expect(stderr + stdout).not.toContain(String(secret));
    }
    // The verifier is not part of the URL.
    expect(url).not.toContain(verifier);
  });

  test("accepts the cookies of other servers at 127.0.0.1, which the browser sends along", async () => {
    const program = home.signIn("-p", "dev");
    const redirect = cloud.signIn.oidc.decide(await shownUrl(program), "allow");
    expect((await visit(redirect, { cookie: `session=${"x".repeat(100_000)}` })).status).toBe(200);
    expect((await program.ended).exitCode).toBe(0);
  });

  test("shows the URL even with --quiet", async () => {
    const program = home.signIn("-p", "dev", "--quiet");
    await allow(program);
    expect((await program.ended).exitCode).toBe(0);
  });

  test("says that the person denied the access", async () => {
    const program = home.signIn("-p", "dev");
    const answer = await visit(cloud.signIn.oidc.decide(await shownUrl(program), "deny"));
    expect(answer.body).toContain("Not signed in");
    expect(answer.body).toContain("The sign-in was denied in the browser.");
    const { exitCode, stderr } = await program.ended;
    expect(stderr).toContain("error[sign-in-failed]: the sign-in was denied in the browser");
    expect(exitCode).toBe(1);
    expect(home.token("corp")).toBeUndefined();
  });

  test("ends after SIGINT, and leaves no listener", async () => {
    const program = home.signIn("-p", "dev");
    const port = portOf(await shownUrl(program));
    expect(await isListening(port)).toBe(true);
    // setsid waits for the program, which is its only child.
    const { stdout } = await home.runProgram(["pgrep", "-P", String(program.pid)]);
    process.kill(Number(stdout) || program.pid, "SIGINT");
    const { exitCode, signal } = await program.ended;
    // Under Deno, npm's wrapper has an exit code of its own.
    if (REPLACES_PROCESS) expect(signal === "SIGINT" ? 130 : exitCode).toBe(130);
    expect(await isListening(port)).toBe(false);
    expect(home.token("corp")).toBeUndefined();
  });

  test("listens on the port that --callback-port sets", async () => {
    const free = await serve(() => ({}));
    await free.stop();
    const program = home.signIn("-p", "dev", "--callback-port", String(free.port));
    expect(portOf(await shownUrl(program))).toBe(free.port);
    await allow(program);
    expect((await program.ended).exitCode).toBe(0);
    expect(await isListening(free.port)).toBe(false);
  });

  test("says that the port is in use", async () => {
    const other = await serve(() => ({}));
    const { exitCode, stderr } = await home.signIn("-p", "dev", "--callback-port", String(other.port)).ended;
    expect(stderr).toContain(`error[server-failed]: cannot listen on port ${other.port} of 127.0.0.1`);
    expect(stderr).toContain("choose another port with --callback-port");
    expect(exitCode).toBe(1);
    await other.stop();
  });
});

describe("a hostile request", () => {
  const rows: readonly [what: string, path: (state: string) => string, headers?: Record<string, string>][] = [
    ["with another state", () => "/oauth/callback?code=evil&state=x"],
    ["without a state", () => "/oauth/callback?code=evil"],
    ["with an error, without the state", () => "/oauth/callback?error=access_denied"],
    ["for the icon", () => "/favicon.ico"],
    ["of another name of the host", (state) => `/oauth/callback?code=evil&state=${state}`, { host: "evil.example" }],
  ];
  test("neither signs in nor ends the sign-in", async () => {
    const program = home.signIn("-p", "dev");
    const url = await shownUrl(program);
    const state = new URL(url).searchParams.get("state") ?? "";
    for (const [what, path, headers] of rows) {
      const answer = await visit(`http://127.0.0.1:${portOf(url)}${path(state)}`, headers);
      expect([what, answer.status]).toEqual([what, 404]);
    }
    expect(calls()).not.toContain("POST /token");
    await allow(program);
    const { exitCode, stderr } = await program.ended;
    expect(exitCode).toBe(0);
    expect(stderr.match(/a page in the browser reports access_denied/g)?.length).toBe(1);
  });

  test("with the code of somebody else, and the right state, signs nobody in", async () => {
    const program = home.signIn("-p", "dev");
    const url = await shownUrl(program);
    // Somebody who has read the state, but not the verifier, has a code for another challenge.
    const other = new URL(url);
    other.searchParams.set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    const answer = await visit(cloud.signIn.oidc.decide(other.href, "allow", "somebody else"));
    expect(answer.body).toContain("Not signed in");
    const { exitCode, stderr } = await program.ended;
    expect(stderr).toContain(
      "error[sign-in-failed]: could not get the token: the code is not valid, or was used before",
    );
    expect(exitCode).toBe(1);
    expect(home.token("corp")).toBeUndefined();
  });
});

describe("the device code", () => {
  /** The device of the running sign-in. */
  const shownDevice = async (program: RunningProgram) => {
    const [, code = ""] = await program.complains(/^ {4}([A-Z]{4}-[A-Z]{4})$/m);
    const device = cloud.signIn.oidc.devices.find(({ userCode }) => userCode === code);
    if (device === undefined) throw new Error("no device");
    return device;
  };

  test("signs in a legacy profile", async () => {
    const program = home.signIn("-p", "legacy");
    const device = await shownDevice(program);
    expect(device.startUrl).toBe(LEGACY_URL);
    device.decision = "allow";
    const { exitCode, stdout } = await program.ended;
    expect(stdout).toMatch(/^signed in to https:\/\/legacy.awsapps.com\/start until \S+Z\n$/);
    expect(exitCode).toBe(0);
    expect(home.token(LEGACY_URL)).toMatchObject({ startUrl: LEGACY_URL, region: "eu-west-1" });
    expect(home.registrations()).toEqual([
      { clientId: expect.any(String), clientSecret: expect.any(String), expiresAt: expect.any(String) },
    ]);
    expect((await home.run(["export", "-p", "legacy"])).exitCode).toBe(0);
  });

  test("of --use-device-code has its own registration", async () => {
    const code = home.signIn("-p", "dev");
    await allow(code);
    await code.ended;
    const program = home.signIn("-p", "dev", "--use-device-code");
    (await shownDevice(program)).decision = "allow";
    expect((await program.ended).exitCode).toBe(0);
    const [first, second] = [...cloud.signIn.oidc.clients.values()];
    expect([first?.grantTypes[0], second?.grantTypes[0]]).toEqual([
      "authorization_code",
      "urn:ietf:params:oauth:grant-type:device_code",
    ]);
    expect(second?.name).toBe("botocore-client-corp");
  });

  test("waits longer after slow_down", async () => {
    const program = home.signIn("-p", "legacy");
    const device = await shownDevice(program);
    device.next.push("slow_down");
    device.decision = "allow";
    expect((await program.ended).exitCode).toBe(0);
    // The first before anything is shown, then one that is too fast, then one 5 seconds later than usual.
    const [, second = 0, third = 0] = device.polls;
    expect(device.polls.length).toBe(3);
    expect(third - second).toBeGreaterThanOrEqual(5900);
  });

  test("goes on after failures of the network, and says so once", async () => {
    const options = { env: { AWS_MAX_ATTEMPTS: "1" } };
    const program = home.startWithoutTerminal(["login", "-p", "legacy"], options);
    const device = await shownDevice(program);
    device.decision = "allow";
    cloud.signIn.next.push({ status: 503, body: "{}" }, "reset");
    const { exitCode, stderr } = await program.ended;
    expect(stderr.match(/warning: .*trying again/g)).toEqual([
      "warning: could not get the token: HTTP 503; trying again",
    ]);
    expect(exitCode).toBe(0);
    expect(device.polls.length).toBe(2);
  }, 30_000);

  const URLS: readonly [what: string, uri: string, complete: string | undefined, shown: string | undefined][] = [
    [
      "has a line feed",
      "https://device.example/",
      "https://device.example/a\nb\u001b[1m",
      "https://device.example/ab%1B[1m",
    ],
    ["has a user name", "https://device.example/", "https://aws.example@evil.example/", "https://device.example/"],
    ["is a script", "https://device.example/", "javascript:alert(1)", "https://device.example/"],
    ["is missing", "https://device.example/", undefined, "https://device.example/"],
    ["is a file, both times", "file:///etc/passwd", "file:///etc/passwd", undefined],
    ["has a user name, both times", "https://a@evil.example/", "https://a@evil.example/", undefined],
  ];
  for (const [what, verificationUri, verificationUriComplete, shown] of URLS) {
    test(`shows and opens only a web address: if it ${what}`, async () => {
      cloud.signIn.oidc.isPreauthorized = true;
      await home.signIn("-p", "legacy").ended;
      const device = { deviceCode: "d", userCode: "AB", verificationUri, verificationUriComplete, expiresIn: 60 };
      cloud.signIn.next.push(
        { body: JSON.stringify(device) },
        { status: 400, body: '{"error":"authorization_pending"}' },
      );
      cloud.signIn.next.push({ status: 400, body: '{"error":"access_denied"}' });
      const { stderr, exitCode } = await home.signIn("-p", "legacy").ended;
      expect(/^ {2}(\S+:\S+)$/m.exec(stderr)?.[1]).toBe(shown);
      if (shown === undefined) expect(stderr).toContain("incomplete device authorization");
      expect(exitCode).toBe(1);
    }, 15_000);
  }

  const ends: readonly [decision: "deny" | "expired", message: string][] = [
    ["deny", "could not get the token: it was denied in the browser, or by a policy"],
    ["expired", "the code has expired before the sign-in was finished"],
  ];
  for (const [decision, message] of ends) {
    test(`ends: ${decision}`, async () => {
      const program = home.signIn("-p", "legacy");
      (await shownDevice(program)).decision = decision;
      const { exitCode, stderr } = await program.ended;
      expect(stderr).toContain(`error[sign-in-failed]: ${message}`);
      expect(exitCode).toBe(1);
    });
  }

  test("shows nothing to a client that is authorized already", async () => {
    cloud.signIn.oidc.isPreauthorized = true;
    const { exitCode, stderr } = await home.signIn("-p", "legacy", "-q").ended;
    expect([stderr, exitCode]).toEqual(["", 0]);
  });
});

describe("a client registration", () => {
  const signInAgain = async () => {
    const program = home.signIn("-p", "dev");
    await allow(program);
    return await program.ended;
  };

  test("that expires soon is replaced", async () => {
    cloud.signIn.oidc.lifetimes.registration = 14 * 60;
    await signInAgain();
    await signInAgain();
    expect(cloud.signIn.oidc.clients.size).toBe(2);
  });

  test("that the service has forgotten is replaced, once: device code", async () => {
    const sign = async () => {
      cloud.signIn.oidc.isPreauthorized = true;
      return await home.signIn("-p", "legacy").ended;
    };
    await sign();
    cloud.signIn.oidc.clients.clear();
    const { exitCode, stderr } = await sign();
    expect(stderr).toContain("no longer accepts the client registration: registering again");
    expect(exitCode).toBe(0);
    expect(cloud.signIn.oidc.clients.size).toBe(1);
  });

  test("that is rejected with the code is replaced, once", async () => {
    await signInAgain();
    const program = home.signIn("-p", "dev");
    const url = await shownUrl(program);
    const redirect = cloud.signIn.oidc.decide(url, "allow");
    cloud.signIn.oidc.clients.clear();
    expect((await visit(redirect)).body).toContain("Not signed in");
    await program.complains(/registering again[\s\S]*^ {2}http/m);
    const second = [...program.stderr().matchAll(/^ {2}(http\S+)$/gm)].at(-1)?.[1] ?? "";
    await visit(cloud.signIn.oidc.decide(second, "allow"));
    expect((await program.ended).exitCode).toBe(0);
  });

  test("that is rejected although it is new is an error", async () => {
    const invalid = { status: 401, body: JSON.stringify({ error: "invalid_client" }) };
    const program = home.signIn("-p", "dev");
    const redirect = cloud.signIn.oidc.decide(await shownUrl(program), "allow");
    cloud.signIn.next.push(invalid);
    await visit(redirect);
    const { stderr, exitCode } = await program.ended;
    expect(stderr).toContain("error[sign-in-failed]: IAM Identity Center rejects a new client registration");
    expect(exitCode).toBe(1);
  });
});

describe("many processes", () => {
  test("sign in once", async () => {
    const first = home.signIn("-p", "dev");
    const url = await shownUrl(first);
    const others = [0, 1, 2].map(() => home.signIn("-p", "dev"));
    for (const other of others) {
      await other.complains(/waiting for process \d+ to finish the same call: the sign-in to the sso-session "corp"/);
    }
    await visit(cloud.signIn.oidc.decide(url, "allow"));
    for (const { exitCode, stdout } of await Promise.all([first, ...others].map(({ ended }) => ended))) {
      expect([exitCode, stdout.startsWith("signed in")]).toEqual([0, true]);
    }
    expect((await others[0]?.ended)?.stdout).toContain("signed in by another process to");
    expect(calls().filter((call) => call === "POST /token").length).toBe(1);
  });

  test("that starts when the token is stored, but not the page sent, signs in itself", async () => {
    const first = home.signIn("-p", "dev");
    const redirect = cloud.signIn.oidc.decide(await shownUrl(first), "allow");
    // A browser that never reads its page.
    const { port, pathname, search } = new URL(redirect);
    const slow = connect({ host: "127.0.0.1", port: Number(port) });
    slow.pause();
    slow.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    await waitUntil(() => home.token("corp") !== undefined);
    const second = home.signIn("-p", "dev");
    await allow(second, "second");
    expect((await second.ended).exitCode).toBe(0);
    expect((await first.ended).exitCode).toBe(0);
    slow.destroy();
    expect(cloud.signIn.oidc.people.get(String(home.token("corp")?.accessToken))).toBe("second");
  });

  test("do not ask again if the first one fails", async () => {
    const first = home.signIn("-p", "dev");
    const url = await shownUrl(first);
    const other = home.signIn("-p", "dev");
    await other.complains(/waiting for process/);
    await visit(cloud.signIn.oidc.decide(url, "deny"));
    expect((await first.ended).exitCode).toBe(1);
    const { exitCode, stderr } = await other.ended;
    expect(stderr).toContain("error[sign-in-failed]: another process did not finish the sign-in");
    expect(stderr).toContain("run: rolecall login --sso-session corp");
    expect(exitCode).toBe(1);
  });
});

test("without a terminal, no browser is opened, however many processes there are", async () => {
  const opened = join(home.path, "opened");
  const browser = home.write("browser", `#!/bin/sh\necho "$1" >>'${opened}'\n`, 0o755);
  const env = { BROWSER: browser, DISPLAY: ":0", ROLECALL_REMOTE: "true" };
  const programs = Array.from({ length: 5 }, () => home.startWithoutTerminal(["login", "-p", "dev"], { env }));
  // One of them asks, the others wait.
  const shown = await Promise.all(
    programs.map((program) => program.complains(/^ {2}(http\S+)\n|waiting for process/m)),
  );
  const [url = "", ...others] = shown.flatMap(([, found]) => found ?? []);
  expect(others).toEqual([]);
  await visit(cloud.signIn.oidc.decide(url, "allow"));
  const outcomes = await Promise.all(programs.map(({ ended }) => ended));
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
  expect(outcomes.filter(({ stdout }) => stdout.includes("by another process")).length).toBe(4);
  expect(existsSync(opened)).toBe(false);
});

describe("--force", () => {
  test("signs out at the portal first", async () => {
    const first = home.signIn("-p", "dev");
    await allow(first);
    await first.ended;
    const old = String(home.token("corp")?.accessToken);
    const second = home.signIn("-p", "dev", "--force");
    await allow(second);
    expect((await second.ended).exitCode).toBe(0);
    expect(calls()).toContain("POST /logout");
    expect(cloud.signIn.tokens.has(old)).toBe(false);
    expect(cloud.signIn.tokens.has(String(home.token("corp")?.accessToken))).toBe(true);
  });
});

describe("cannot sign in", () => {
  const rows: readonly [what: string, args: readonly string[], exit: number, text: string][] = [
    ["with --no-input", ["-p", "dev", "--no-input"], 2, "error[option-conflict]: a sign-in needs a person"],
    ["to keys", ["-p", "keys"], 2, 'error[sign-in-impossible]: the profile "keys" has no sign-in: it uses access keys'],
    ["with --remote to IAM Identity Center", ["-p", "dev", "--remote"], 2, "use --use-device-code"],
    ["to an unknown session", ["--sso-session", "crop"], 2, 'did you mean "corp"'],
    ["with an invalid port", ["-p", "dev", "--callback-port", "0"], 2, 'error[invalid-option]: invalid port "0"'],
    ["without a profile, if there are sessions", [], 2, "choose a session: --sso-session corp, --sso-session plain"],
  ];
  for (const [what, args, exit, text] of rows) {
    test(what, async () => {
      const { exitCode, stderr } = await home.signIn(...args).ended;
      expect(stderr).toContain(text);
      expect(exitCode).toBe(exit);
    });
  }

  test("if the folder of the cache cannot be used, and asks nobody", async () => {
    home.write(".aws/sso", "");
    const { exitCode, stderr } = await home.signIn("-p", "dev").ended;
    expect(stderr).toContain("error[write-failed]: cannot write to");
    expect(exitCode).toBe(1);
    expect(calls()).toEqual([]);
  });
});
