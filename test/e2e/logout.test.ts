/** `logout`: what it revokes, what it removes, and what stays. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ssoTokenCacheKey } from "../../src/cache/key.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { LEGACY_URL, makeSignInHome, type SignInHome, START_URL, shownUrl, visit } from "../support/sign_in_home.ts";

let cloud: Cloud;
let home: SignInHome;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeSignInHome(cloud);
  cloud.signIn.oidc.isPreauthorized = true;
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

async function signIn(...args: readonly string[]): Promise<void> {
  const program = home.signIn(...args);
  if (!args.includes("--use-device-code") && !args.includes("legacy")) {
    const url = await shownUrl(program);
    await visit(url.includes("/v1/") ? cloud.signIn.login.allow(url) : cloud.signIn.oidc.decide(url, "allow"));
  }
  expect((await program.ended).exitCode).toBe(0);
}

/** The files below `~/.aws`, without the config file. */
const files = (folder = ".aws"): string[] =>
  readdirSync(join(home.path, folder), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? files(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]))
    .filter((file) => file !== ".aws/config")
    .sort();
const inFolder = (folder: string) => files().filter((file) => file.startsWith(`.aws/${folder}/`));

describe("logout of an sso-session", () => {
  test("revokes the token, and removes it and the credentials that were obtained with it", async () => {
    await signIn("-p", "dev", "--use-device-code");
    const token = String(home.token("corp")?.accessToken);
    for (const profile of ["dev", "chained"]) expect((await home.run(["export", "-p", profile])).exitCode).toBe(0);
    await signIn("-p", "legacy");
    expect((await home.run(["export", "-p", "legacy"])).exitCode).toBe(0);
    expect(inFolder("cli/cache").length).toBe(3);

    const { exitCode, stdout, stderr } = await home.run(["logout", "-p", "dev"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(stdout).toMatch(/^(?:removed \S+\.json\n){3}signed out of the sso-session "corp" \(\S+\)\n$/);
    expect(cloud.signIn.tokens.has(token)).toBe(false);
    expect(home.token("corp")).toBeUndefined();
    // The other session, its credentials and both client registrations stay.
    expect(home.token(LEGACY_URL)).toBeDefined();
    expect(inFolder("cli/cache").length).toBe(1);
    expect(home.registrations().length).toBe(2);
    const after = await home.run(["export", "-p", "chained", "--no-input"]);
    expect(after.stderr).toContain("error[sso-login-needed]");
  });

  test("by --sso-session, and again without a token", async () => {
    await signIn("-p", "dev", "--use-device-code");
    expect((await home.run(["logout", "--sso-session", "corp"])).stdout).toContain("signed out of");
    const { exitCode, stdout } = await home.run(["logout", "--sso-session", "corp"]);
    expect(stdout).toStartWith("not signed in to the sso-session");
    expect(exitCode).toBe(0);
  });

  test("refreshes an expired token first, because only a valid one ends the session", async () => {
    await signIn("-p", "dev", "--use-device-code");
    const file = inFolder("sso").find((name) => name.includes(ssoTokenCacheKey("corp"))) ?? "";
    home.write(file, JSON.stringify({ ...home.token("corp"), expiresAt: "2026-01-01T00:00:00Z" }));
    expect((await home.run(["logout", "-p", "dev"])).exitCode).toBe(0);
    const logouts = cloud.signIn.requests.filter(({ target }) => target === "/logout");
    expect(logouts.map(({ headers }) => headers["x-amz-sso_bearer_token"])).toEqual(["refreshed-token"]);
    expect(cloud.signIn.tokens.has("refreshed-token")).toBe(false);
  });

  const failures: readonly [what: string, response: "reset" | { status: number }][] = [
    ["cannot be reached", "reset"],
    ["rejects the token", { status: 401 }],
  ];
  for (const [what, response] of failures) {
    test(`removes the token if the portal ${what}`, async () => {
      await signIn("-p", "dev", "--use-device-code");
      cloud.signIn.next.push(...Array(3).fill(response));
      const { exitCode, stderr } = await home.run(["logout", "-p", "dev"]);
      expect([stderr, exitCode]).toEqual(["", 0]);
      expect(home.token("corp")).toBeUndefined();
    });
  }
});

test("logout of console credentials removes the session, and not the profile's key", async () => {
  await signIn("-p", "console");
  expect(inFolder("login").length).toBe(1);
  const { exitCode, stdout } = await home.run(["logout", "-p", "console"]);
  expect(stdout).toContain('signed out of the profile "console"');
  expect(exitCode).toBe(0);
  expect(inFolder("login")).toEqual([]);
  expect((await home.run(["export", "-p", "console"])).stderr).toContain("run: rolecall login --profile console");
});

test("logout of a profile that is not defined is an error, unlike login", async () => {
  const { exitCode, stderr } = await home.run(["logout", "-p", "consol"]);
  expect(stderr).toContain('error[profile-not-found]: the profile "consol" is not defined');
  expect(stderr).toContain('did you mean "console"');
  expect(exitCode).toBe(2);
});

for (const accessToken of ["a\nb", "a\u0000", "\u6f22"]) {
  test(`a damaged token is not sent, and removed: ${JSON.stringify(accessToken)}`, async () => {
    const token = { accessToken, startUrl: START_URL, region: "eu-west-1", expiresAt: "2099-01-01T00:00:00Z" };
    for (const args of [["-p", "dev"], ["--all"]]) {
      home.write(`.aws/sso/cache/${ssoTokenCacheKey("corp")}.json`, JSON.stringify(token));
      const used = await home.run(["export", "-p", "dev", "--no-input"]);
      expect(used.stderr).toContain("error[sso-login-needed]: there is no SSO token for corp");
      const { exitCode, stderr } = await home.run(["logout", ...args, "-v"]);
      expect(exitCode).toBe(0);
      expect(stderr).not.toContain("POST");
      expect(home.token("corp")).toBeUndefined();
    }
    expect(cloud.signIn.requests).toEqual([]);
  });
}

test("logout with a folder in the place of the token says so", async () => {
  // The folder is not empty, because unlink() of Deno also removes an empty folder.
  home.write(`.aws/sso/cache/${ssoTokenCacheKey("corp")}.json/file`, "");
  const { exitCode, stderr } = await home.run(["logout", "-p", "dev"]);
  expect(stderr).toMatch(/^warning: \S+\.json cannot be read: Is a directory\n/);
  const reasons = "Is a directory|Operation not permitted|Directory not empty";
  expect(stderr).toMatch(new RegExp(`error\\[write-failed\\]: .* cannot be removed: (?:${reasons})`));
  expect(exitCode).toBe(1);
});

describe("logout --all", () => {
  test("signs out of every session, and leaves what belongs to other tools", async () => {
    await signIn("-p", "dev", "--use-device-code");
    await signIn("-p", "legacy");
    await signIn("-p", "console");
    for (const profile of ["dev", "chained", "legacy"]) await home.run(["export", "-p", profile]);
    const others = [
      // A token of another tool, under a name of its own.
      [".aws/sso/cache/kiro-auth-token.json", '{"accessToken":"other","region":"eu-west-1"}'],
      [".aws/sso/cache/notes.txt", "accessToken"],
      [".aws/login/cache/other.json", '{"accessToken":"other"}'],
      [".aws/cli/cache/0123456789012345678901234567890123456789.json", '{"Credentials":{}}'],
    ] as const;
    for (const [file, text] of others) home.write(file, text);
    const { exitCode, stdout, stderr } = await home.run(["logout", "--all"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(stdout).toEndWith("signed out of every session\n");
    expect(files().filter((file) => !file.startsWith(".aws/sso/cache/") || !/[0-9a-f]{40}/.test(file))).toEqual(
      others.map(([file]) => file).sort(),
    );
    // What is left of the SSO cache are the client registrations.
    expect([home.token("corp"), home.token(LEGACY_URL), home.registrations().length]).toEqual([
      undefined,
      undefined,
      2,
    ]);
    const logouts = cloud.signIn.requests.filter(({ target }) => target === "/logout");
    expect(logouts.map(({ headers }) => headers["x-amz-sso_bearer_token"]).sort()).not.toContain("other");
    expect(logouts.length).toBe(2);
  });

  test("removes what it can if a folder cannot be read", async () => {
    await signIn("-p", "dev", "--use-device-code");
    mkdirSync(join(home.path, ".aws/login"));
    symlinkSync("cache", join(home.path, ".aws/login/cache"));
    const { exitCode, stderr } = await home.run(["logout", "--all"]);
    expect(stderr).toContain("error[file-unreadable]");
    expect(stderr).toContain(".aws/login/cache cannot be read: Too many levels of symbolic links");
    expect(exitCode).toBe(2);
    expect(home.token("corp")).toBeUndefined();
  });

  test("needs no files", async () => {
    home.remove();
    home = makeSignInHome(cloud, "");
    const { exitCode, stdout } = await home.run(["logout", "--all"]);
    expect([stdout, exitCode]).toEqual(["not signed in\n", 0]);
  });

  test("excludes the choice of a session", async () => {
    const { exitCode, stderr } = await home.run(["logout", "--all", "-p", "dev"]);
    expect(stderr).toContain("error[option-conflict]");
    expect(exitCode).toBe(2);
  });
});
