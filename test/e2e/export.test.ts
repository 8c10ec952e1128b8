/** `export`: the formats, byte for byte, and values that a format cannot carry. */
import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { makeHome, SUBJECT_COMMAND, type TestHome } from "../support/subject.ts";

let home: TestHome;
afterEach(() => home.remove());

const ENV = {
  AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret/ex+ample=",
  AWS_SESSION_TOKEN: "token/ex+ample==",
  AWS_CREDENTIAL_EXPIRATION: "2099-01-02T03:04:05Z",
};

describe("each format", () => {
  const rows: readonly [format: string, stdout: string][] = [
    [
      "process",
      '{\n  "Version": 1,\n  "AccessKeyId": "ASIAEXAMPLE",\n  "SecretAccessKey": "secret/ex+ample=",\n  "SessionToken": "token/ex+ample==",\n  "Expiration": "2099-01-02T03:04:05+00:00"\n}\n',
    ],
    [
      "env",
      "export AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nexport AWS_SECRET_ACCESS_KEY=secret/ex+ample=\nexport AWS_SESSION_TOKEN=token/ex+ample==\nexport AWS_CREDENTIAL_EXPIRATION=2099-01-02T03:04:05+00:00\n",
    ],
    [
      "env-no-export",
      "AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nAWS_SECRET_ACCESS_KEY=secret/ex+ample=\nAWS_SESSION_TOKEN=token/ex+ample==\nAWS_CREDENTIAL_EXPIRATION=2099-01-02T03:04:05+00:00\n",
    ],
    [
      "powershell",
      '$Env:AWS_ACCESS_KEY_ID="ASIAEXAMPLE"\n$Env:AWS_SECRET_ACCESS_KEY="secret/ex+ample="\n$Env:AWS_SESSION_TOKEN="token/ex+ample=="\n$Env:AWS_CREDENTIAL_EXPIRATION="2099-01-02T03:04:05+00:00"\n',
    ],
    [
      "windows-cmd",
      "set AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nset AWS_SECRET_ACCESS_KEY=secret/ex+ample=\nset AWS_SESSION_TOKEN=token/ex+ample==\nset AWS_CREDENTIAL_EXPIRATION=2099-01-02T03:04:05+00:00\n",
    ],
    [
      "fish",
      'set -gx AWS_ACCESS_KEY_ID "ASIAEXAMPLE"\nset -gx AWS_SECRET_ACCESS_KEY "secret/ex+ample="\nset -gx AWS_SESSION_TOKEN "token/ex+ample=="\nset -gx AWS_CREDENTIAL_EXPIRATION "2099-01-02T03:04:05+00:00"\n',
    ],
  ];
  for (const [format, stdout] of rows) {
    test(format, async () => {
      home = makeHome();
      expect(await home.run(["export", "--format", format], { env: ENV })).toEqual({
        exitCode: 0,
        signal: undefined,
        stdout,
        stderr: "",
      });
    });
  }

  test("github: masks on standard output, variables in GITHUB_ENV", async () => {
    home = makeHome();
    const file = home.write("github-env", "EARLIER=1\n");
    const { stdout, exitCode } = await home.run(["export", "--format", "github"], {
      env: { ...ENV, GITHUB_ENV: file },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("::add-mask::secret/ex+ample=\n");
    expect(stdout).toContain("::add-mask::token/ex+ample==\n");
    expect(readFileSync(file, "utf8")).toMatch(/^EARLIER=1\n[\s\S]*AWS_SECRET_ACCESS_KEY=secret\/ex\+ample=\n/);
  });

  test("github: the region, under both names", async () => {
    home = makeHome({ config: "[default]\nregion = eu-west-1\n" });
    const file = home.write("github-env", "");
    await home.run(["export", "--format", "github"], { env: { ...ENV, GITHUB_ENV: file } });
    expect(readFileSync(file, "utf8")).toEndWith("AWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-1\n");
  });

  test("github: a region that could set another variable is an error", async () => {
    home = makeHome({ config: "[default]\nregion = eu-west-1\n  PATH=/tmp\n" });
    const file = home.write("github-env", "");
    const { exitCode } = await home.run(["export", "--format", "github"], { env: { ...ENV, GITHUB_ENV: file } });
    expect([exitCode !== 0, readFileSync(file, "utf8")]).toEqual([true, ""]);
  });

  test("ini: a section that can be used as a credentials file", async () => {
    home = makeHome();
    const { stdout } = await home.run(["export", "--format", "ini"], { env: ENV });
    home.write(".aws/credentials", stdout);
    const again = await home.run(["export", "--profile", "default"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ AccessKeyId: "ASIAEXAMPLE", SessionToken: "token/ex+ample==" });
  });
});

describe("used by a shell", () => {
  test("eval of --format env sets the variables", async () => {
    home = makeHome();
    const script = `eval "$(${SUBJECT_COMMAND} export --format env)"; echo "$AWS_SECRET_ACCESS_KEY"`;
    expect((await home.runProgram(["sh", "-c", script], { env: ENV })).stdout).toBe("secret/ex+ample=\n");
  });

  for (const format of ["env", "env-no-export", "powershell", "windows-cmd", "fish", "ini", "github"]) {
    test(`${format}: a value that could run a command is an error`, async () => {
      home = makeHome();
      const env = { ...ENV, AWS_SECRET_ACCESS_KEY: "x$(touch pwned)`'\"", GITHUB_ENV: home.write("github-env", "") };
      const { exitCode, stdout, stderr } = await home.run(["export", "--format", format], { env });
      expect([exitCode, stdout]).toEqual([1, ""]);
      expect(stderr).toContain("error[unsafe-value]");
      expect(stderr).not.toContain("pwned");
      expect(readFileSync(env.GITHUB_ENV, "utf8")).toBe("");
    });
  }

  test("process: JSON carries any value", async () => {
    home = makeHome();
    const secret = `x$(touch pwned)'"\\é`;
    const { stdout } = await home.run(["export"], { env: { ...ENV, AWS_SECRET_ACCESS_KEY: secret } });
    expect(JSON.parse(stdout).SecretAccessKey).toBe(secret);
  });
});

describe("rejects", () => {
  const rows: readonly [
    what: string,
    args: readonly string[],
    env: Record<string, string>,
    code: string,
    exitCode: number,
  ][] = [
    ["an unknown format", ["--format", "evn"], {}, "invalid-option", 2],
    ["github without GITHUB_ENV", ["--format", "github"], {}, "invalid-option", 2],
    ["an argument", ["terraform"], {}, "unexpected-argument", 2],
    ["half a key pair in the environment", [], { AWS_SECRET_ACCESS_KEY: "" }, "partial-credentials", 2],
    [
      "expired keys in the environment",
      [],
      { AWS_CREDENTIAL_EXPIRATION: "2020-01-01T00:00:00Z" },
      "credentials-expired",
      1,
    ],
    ["a full disk", [], {}, "write-failed", 1],
  ];
  for (const [what, args, env, code, exitCode] of rows) {
    test(what, async () => {
      home = makeHome();
      const to = what === "a full disk" ? " >/dev/full" : "";
      const outcome = await home.runProgram(["sh", "-c", `${SUBJECT_COMMAND} export ${args.join(" ")}${to}`], {
        env: { ...ENV, ...env },
      });
      expect(outcome.stderr).toContain(`error[${code}]`);
      expect([outcome.exitCode, outcome.stdout]).toEqual([exitCode, ""]);
    });
  }
});

test("ini: rejects a profile name with control characters", async () => {
  const credentials = "[\u001b[31mred]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = made-up\n";
  home = makeHome({ credentials });
  const { stdout, stderr, exitCode } = await home.run(["export", "--format", "ini", "-p", "\u001b[31mred"]);
  expect([stdout, exitCode]).toEqual(["", 1]);
  expect(stderr).toContain("the profile's name has a character that the format ini cannot carry safely");
});
