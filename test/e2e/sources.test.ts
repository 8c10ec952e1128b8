/** Web identity, credential_process, IAM Identity Center and login sessions: each alone and as the source of a role. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { inMinutes } from "../support/aws_files.ts";
import { makeHome, SUBJECT_COMMAND, type TestHome } from "../support/subject.ts";
import { waitUntil } from "../support/wait_until.ts";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

function homeWith(config: string): TestHome {
  home = makeHome({
    config,
    env: {
      AWS_ENDPOINT_URL_STS: cloud.sts.url,
      AWS_ENDPOINT_URL_SSO: cloud.signIn.url,
      AWS_ENDPOINT_URL_SSO_OIDC: cloud.signIn.url,
      AWS_ENDPOINT_URL_SIGNIN: cloud.signIn.url,
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  return home;
}

/** Runs `export`. `arn` is the principal that the printed credentials belong to. */
async function exported(args: readonly string[] = [], env: Record<string, string> = {}) {
  const outcome = await home.run(["export", ...args], { env });
  const credentials = outcome.stdout === "" ? undefined : JSON.parse(outcome.stdout);
  return { ...outcome, credentials, arn: cloud.iam.principal(credentials?.AccessKeyId)?.arn };
}

const TOP_ROLE = `[profile top]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = a\n`;
const stsActions = () => cloud.sts.calls.map((call) => call.action);

describe("web identity", () => {
  const TOKEN = "header.web-identity.signature";

  test("is configured by variables (IRSA)", async () => {
    const file = homeWith("").write("token", TOKEN);
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: roleArn("pod"), AWS_ROLE_SESSION_NAME: "my-pod" };
    const { arn, stderr } = await exported([], env);
    expect([stderr, arn]).toEqual(["", "arn:aws:sts::123456789012:assumed-role/pod/my-pod"]);
    expect(cloud.sts.calls[0]?.parameters.WebIdentityToken).toBe(TOKEN);
    expect(cloud.sts.calls[0]?.caller).toBeUndefined();
  });

  test("is configured by a profile, and can be the source of a role", async () => {
    homeWith("");
    const file = home.write("token", TOKEN);
    home.write(
      ".aws/config",
      `[profile a]\nrole_arn = ${roleArn("pod")}\nweb_identity_token_file = ${file}\n${TOP_ROLE}`,
    );
    expect((await exported(["-p", "a"])).arn).toContain("assumed-role/pod/rolecall-session-");
    expect((await exported(["-p", "top"])).arn).toContain("assumed-role/marketingadminrole/");
    // The second run found the first one's session in the cache.
    expect(stsActions()).toEqual(["AssumeRoleWithWebIdentity", "AssumeRole"]);
  });

  const errors: readonly [what: string, token: string | undefined, code: string][] = [
    ["a token file that does not exist", undefined, "web-identity-token-unreadable"],
    ["an empty token file", "", "web-identity-token-unreadable"],
    ["a token that STS rejects", "header.forged.signature", "sts-rejected"],
  ];
  for (const [what, token, code] of errors) {
    test(`error: ${what}`, async () => {
      homeWith("");
      const file = token === undefined ? "/no/such/token" : home.write("token", token);
      const { exitCode, stderr } = await exported([], {
        AWS_WEB_IDENTITY_TOKEN_FILE: file,
        AWS_ROLE_ARN: roleArn("pod"),
      });
      expect(stderr).toContain(`error[${code}]`);
      expect(stderr).not.toContain("forged");
      expect(exitCode).toBe(1);
    });
  }

  test("IDPCommunicationError is retried", async () => {
    const { errorResponse } = await import("../cloud/sts.ts");
    cloud.sts.react(errorResponse(400, "IDPCommunicationError", "cannot reach the provider"));
    const file = homeWith("").write("token", TOKEN);
    const { exitCode } = await exported([], { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: roleArn("pod") });
    expect([exitCode, cloud.sts.calls.length]).toEqual([0, 2]);
  });
});

