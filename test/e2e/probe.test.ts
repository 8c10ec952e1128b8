/** The findings of `probe`. The report of each situation is in the golden file of the same name. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { type ImdsBehavior, imdsVariables } from "../cloud/imds.ts";
import type { Reaction } from "../cloud/server.ts";
import { golden } from "../support/golden.ts";
import { HAS_NETWORK_NAMESPACES, HAS_PTY, NETWORK_ENVIRONMENT } from "../support/machine.ts";
import { makeHome, type Outcome, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";
import { runAtTerminal, screenOf } from "../support/terminal.ts";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  // 30 seconds more, so that the reports do not change while the test runs.
  cloud.imds.behavior.expiresIn = 6 * 3600 + 30;
  cloud.container.behavior.expiresIn = 3600 + 30;
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

type Env = Readonly<Record<string, string>>;

interface Situation {
  readonly config?: string;
  readonly credentials?: string;
  readonly env?: () => Env;
  /** Files to write, by their path relative to the home folder. */
  readonly files?: () => Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

const NO_EC2 = { AWS_EC2_METADATA_DISABLED: "true" };
const ec2Endpoint = () => imdsVariables(cloud.imds);
const containerVariables = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.container.url}/v2/credentials/x` });
const FULL_BACKLOG_LISTENER = fileURLToPath(new URL("../support/full_backlog_listener.py", import.meta.url));
const CLOSED_PORT = "http://127.0.0.1:9";

async function runProbe({ config, credentials, env = () => ({}), files, args = [] }: Situation): Promise<Outcome> {
  home = makeHome({ config, credentials });
  for (const [name, text] of Object.entries(files?.() ?? {})) home.write(name, text);
  return await home.run(["probe", ...args], { env: { ...NO_EC2, ...env() } });
}

/** The report without values that differ from run to run. */
function normalize(text: string): string {
  return text
    .replaceAll(home.path, "/home/me")
    .replace(/(\d+ min) \d+ s\b/g, "$1")
    .replaceAll(`127.0.0.1:${cloud.imds.port}`, "imds.test")
    .replaceAll(`127.0.0.1:${cloud.container.port}`, "ecs.test")
    .replaceAll(`127.0.0.1:${cloud.sts.port}`, "sts.test");
}

async function expectGolden(name: string, exitCode: number, outcome: Outcome): Promise<void> {
  const shown = normalize(outcome.stdout.replace(/…\w{4}\b/g, (end) => (end === "…MPLE" ? end : "…XXXX")));
  expect(outcome.stderr).toBe("");
  expect(shown).toBe(golden(`probe/${name}.txt`, shown));
  expect(outcome.exitCode).toBe(exitCode);
}

/** A time so many seconds from now, 30 seconds further away, as above. */
const inSeconds = (seconds: number) => new Date(Date.now() + (seconds + (seconds > 0 ? 30 : -30)) * 1000);

const KEYS = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
const ROLE = "role_arn = arn:aws:iam::123456789012:role/deploy\n";
const SSO =
  "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = ReadOnly\n" +
  "[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n";
/** The token file of the sso-session. */
const SSO_TOKEN = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

function refreshableToken(seconds: number, registrationExpiresAt: string): string {
  const refresh = { refreshToken: "r", clientId: "c", clientSecret: "s", registrationExpiresAt };
  return JSON.stringify({ accessToken: "t", expiresAt: inSeconds(seconds).toISOString(), ...refresh });
}

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part(claims)}.c2lnbmF0dXJl`;
}

const tokenVariables = (file = "token") => ({
  AWS_WEB_IDENTITY_TOKEN_FILE: `${home.path}/${file}`,
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/pod",
});
const expiresAt = (seconds: number) => Math.floor(inSeconds(seconds).getTime() / 1000);
const KEY_PAIR = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG" };

