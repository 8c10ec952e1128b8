/** `explain`: the text, the JSON, and that it makes no request and runs no program. */
import { afterEach, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { serve } from "../cloud/server.ts";
import { explainHome, SECRETS, SITUATIONS } from "../support/explain_situations.ts";
import { golden } from "../support/golden.ts";
import { makeHome, SUBJECT_COMMAND, type TestHome } from "../support/subject.ts";

let home: TestHome;
afterEach(() => home.remove());

/** Replaces what differs from run to run: times, and the path of the home folder. */
function normalize(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z/g, "2026-01-02T03:04Z")
    .replaceAll(/\((?:\d+ h )?(?:(?:less than )?\d+ min )?left\)/g, "(45 min left)")
    .replaceAll(home.path, "/home/me");
}

function expectNoSecret(text: string): void {
  for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
}

describe("the text", () => {
  for (const [name, situation] of Object.entries(SITUATIONS)) {
    test(name, async () => {
      home = explainHome(situation);
      const { stdout, stderr, exitCode } = await home.run(["explain", ...(situation.args ?? [])]);
      expect([stderr, exitCode]).toEqual(["", 0]);
      expectNoSecret(stdout);
      expect(normalize(stdout)).toBe(golden(`explain/${name}.txt`, normalize(stdout)));
    });
  }

  test("has colors only on request", async () => {
    home = explainHome({});
    expect((await home.run(["explain"])).stdout).not.toContain("\u001b");
    expect((await home.run(["explain", "--color", "always"])).stdout).toContain("\u001b[1m");
  });

  test("escape sequences in files and variables do not reach the terminal", async () => {
    home = explainHome({
      config: "[profile \u001b[2J\u009b2J]\nregion = eu-west-1\n",
      credentials: `[\u001b[2J\u009b2J]\naws_access_key_id = A\naws_secret_access_key = b\nexternal_id = \u001b]0;x\u0007\n`,
    });
    for (const json of [[], ["--json"]]) {
      const { stdout } = await home.run(["explain", "-p", "\u001b[2J\u009b2J", ...json]);
      expect(stdout).toContain("2J");
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });
});

describe("the JSON", () => {
  for (const [name, situation] of Object.entries(SITUATIONS)) {
    test(`${name}: every value has its origin`, async () => {
      home = explainHome(situation);
      const { stdout } = await home.run(["explain", "--json", ...(situation.args ?? [])]);
      expectNoSecret(stdout);
      const explained = JSON.parse(stdout);
      expect(KINDS).toContain(explained.steps[0].kind);
      for (const step of explained.steps.slice(1)) {
        expect([step.kind, step.roleArn]).toEqual(["assume-role", expect.stringMatching(/^arn:/)]);
      }
      const sourced = [
        explained.profile,
        explained.region,
        explained.stsEndpoint,
        ...explained.steps.flatMap((step: { settings?: object }) => Object.values(step.settings ?? {})),
      ];
      for (const one of sourced) expect(one.value).toBeDefined();
      const over = sourced.flatMap((one) => one.over ?? []);
      for (const { from } of [...sourced, ...over, ...explained.steps, ...explained.ignored]) expectOrigin(from);
      for (const one of explained.ignored) expect([typeof one.what, typeof one.why]).toEqual(["string", "string"]);
    });
  }

  test("of a whole plan", async () => {
    const { args = [], ...situation } = SITUATIONS["chain-with-mfa"] ?? {};
    home = explainHome(situation);
    const { stdout } = await home.run(["explain", "--json", ...args]);
    expect(normalize(stdout)).toBe(golden("explain/chain-with-mfa.json", normalize(stdout)));
  });
});

const KINDS = ["environment", "static", "process", "sso", "login", "web-identity", "container", "ec2"];

function expectOrigin(from: Readonly<Record<string, unknown>>): void {
  const shapes = ["column,file,line", "variable", "option", "default"];
  expect(shapes).toContain(Object.keys(from).sort().join(","));
}

describe("if no plan can be made, the error is the same as that of other commands", () => {
  const rows: readonly [what: string, config: string, env: Record<string, string>, code: string, exitCode: number][] = [
    ["a profile that does not exist", "", { AWS_PROFILE: "gone" }, "profile-not-found", 2],
    [
      "a source profile that does not exist",
      "[default]\nrole_arn = arn:x\nsource_profile = y\n",
      {},
      "source-profile-not-found",
      2,
    ],
    ["no credentials anywhere", "", { AWS_EC2_METADATA_DISABLED: "true" }, "no-credentials", 1],
  ];
  for (const [what, config, env, code, expected] of rows) {
    test(what, async () => {
      home = makeHome({ config, env });
      const explained = await home.run(["explain"]);
      expect(explained.stderr).toStartWith(`error[${code}]`);
      expect([explained.stdout, explained.exitCode]).toEqual(["", expected]);
      expect((await home.run(["whoami"])).stderr).toBe(explained.stderr);
    });
  }

  test("an invalid setting of a service that is not needed is not an error", async () => {
    home = makeHome({
      credentials: "[default]\naws_access_key_id = a\naws_secret_access_key = b\n",
      env: { HTTPS_PROXY: "ftp://x" },
    });
    const { stdout, stderr, exitCode } = await home.run(["explain"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(stdout).toContain("of the profile default");
  });

  test("no credentials: the error lists every source that was tried", async () => {
    home = makeHome({ env: { AWS_EC2_METADATA_DISABLED: "true" } });
    const { stderr } = await home.run(["explain"]);
    for (const source of ["environment:", "shared files:", "web identity:", "container:", "EC2 metadata:"]) {
      expect(stderr).toContain(`tried: ${source}`);
    }
  });
});

test("makes no request and runs no program", async () => {
  let requests = 0;
  const trap = await serve(() => {
    requests++;
    return "reset";
  });
  try {
    const traps = {
      AWS_ENDPOINT_URL: trap.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: trap.url,
      HTTP_PROXY: trap.url,
      HTTPS_PROXY: trap.url,
    };
    home = makeHome({
      env: { ...traps, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${trap.url}/x` },
      config:
        "[profile process]\ncredential_process = touch ran\n" +
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = process\nmfa_serial = arn:aws:iam::123456789012:mfa/me\nmfa_process = touch ran\n" +
        "[profile ec2]\nrole_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Ec2InstanceMetadata\n" +
        "[profile sso]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = https://x.example\nsso_region = eu-west-1\n" +
        "[profile login]\nlogin_session = me\n" +
        "[profile web]\nrole_arn = arn:aws:iam::123456789012:role/r\nweb_identity_token_file = token\n",
    });
    home.write("token", "header.web-identity.signature");
    for (const profile of ["process", "role", "ec2", "sso", "login", "web"]) {
      for (const extra of [[], ["--json"], ["-v"]]) {
        const { exitCode, stdout } = await home.run(["explain", "-p", profile, ...extra]);
        expect([profile, exitCode]).toEqual([profile, 0]);
        expect(stdout).not.toBe("");
      }
    }
    const { stdout } = await home.run(["explain"]);
    expect(stdout).toContain(`${trap.url}/x`);
    expect(requests).toBe(0);
    expect(existsSync(join(home.path, "ran"))).toBe(false);
    // Other commands do run the program and make requests, so the traps work.
    await home.run(["whoami", "-p", "role"]);
    expect(existsSync(join(home.path, "ran"))).toBe(true);
    await home.run(["whoami", "-p", "web"]);
    expect(requests).toBeGreaterThan(0);
  } finally {
    await trap.stop();
  }
});

const HAS_SCRIPT = spawnSync("script", ["--version"]).status === 0;

test.skipIf(!HAS_SCRIPT)("fits the width of the terminal (needs script)", async () => {
  home = explainHome(SITUATIONS["chain-with-mfa"] ?? {});
  const command = `${SUBJECT_COMMAND} explain -p deploy`;
  const { stdout } = await home.runProgram(["script", "-qec", `stty cols 72; ${command}`, "/dev/null"], {
    env: { TERM: "xterm", NO_COLOR: "1" },
  });
  const lines = stdout.replaceAll("\r", "").split("\n");
  expect(lines.filter((line) => line.length > 72)).toEqual([]);
  expect(stdout).not.toContain("\u001b");
  expect(lines).toContain("4 role         arn:aws:iam::123456789012:role/deploy");
});
