/** Names that a shell or a screen would not show as they are. */
import { afterEach, describe, expect, test } from "bun:test";
import { makeHome, type TestHome } from "../support/subject.ts";

let home: TestHome;
afterEach(() => home.remove());

const ENV = { AWS_EC2_METADATA_DISABLED: "true", AWS_REGION: "eu-west-1" };

/** The command after `run: ` in an error, up to the end of the line. */
function suggestedCommand(stderr: string): string {
  return /run: (.*)$/m.exec(stderr)?.[1] ?? "";
}

/** The arguments that bash reads from a command, whose program is replaced. */
async function argumentsInBash(command: string): Promise<string[]> {
  const script = `aws() { printf '%s\\0' "$@"; }; chmod() { printf '%s\\0' "$@"; }; rolecall() { printf '%s\\0' "$@"; }; ${command}`;
  const { stdout } = await home.runProgram(["bash", "-c", script], { env: { LC_ALL: "C.UTF-8" } });
  return stdout.split("\0").slice(0, -1);
}

describe("a suggested command", () => {
  const names = [
    "corp",
    "x; touch harmed",
    "it's $(touch harmed) `touch harmed`",
    "my session",
    '"',
    "-v",
    "de\u200bv",
  ];
  for (const name of names) {
    test(`passes the sso-session ${JSON.stringify(name)} as one argument`, async () => {
      home = makeHome({
        config: `[default]\nsso_session = ${name}\nsso_account_id = 123456789012\nsso_role_name = x\n[sso-session '${name.replaceAll("'", "'\\''")}']\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n`,
        env: ENV,
      });
      const { stderr } = await home.run(["whoami", "--no-input"]);
      expect(stderr).toContain("error[sso-login-needed]");
      const args = await argumentsInBash(suggestedCommand(stderr));
      expect(args.at(-1)).toBe(name.startsWith("-") ? `--sso-session=${name}` : name);
      expect(await Bun.file(`${home.path}/harmed`).exists()).toBe(false);
    });
  }

  test("quotes the profile of aws login, in explain, too", async () => {
    home = makeHome({
      config: "[profile 'my profile']\nlogin_session = arn:aws:iam::123456789012:user/me\nregion = eu-west-1\n",
      env: ENV,
    });
    for (const command of ["whoami", "explain"]) {
      const { stdout, stderr } = await home.run([command, "-p", "my profile"]);
      expect(stdout + stderr).toContain("--profile 'my profile'");
    }
  });

  test("quotes a mistyped command", async () => {
    home = makeHome({});
    const { stderr } = await home.run(["aws s3; ls"]);
    expect(stderr).toContain("run rolecall exec -- 'aws s3; ls' to run a program");
    expect((await home.run(["whoami", "my profile"])).stderr).toContain("use -p 'my profile' to choose a profile");
  });

  test("quotes the path of a file", async () => {
    home = makeHome({ env: { AWS_SHARED_CREDENTIALS_FILE: "my credentials" } });
    home.write(
      "my credentials",
      "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n",
      0o644,
    );
    const { stdout } = await home.run(["check"]);
    expect(stdout).toContain("run: chmod 600 'my credentials'");
  });

  test("quotes a tag key", async () => {
    home = makeHome({ env: { ...ENV, AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "x" } });
    const role = ["--role-arn", "arn:aws:iam::123456789012:role/r"];
    const { stderr } = await home.run(["explain", ...role, "--transitive-tag-key", "cost center"]);
    expect(stderr).toContain("add the tag: --tag 'cost center=VALUE'");
  });
});

describe("invisible characters", () => {
  const NAME = "de\u200bfault";

  test("of a name are shown escaped in an error and its suggestions", async () => {
    home = makeHome({ config: `[profile ${NAME}]\nregion = eu-west-1\n`, env: ENV });
    const { stderr } = await home.run(["whoami", "-p", "default\u202e"]);
    expect(stderr).toContain('the profile "default\\u202e" is not defined');
    expect(stderr).toContain('did you mean "de\\u200bfault"');
    expect(stderr).not.toMatch(/[\u200b\u202e]/);
  });

  test("of a line are shown escaped, and the caret is below the right column", async () => {
    home = makeHome({
      config: `[default]\nrole_arn = arn:aws:iam::123456789012:role/r\n${" "}source_profile\n[profile x]\nsource_profile = \u200bfoo\nrole_arn = arn:aws:iam::123456789012:role/r\n`,
      env: ENV,
    });
    const { stderr } = await home.run(["whoami", "-p", "x"]);
    const lines = stderr.split("\n");
    const line = lines.findIndex((text) => text.includes("source_profile = \\u200bfoo"));
    expect(lines[line]?.indexOf("\\u200bfoo")).toBe(lines[line + 1]?.indexOf("^") ?? -1);
    expect(lines[line + 1]).toEndWith("^".repeat("\\u200bfoo".length));
  });

  test("are shown escaped by profiles, explain, check, probe and cache", async () => {
    home = makeHome({
      config: `[profile ${NAME}]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = \u202eb\n[profile \u202eb]\nregion = eu\u00adwest-1\nunknown_\u200bkey = 1\n`,
      credentials: "[\u202eb]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n",
      env: { ...ENV, AWS_REGION: "", AWS_PROFILE: NAME },
    });
    for (const command of ["profiles", "explain", "check", "probe"]) {
      const { stdout, stderr } = await home.run([command]);
      expect(stdout + stderr).not.toMatch(/[\u200b\u202e\u00ad]/);
    }
    expect((await home.run(["profiles"])).stdout).toContain("de\\u200bfault");
    expect((await home.run(["explain"])).stdout).toContain("de\\u200bfault");
  });

  test("are kept in JSON", async () => {
    home = makeHome({ config: `[profile ${NAME}]\nregion = eu-west-1\n`, env: ENV });
    const { stdout } = await home.run(["profiles", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject([{ name: NAME }]);
  });
});