describe("the sources that need no request", () => {
  const rows: readonly [name: string, exitCode: number, situation: Situation][] = [
    ["nothing", 1, {}],
    ["environment-keys", 0, { env: () => KEY_PAIR }],
    [
      "environment-temporary-keys",
      0,
      {
        env: () => ({
          ...KEY_PAIR,
          AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
          AWS_SESSION_TOKEN: "token",
          AWS_CREDENTIAL_EXPIRATION: inSeconds(3600).toISOString(),
        }),
      },
    ],
    ["environment-no-secret-key", 1, { env: () => ({ AWS_ACCESS_KEY_ID: "AKIAEXAMPLE" }) }],
    ["environment-empty", 1, { env: () => ({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" }) }],
    [
      "environment-expired",
      1,
      { env: () => ({ ...KEY_PAIR, AWS_SESSION_TOKEN: "t", AWS_CREDENTIAL_EXPIRATION: "2026-01-02T03:04:05Z" }) },
    ],
    ["environment-missing-token", 1, { env: () => ({ ...KEY_PAIR, AWS_ACCESS_KEY_ID: "ASIAEXAMPLE" }) }],
    ["environment-unexpected-token", 1, { env: () => ({ ...KEY_PAIR, AWS_SESSION_TOKEN: "t" }) }],
    ["files-keys", 0, { credentials: `[default]\n${KEYS}` }],
    [
      "files-role",
      0,
      {
        config: `[profile a]\n${ROLE}source_profile = user1\n`,
        credentials: `[user1]\n${KEYS}`,
        env: () => ({ AWS_PROFILE: "a" }),
      },
    ],
    ["files-broken", 0, { config: "[default]\nregion eu-west-1\n", env: () => KEY_PAIR }],
    ["files-profile-not-found", 1, { credentials: `[deploy]\n${KEYS}`, env: () => ({ AWS_PROFILE: "depoy" }) }],
    ["files-role-without-source", 1, { config: `[default]\n${ROLE}` }],
    ["files-role-with-empty-source", 1, { config: `[default]\n${ROLE}credential_source = Environment\n` }],
    ["files-sso-without-token", 1, { config: SSO, env: () => ({ AWS_PROFILE: "sso" }) }],
    [
      "files-sso-expired",
      1,
      {
        config: SSO,
        env: () => ({ AWS_PROFILE: "sso" }),
        files: () => ({ [SSO_TOKEN]: JSON.stringify({ accessToken: "t", expiresAt: "2026-01-02T03:04:05Z" }) }),
      },
    ],
    [
      "files-sso",
      0,
      {
        config: SSO,
        env: () => ({ AWS_PROFILE: "sso" }),
        files: () => ({
          [SSO_TOKEN]: JSON.stringify({ accessToken: "t", expiresAt: inSeconds(7200).toISOString() }),
        }),
      },
    ],
    [
      "files-sso-refreshable",
      0,
      {
        config: SSO,
        env: () => ({ AWS_PROFILE: "sso" }),
        files: () => ({ [SSO_TOKEN]: refreshableToken(7200, "2099-01-01T00:00:00Z") }),
      },
    ],
    [
      "files-sso-registration-expired",
      1,
      {
        config: SSO,
        env: () => ({ AWS_PROFILE: "sso" }),
        files: () => ({ [SSO_TOKEN]: refreshableToken(-60, "2026-01-01T00:00:00Z") }),
      },
    ],
    ["files-login-without-session", 1, { config: "[default]\nlogin_session = arn:aws:iam::123456789012:user/me\n" }],
    ["files-process", 0, { config: "[default]\ncredential_process = sh -c 'touch ran; exit 1'\n" }],
    ["files-process-not-found", 1, { config: "[default]\ncredential_process = no-such-program --json\n" }],
    ["web-identity", 0, { files: () => ({ token: jwt({ exp: expiresAt(3600) }) }), env: tokenVariables }],
    ["web-identity-expired", 1, { files: () => ({ token: jwt({ exp: expiresAt(-180) }) }), env: tokenVariables }],
    ["web-identity-without-expiry", 0, { files: () => ({ token: jwt({}) }), env: tokenVariables }],
    ["web-identity-missing", 1, { env: tokenVariables }],
    ["web-identity-empty", 1, { files: () => ({ token: "\n" }), env: tokenVariables }],
    ["web-identity-not-a-jwt", 1, { files: () => ({ token: "c2VjcmV0.bm90IGEgdG9rZW4=.x" }), env: tokenVariables }],
    ["web-identity-unreadable", 1, { files: () => ({ "token/x": "" }), env: tokenVariables }],
    [
      "web-identity-without-role",
      1,
      {
        files: () => ({ token: jwt({}) }),
        env: () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: `${home.path}/token` }),
      },
    ],
  ];
  for (const [name, exitCode, situation] of rows) {
    test(name, async () => await expectGolden(name, exitCode, await runProbe(situation)));
  }

  test("a credential_process is not run, and no token or key is shown", async () => {
    const { stdout } = await runProbe({
      config: "[default]\ncredential_process = sh -c 'touch ran'\n",
      files: () => ({ token: jwt({ exp: expiresAt(3600), secret: "x" }) }),
      env: () => ({ ...KEY_PAIR, ...tokenVariables() }),
    });
    expect(await Bun.file(`${home.path}/ran`).exists()).toBe(false);
    for (const secret of [KEY_PAIR.AWS_SECRET_ACCESS_KEY, KEY_PAIR.AWS_ACCESS_KEY_ID, jwt({}).split(".")[0] ?? ""]) {
      expect(stdout).not.toContain(secret);
    }
  });
});

describe("the container", () => {
  const portal = { headers: { "content-type": "text/html" }, body: "<html>please log in</html>" };
  const rows: readonly [name: string, exitCode: number, situation: Situation, reaction?: Reaction][] = [
    ["container", 0, { env: containerVariables }],
    ["container-connection-refused", 1, { env: () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${CLOSED_PORT}/x` }) }],
    ["container-forbidden-host", 1, { env: () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://metadata.test/x" }) }],
    [
      "container-token-file-missing",
      1,
      { env: () => ({ ...containerVariables(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home.path}/no-token` }) },
    ],
    [
      "container-token-with-newline",
      1,
      {
        files: () => ({ token: "Basic abc\n" }),
        env: () => ({ ...containerVariables(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home.path}/token` }),
      },
    ],
    [
      "container-reported-error",
      1,
      { env: containerVariables },
      { status: 403, body: '{"code":"NoRole","message":"no role for this task"}' },
    ],
    ["container-portal", 1, { env: containerVariables }, portal],
    ["container-no-response", 1, { env: containerVariables }, "hang"],
  ];
  for (const [name, exitCode, situation, reaction] of rows) {
    test(name, async () => {
      if (reaction !== undefined) cloud.container.behavior.next = [reaction];
      await expectGolden(name, exitCode, await runProbe(situation));
      expect(cloud.container.requests.length).toBeLessThanOrEqual(1);
    });
  }

  test("container-expired", async () => {
    cloud.container.behavior.expiresIn = -60;
    const { stdout, exitCode } = await runProbe({ env: containerVariables });
    expect(stdout).toMatch(/^container {5}refused .*container's credentials expired at 20/m);
    expect(exitCode).toBe(1);
  });
});

/** For a request that gets no response. The others may take as long. */
const TIMEOUT = { AWS_METADATA_SERVICE_TIMEOUT: "3" };
const ec2Variables = () => ({ AWS_EC2_METADATA_DISABLED: "", ...ec2Endpoint() });

describe("EC2", () => {
  const rows: readonly [name: string, exitCode: number, behavior: Partial<ImdsBehavior>, env?: () => Env][] = [
    ["ec2", 0, {}],
    ["ec2-v1-allowed", 0, { requireToken: false }],
    ["ec2-connection-refused", 1, {}, () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: CLOSED_PORT })],
    ["ec2-unknown-host", 1, {}, () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://imds.invalid" })],
    ["ec2-disabled", 1, {}, () => ({ AWS_EC2_METADATA_DISABLED: "true" })],
    ["ec2-turned-off", 1, { always: { status: 403 } }],
    ["ec2-hop-limit", 1, { token: "hang" }, () => TIMEOUT],
    ["ec2-hop-limit-v1-allowed", 0, { token: "hang", requireToken: false }, () => TIMEOUT],
    [
      "ec2-hop-limit-v1-forbidden",
      1,
      { token: "hang", requireToken: false },
      () => ({ ...TIMEOUT, AWS_EC2_METADATA_V1_DISABLED: "true" }),
    ],
    ["ec2-v1-only", 0, { token: { status: 404 }, requireToken: false }],
    ["ec2-no-role", 1, { role: undefined }],
    [
      "ec2-reported-error",
      1,
      { credentials: { body: '{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role x"}' } },
    ],
    ["ec2-no-response", 1, { always: "hang" }, () => ({ AWS_METADATA_SERVICE_TIMEOUT: "1" })],
    ["ec2-closes-the-connection", 1, { always: "reset" }],
    ["ec2-http-503", 1, { always: { status: 503, body: "busy" } }],
    [
      "ec2-portal",
      1,
      { always: { headers: { "content-type": "text/html" }, body: "<!DOCTYPE html><title>Log in</title>" } },
    ],
    ["ec2-portal-redirect", 1, { always: { status: 302, headers: { location: "http://portal.test/login" } } }],
    ["ec2-proxy-responds", 1, { always: { status: 503, headers: { via: "1.1 squid" }, body: "no route" } }],
    ["ec2-proxy-set", 0, {}, () => ({ HTTP_PROXY: "http://user:password@127.0.0.1:9" })],
    ["ec2-proxy-set-and-exempt", 0, {}, () => ({ HTTP_PROXY: CLOSED_PORT, NO_PROXY: "127.0.0.1" })],
    ["ec2-expired", 0, { expiresIn: -600 }],
    ["ec2-invalid-endpoint", 1, {}, () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: "imds" })],
    ["ec2-hostile", 1, { credentials: { body: '{"Code":"\\u001b[2J","Message":"\\u001b]0;x\\u0007"}' } }],
  ];
  for (const [name, exitCode, behavior, env] of rows) {
    test(name, async () => {
      Object.assign(cloud.imds.behavior, behavior);
      await expectGolden(name, exitCode, await runProbe({ env: () => ({ ...ec2Variables(), ...env?.() }) }));
    });
  }

  test.skipIf(!HAS_PTY)("ec2-no-connection (needs python3)", async () => {
    const listener = Bun.spawn(["python3", FULL_BACKLOG_LISTENER], { stdio: ["pipe", "pipe", "inherit"] });
    const { value } = await listener.stdout.getReader().read();
    const host = `127.0.0.1:${new TextDecoder().decode(value).trim()}`;
    const env = () => ({ AWS_EC2_METADATA_DISABLED: "", AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${host}` });
    const outcome = await runProbe({ env });
    await expectGolden("ec2-no-connection", 1, { ...outcome, stdout: outcome.stdout.replaceAll(host, "imds.test") });
    listener.stdin.end();
    await listener.exited;
  });

  test("files-role-of-the-instance", async () => {
    const config = `[default]\n${ROLE}credential_source = Ec2InstanceMetadata\n`;
    await expectGolden("files-role-of-the-instance", 0, await runProbe({ config, env: ec2Variables }));
  });

  test("the settings file applies", async () => {
    Object.assign(cloud.imds.behavior, { token: { status: 404 }, requireToken: false });
    const { stdout } = await runProbe({
      env: ec2Variables,
      files: () => ({ ".config/rolecall/config.toml": "[metadata]\nimds_v1 = false\n" }),
    });
    expect(stdout).toMatch(/^ec2 {11}misconfigured .*IMDSv1 is disabled by \S+config.toml:2:\d+/m);
  });
});

const PROBE_ADDRESSES = fileURLToPath(new URL("../support/probe_addresses.ts", import.meta.url));

describe.skipIf(!HAS_NETWORK_NAMESPACES)("EC2 at its link-local addresses (needs a network namespace)", () => {
  const rows: readonly [situation: string, exitCode: number][] = [
    ["ipv4-and-ipv6", 0],
    ["ipv6-only", 1],
    ["no-route", 1],
    ["prohibited", 1],
  ];
  for (const [situation, exitCode] of rows) {
    test(situation, async () => {
      home = makeHome();
      const argv = ["unshare", "-rn", process.execPath, PROBE_ADDRESSES, situation, ...SUBJECT_ARGV, "probe"];
      const outcome = await home.runProgram(argv, { env: NETWORK_ENVIRONMENT });
      // Bun reports ENETUNREACH as ECONNREFUSED.
      const stdout = outcome.stdout.replace(
        "cannot reach 169.254.169.254 (Network is unreachable)",
        "nothing is listening at 169.254.169.254 (Connection refused)",
      );
      await expectGolden(`address-${situation}`, exitCode, { ...outcome, stdout });
    });
  }
});

describe("--sts", () => {
  const stsVariables = () => ({ AWS_ENDPOINT_URL_STS: cloud.sts.url });
  const rows: readonly [name: string, env: () => Env, skewMs: number, reaction?: Reaction][] = [
    ["sts", stsVariables, 0],
    ["sts-clock-is-slow", stsVariables, 7 * 60_000 + 20_000],
    ["sts-clock-is-fast", stsVariables, -2 * 3_600_000 - 20_000],
    ["sts-connection-refused", () => ({ AWS_ENDPOINT_URL_STS: CLOSED_PORT }), 0],
    ["sts-other-server", stsVariables, 0, { body: "<html>hello</html>" }],
    ["sts-invalid-region", () => ({ AWS_REGION: "us_east_1" }), 0],
  ];
  for (const [name, env, skewMs, reaction] of rows) {
    test(name, async () => {
      cloud.sts.clockSkewMs = skewMs;
      if (reaction !== undefined) cloud.sts.react(reaction);
      const { stdout, stderr, exitCode } = await runProbe({ env, args: ["--sts"] });
      const shown = normalize(stdout.split("\n").at(-2) ?? "");
      expect([stderr, exitCode]).toEqual(["", 1]);
      expect(`${shown}\n`).toBe(golden(`probe/${name}.txt`, `${shown}\n`));
    });
  }

  test("STS gets no request without the option", async () => {
    await runProbe({ env: stsVariables });
    expect(cloud.sts.calls).toEqual([]);
  });
});

describe("--json", () => {
  test("lists every source in the order of the chain", async () => {
    const { stdout, exitCode } = await runProbe({ env: () => ({ ...ec2Variables(), ...KEY_PAIR }), args: ["--json"] });
    const rows: Record<string, unknown>[] = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(rows.map(({ source, state }) => [source, state])).toEqual([
      ["environment", "available"],
      ["shared-files", "absent"],
      ["web-identity", "absent"],
      ["container", "absent"],
      ["ec2", "available"],
    ]);
    for (const { detail, ms } of rows) expect([typeof detail, typeof ms]).toEqual(["string", "number"]);
    expect(rows[4]?.ways).toEqual([
      { way: "IMDSv2", detail: "role instance", ms: expect.any(Number) },
      { way: "IMDSv1", detail: expect.stringContaining("HTTP 401"), ms: expect.any(Number) },
    ]);
  });

  test("shows in seconds how far the clock is off", async () => {
    cloud.sts.clockSkewMs = -60_000;
    const { stdout } = await runProbe({
      env: () => ({ AWS_ENDPOINT_URL_STS: cloud.sts.url }),
      args: ["--json", "--sts"],
    });
    expect(JSON.parse(stdout)[5].clockOffsetSeconds).toBeWithin(58, 63);
  });
});

describe.skipIf(!HAS_PTY)("on a terminal (needs python3)", () => {
  const LONG = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://metadata.test/a/rather/long/path/that/does/not/fit" };

  test("rows are in order from the start and are updated in place", async () => {
    home = makeHome();
    const gate = Promise.withResolvers<void>();
    cloud.imds.behavior.hold = gate.promise;
    const run = runAtTerminal([...SUBJECT_ARGV, "probe", "--color", "never"], {
      env: home.environment({ ...ec2Variables(), ...LONG }),
      cwd: home.path,
      columns: 80,
    });
    // Every row has its result, except the last.
    const isDrawn = (written: string) => {
      const lines = screenOf(written).filter((line) => line !== "");
      return lines.at(-1) === "ec2           …" && lines.some((line) => line.startsWith("container     misconfigured"));
    };
    await run.waitFor(isDrawn);
    gate.resolve();
    const { exitCode } = await run.ended;
    expect(exitCode).toBe(0);
    const shown = normalize(screenOf(run.written()).join("\n")).replace(/…\w{4}\b/, "…XXXX");
    expect(shown).toBe(golden("probe/terminal.txt", shown));
  });

  test("a very narrow terminal shows each row once in the end", async () => {
    home = makeHome();
    const gate = Promise.withResolvers<void>();
    cloud.imds.behavior.hold = gate.promise;
    const run = runAtTerminal([...SUBJECT_ARGV, "probe", "--color", "never"], {
      env: home.environment({ ...ec2Variables(), ...LONG }),
      cwd: home.path,
      columns: 12,
      rows: 60,
    });
    await run.waitFor("container     misconfigured");
    gate.resolve();
    await run.ended;
    const sources = ["environment", "shared-files", "web-identity", "container ", "ec2 "];
    const lines = screenOf(run.written(), 12);
    expect(sources.map((source) => lines.filter((line) => `${line} `.startsWith(source)).length)).toEqual([
      1, 1, 1, 1, 1,
    ]);
    expect(lines.join("\n")).not.toContain("…\n");
  });

  test("a narrow terminal shows the text below its source", async () => {
    home = makeHome();
    const run = runAtTerminal([...SUBJECT_ARGV, "probe", "--color", "never"], {
      env: home.environment({ ...NO_EC2, ...LONG }),
      cwd: home.path,
      columns: 40,
      rows: 60,
    });
    await run.ended;
    const shown = screenOf(run.written(), 40).join("\n").trimEnd();
    expect(`${shown}\n`).toBe(golden("probe/narrow.txt", `${shown}\n`));
  });

  test("a terminal with few rows gets lines without updates, because they could scroll away", async () => {
    home = makeHome();
    const run = runAtTerminal([...SUBJECT_ARGV, "probe", "--color", "never"], {
      env: home.environment(NO_EC2),
      cwd: home.path,
      rows: 5,
    });
    await run.ended;
    expect(run.written()).not.toMatch(/\u001b\[\d+A/);
  });
});