describe("credential_process", () => {
  /** A profile whose process is a shell script. */
  function withProcess(script: string): void {
    homeWith("");
    const file = home.write("process", `#!/bin/sh\n${script}\n`, 0o755);
    home.write(".aws/config", `[profile a]\ncredential_process = ${file} "one word" two\n${TOP_ROLE}`);
  }
  const output = (extra: object = {}) =>
    JSON.stringify({
      Version: 1,
      AccessKeyId: cloud.user1.accessKeyId,
      SecretAccessKey: cloud.user1.secretAccessKey,
      ...extra,
    });

  test("its arguments are split as by a shell, but no shell runs it", async () => {
    withProcess(`test "$1" = "one word" && test "$2" = two && test $# = 2 && echo '${output()}'`);
    expect((await exported(["-p", "a"])).arn).toContain("user/user1");
  });

  const illTyped: readonly [what: string, members: object, mentions: string][] = [
    ["an empty expiration", { Expiration: "" }, "an Expiration that is not a timestamp"],
    ["an expiration in seconds", { Expiration: 4_000_000_000 }, "an Expiration that is not a timestamp"],
    ["an expiration that is an object", { Expiration: {} }, "an Expiration that is not a timestamp"],
    ["a session token that is a number", { SessionToken: 12345 }, "a SessionToken that is not a string"],
    ["an empty secret access key", { SecretAccessKey: "" }, "a SecretAccessKey that is empty"],
  ];
  for (const [what, members, mentions] of illTyped) {
    test(`${what} is an error, as in the AWS CLI`, async () => {
      withProcess(`echo '${output(members)}'`);
      const { exitCode, stdout, stderr } = await exported(["-p", "a"]);
      expect([exitCode, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(`error[process-failed]: the credential_process of "a" printed ${mentions}`);
    });
  }

  test("as the source of a role", async () => {
    withProcess(`echo '${output()}'`);
    expect((await exported(["-p", "top"])).arn).toContain("assumed-role/marketingadminrole/");
  });

  test("is not run again while the role is cached", async () => {
    withProcess(`echo run >> "$HOME/runs"; echo '${output()}'`);
    await exported(["-p", "top"]);
    await exported(["-p", "top"]);
    expect(readFileSync(join(home.path, "runs"), "utf8")).toBe("run\n");
  });

  const errors: readonly [what: string, script: () => string, code: string, message: RegExp][] = [
    [
      "an exit code, with its standard error",
      () => "echo out/secret; echo sorry >&2; exit 3",
      "process-failed",
      /exit code 3[\s\S]*it printed: sorry/,
    ],
    [
      "an exit code, with redacted secrets in its standard error",
      () => `echo '{"SecretAccessKey": "out/secret"}' >&2; exit 3`,
      "process-failed",
      /it printed: \{"SecretAccessKey": "\*+"\}/,
    ],
    ["no JSON", () => "echo out/secret", "process-failed", /did not print a JSON object/],
    ["endless output", () => "yes", "process-failed", /printed more than 1 MiB/],
    ["no Version", () => `echo '${output({ Version: undefined })}'`, "process-failed", /"Version": 1/],
    ["Version as text", () => `echo '${output({ Version: "1" })}'`, "process-failed", /"Version": 1/],
    [
      "no secret",
      () => `echo '${output({ SecretAccessKey: undefined })}'`,
      "process-failed",
      /did not print SecretAccessKey/,
    ],
    [
      "expired credentials",
      () => `echo '${output({ Expiration: "2020-01-01T00:00:00Z" })}'`,
      "credentials-expired",
      /2020-01-01/,
    ],
    [
      "an expiration without a time zone, as in the AWS CLI",
      () => `echo '${output({ Expiration: "2099-01-01T00:00:00" })}'`,
      "process-failed",
      /an Expiration that is not a timestamp/,
    ],
  ];
  for (const [what, script, code, message] of errors) {
    test(`error: ${what}`, async () => {
      withProcess(script());
      const { exitCode, stderr, stdout } = await exported(["-p", "a"]);
      expect(stderr).toContain(`error[${code}]`);
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain("out/secret");
      expect([exitCode, stdout]).toEqual([1, ""]);
    });
  }

  test("the error for a program that does not exist shows its path", async () => {
    homeWith("[profile a]\ncredential_process = /no/such/program\n");
    const { stderr } = await exported(["-p", "a"]);
    expect(stderr).toContain("cannot be run: /no/such/program: No such file or directory");
  });

  test("a process that runs itself again is an error", async () => {
    homeWith(`[profile a]\ncredential_process = ${SUBJECT_COMMAND} export --profile a\n`);
    const { exitCode, stderr } = await exported(["-p", "a"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error[process-loop]");
  });
});

describe("IAM Identity Center", () => {
  const SESSION = `[profile a]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = ReadOnly\n[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n${TOP_ROLE}`;
  const LEGACY = `[profile a]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = ReadOnly\n${TOP_ROLE}`;
  const fileOf = (name: string) => `.aws/sso/cache/${createHash("sha1").update(name).digest("hex")}.json`;

  function withToken(config: string, token: object): string {
    homeWith(config);
    return home.write(fileOf(config === SESSION ? "corp" : "https://x.awsapps.com/start"), JSON.stringify(token));
  }
  const validToken = () => ({ accessToken: "good-token", expiresAt: inMinutes(60) });
  const refreshableToken = (minutes: number) => ({
    accessToken: "old-token",
    expiresAt: inMinutes(minutes),
    clientId: "client",
    clientSecret: "client-secret",
    registrationExpiresAt: inMinutes(600),
    refreshToken: "good-refresh-token",
    region: "eu-west-1",
  });

  for (const [what, config] of [
    ["a session", SESSION],
    ["a legacy profile", LEGACY],
  ] as const) {
    test(`the token of ${what} gives role credentials, which are cached`, async () => {
      withToken(config, validToken());
      const { arn, stderr, credentials } = await exported(["-p", "a"]);
      expect([stderr, arn]).toEqual(["", "arn:aws:sts::123456789012:assumed-role/sso-role/person"]);
      expect((await exported(["-p", "a"])).credentials).toEqual(credentials);
      expect(cloud.signIn.requests.map((request) => request.target)).toEqual([
        "/federation/credentials?account_id=123456789012&role_name=ReadOnly",
      ]);
    });
  }

  test("as the source of a role", async () => {
    withToken(SESSION, validToken());
    expect((await exported(["-p", "top"])).arn).toContain("assumed-role/marketingadminrole/");
  });

  test("a token that expires soon is refreshed and written back, with all other members kept", async () => {
    const file = withToken(SESSION, refreshableToken(5));
    expect((await exported(["-p", "a"])).arn).toContain("sso-role");
    const written = JSON.parse(readFileSync(file, "utf8"));
    expect(written).toMatchObject({
      accessToken: "refreshed-token",
      refreshToken: "good-refresh-token",
      region: "eu-west-1",
    });
    expect(Date.parse(written.expiresAt)).toBeGreaterThan(Date.now() + 7 * 3_600_000);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("20 processes for 20 roles refresh a token once", async () => {
    const roles = Array.from({ length: 20 }, (_, number) => `Role${number}`);
    const profile = (role: string) =>
      `[profile ${role}]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = ${role}\n`;
    withToken(SESSION, refreshableToken(-1));
    home.write(".aws/config", `${SESSION}${roles.map(profile).join("")}`);
    const outcomes = await Promise.all(roles.map((role) => home.run(["export", "-q", "-p", role])));
    expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(Array(20).fill([0, ""]));
    expect(cloud.signIn.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect(readdirSync(join(home.path, ".aws/sso/cache"))).toHaveLength(1);
  }, 60_000);

  const badTokens: readonly [what: string, members: object][] = [
    ["an empty access token", { accessToken: "" }],
    ["an empty refresh token", { refreshToken: "" }],
    ["a lifetime beyond all years", { expiresIn: 1e300 }],
  ];
  for (const [what, members] of badTokens) {
    test(`a refresh that returns ${what} is an error, and the token file stays`, async () => {
      const file = withToken(SESSION, refreshableToken(-1));
      const before = readFileSync(file, "utf8");
      const body = { accessToken: "new", expiresIn: 3600, refreshToken: "next", ...members };
      cloud.signIn.next.push({ status: 200, body: JSON.stringify(body) });
      const { exitCode, stderr } = await exported(["-p", "a"]);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("error[sso-login-needed]")]);
      expect(stderr).toContain(Object.keys(members).join());
      expect(readFileSync(file, "utf8")).toBe(before);
    });
  }

  const badCredentials: readonly [what: string, members: object][] = [
    ["an empty access key id", { accessKeyId: "" }],
    ["an empty secret access key", { secretAccessKey: "" }],
    ["an empty session token", { sessionToken: "" }],
    ["an expiration beyond all years", { expiration: 1e300 }],
  ];
  for (const [what, members] of badCredentials) {
    test(`role credentials with ${what} are an error, and are not cached`, async () => {
      withToken(SESSION, validToken());
      const complete = { accessKeyId: "ASIAX", secretAccessKey: "s", sessionToken: "t", expiration: 4e12 };
      cloud.signIn.next.push({ status: 200, body: JSON.stringify({ roleCredentials: { ...complete, ...members } }) });
      const { exitCode, stderr, stdout } = await exported(["-p", "a"]);
      expect([exitCode, stdout, stderr]).toEqual([1, "", expect.stringContaining("error[sso-failed]")]);
      expect(readdirSync(join(home.path, ".aws/cli/cache"))).toEqual([]);
    });
  }

  test("a token file that cannot be read is not a missing one", async () => {
    homeWith(SESSION);
    // A folder in place of the file: not even root can read it as a file.
    mkdirSync(join(home.path, fileOf("corp")), { recursive: true });
    const { exitCode, stderr } = await exported(["-p", "a"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      `error[file-unreadable]: ${join(home.path, fileOf("corp"))} cannot be read: Is a directory`,
    );
    expect(stderr).toContain("the file contains the SSO token");
    expect(stderr).not.toContain("rolecall login");
  });

  test("a failed refresh is a warning if the token has not expired", async () => {
    cloud.signIn.tokens.add("old-token");
    cloud.signIn.refreshTokens.clear();
    withToken(SESSION, refreshableToken(5));
    const { exitCode, stderr } = await exported(["-p", "a"]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^warning: could not refresh the SSO token: HTTP 400 invalid_grant; using the current one until 20\S+Z\n$/,
    );
  });

  const errors: readonly [what: string, config: string, token: () => object, code: string, help: string][] = [
    [
      "an expired token",
      SESSION,
      () => ({ ...validToken(), expiresAt: inMinutes(-1) }),
      "sso-login-needed",
      "run: rolecall login --sso-session corp",
    ],
    [
      "an expired legacy token",
      LEGACY,
      () => ({ ...validToken(), expiresAt: inMinutes(-1) }),
      "sso-login-needed",
      "run: rolecall login --profile a",
    ],
    [
      "an expired token whose refresh fails",
      SESSION,
      () => ({ ...refreshableToken(-1), refreshToken: "spent" }),
      "sso-login-needed",
      "has expired and could not be refreshed: HTTP 400 invalid_grant",
    ],
    [
      "a token that the portal rejects",
      SESSION,
      () => ({ ...validToken(), accessToken: "revoked" }),
      "sso-login-needed",
      "rolecall login",
    ],
    [
      "a token file without a token",
      SESSION,
      () => ({ expiresAt: inMinutes(60) }),
      "sso-login-needed",
      "rolecall login",
    ],
    [
      "a role that is not assigned to the user",
      SESSION.replace("ReadOnly", "Forbidden"),
      validToken,
      "sso-failed",
      'IAM Identity Center denied the role "Forbidden" in the account 123456789012: HTTP 403: No access',
    ],
    [
      "a token of another region",
      SESSION,
      () => ({ ...validToken(), accessToken: "revoked", region: "ap-south-1" }),
      "sso-login-needed",
      "set sso_region to ap-south-1, the region of the token, in place of eu-west-1",
    ],
  ];
  for (const [what, config, token, code, help] of errors) {
    test(`error: ${what}`, async () => {
      homeWith(config);
      home.write(fileOf(config === LEGACY ? "https://x.awsapps.com/start" : "corp"), JSON.stringify(token()));
      const { exitCode, stderr } = await exported(["-p", "a"]);
      expect(stderr).toContain(`error[${code}]`);
      expect(stderr).toContain(help);
      expect(exitCode).toBe(1);
    });
  }

  test("the error for a missing token names the command to run", async () => {
    homeWith(SESSION);
    expect((await exported(["-p", "a"])).stderr).toContain("run: rolecall login --sso-session corp");
  });

  test("a temporary failure of the portal is retried", async () => {
    cloud.signIn.next.push({ status: 503 });
    withToken(SESSION, validToken());
    expect((await exported(["-p", "a"])).exitCode).toBe(0);
  });
});

describe("a login session", () => {
  const ARN = "arn:aws:sts::123456789012:assumed-role/Admin/me";
  const CONFIG = `[profile a]\nlogin_session = ${ARN}\nregion = eu-west-1\n${TOP_ROLE}`;
  const FILE = `${createHash("sha256").update(ARN).digest("hex")}.json`;
  const dpopKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" });

  function withSession(minutes: number, changes: object = {}): string {
    homeWith(CONFIG);
    const { accessKeyId, secretAccessKey } = cloud.user1;
    const session = {
      accessToken: {
        accessKeyId,
        secretAccessKey,
        sessionToken: "x",
        accountId: "123456789012",
        expiresAt: new Date(Date.now() + minutes * 60_000).toISOString(),
      },
      clientId: "arn:aws:signin:::devtools/same-device",
      refreshToken: "good-refresh-token",
      idToken: "kept",
      dpopKey,
      ...changes,
    };
    return home.write(`.aws/login/cache/${FILE}`, JSON.stringify(session));
  }

  test("is used until it expires", async () => {
    withSession(30);
    const { credentials } = await exported(["-p", "a"]);
    expect(credentials.AccessKeyId).toBe(cloud.user1.accessKeyId);
    expect(cloud.signIn.requests).toEqual([]);
  });

  test("that expires soon is refreshed with a DPoP proof and written back", async () => {
    const file = withSession(2);
    const { arn, stderr } = await exported(["-p", "a"]);
    expect(stderr).toBe("");
    expect(arn).toContain("assumed-role/login-role/");
    const written = JSON.parse(readFileSync(file, "utf8"));
    expect(written).toMatchObject({
      refreshToken: "next-refresh-token",
      idToken: "kept",
      accessToken: { accountId: "123456789012" },
    });
  });

  test("as the source of a role", async () => {
    withSession(-1);
    expect((await exported(["-p", "top"])).arn).toContain("assumed-role/marketingadminrole/");
  });

  test("is refreshed once by 20 processes", async () => {
    withSession(-1);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => home.run(["export", "-q", "-p", "a"])));
    expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(Array(20).fill([0, ""]));
    expect(new Set(outcomes.map(({ stdout }) => stdout)).size).toBe(1);
    expect(cloud.signIn.requests).toHaveLength(1);
    expect(readdirSync(join(home.path, ".aws/login/cache"))).toEqual([FILE]);
  }, 60_000);

  test("that the AWS CLI has refreshed in the meantime is used", async () => {
    const file = withSession(-1);
    const text = readFileSync(file, "utf8");
    cloud.signIn.next.push("hang");
    const waiting = home.start(["export", "-p", "a"]);
    await waitUntil(() => cloud.signIn.requests.length > 0);
    // The AWS CLI writes without a lock. Then the connection ends, and the refresh token is spent.
    const session = JSON.parse(text);
    const accessToken = { ...session.accessToken, accessKeyId: "ASIAFROMTHEAWSCLI", expiresAt: inMinutes(15) };
    writeFileSync(file, JSON.stringify({ ...session, accessToken, refreshToken: "next-refresh-token" }));
    cloud.signIn.refreshTokens.clear();
    cloud.signIn.server.closeAllConnections();
    const { exitCode, stdout } = await waiting.ended;
    expect([exitCode, JSON.parse(stdout).AccessKeyId]).toEqual([0, "ASIAFROMTHEAWSCLI"]);
  });

  const incomplete: readonly [what: string, members: object][] = [
    ["empty keys", { accessToken: { accessKeyId: "", secretAccessKey: "", sessionToken: "" } }],
    ["an empty refresh token", { refreshToken: "" }],
    ["a lifetime beyond all years", { expiresIn: 1e300 }],
  ];
  for (const [what, members] of incomplete) {
    test(`is not replaced by a response with ${what}`, async () => {
      const file = withSession(-1);
      const before = readFileSync(file, "utf8");
      const accessToken = { accessKeyId: "ASIAX", secretAccessKey: "s", sessionToken: "t" };
      const body = { accessToken, expiresIn: 900, refreshToken: "next", ...members };
      cloud.signIn.next.push({ status: 200, body: JSON.stringify(body) });
      const { exitCode, stderr } = await exported(["-p", "a"]);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("error[login-failed]")]);
      expect(readFileSync(file, "utf8")).toBe(before);
    });
  }

  test("is used until it expires if its refresh fails", async () => {
    cloud.signIn.next.push(...Array(3).fill({ status: 500 }));
    withSession(2);
    const { exitCode, stderr, credentials } = await exported(["-p", "a"]);
    expect([exitCode, credentials.AccessKeyId]).toEqual([0, cloud.user1.accessKeyId]);
    expect(stderr).toContain("warning: could not refresh the login session: HTTP 500; using the current one until 20");
  });

  const errors: readonly [what: string, minutes: number, changes: object, code: string][] = [
    ["an expired refresh token", -1, { refreshToken: "spent" }, "login-needed"],
    ["an invalid key", -1, { dpopKey: "nonsense" }, "login-needed"],
    ["no access token", 30, { accessToken: undefined }, "login-needed"],
    ["no refresh token", -1, { refreshToken: undefined }, "login-needed"],
    ["no client id", -1, { clientId: undefined }, "login-needed"],
    ["no key", -1, { dpopKey: undefined }, "login-needed"],
  ];
  for (const [what, minutes, changes, code] of errors) {
    test(`error: ${what}`, async () => {
      withSession(minutes, changes);
      const { exitCode, stderr } = await exported(["-p", "a"]);
      expect(stderr).toContain(`error[${code}]`);
      expect(stderr).toContain("run: rolecall login --profile a");
      expect(exitCode).toBe(1);
    });
  }

  test("is read from the folder in AWS_LOGIN_CACHE_DIRECTORY", async () => {
    homeWith(CONFIG);
    const { stderr } = await exported(["-p", "a"], { AWS_LOGIN_CACHE_DIRECTORY: "~/elsewhere" });
    expect(stderr).toContain("there is no login session");
    withSession(30);
    home.write(`elsewhere/${FILE}`, readFileSync(join(home.path, `.aws/login/cache/${FILE}`), "utf8"));
    expect((await exported(["-p", "a"], { AWS_LOGIN_CACHE_DIRECTORY: "$HOME/elsewhere" })).exitCode).toBe(0);
  });
});
