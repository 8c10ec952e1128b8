/** `profiles add`: writes profiles for the accounts and roles of an sso-session. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { HAS_PTY, isInstalled } from "../support/machine.ts";
import { makeSignInHome, type SignInHome, START_URL, visit } from "../support/sign_in_home.ts";
import { SUBJECT_ARGV } from "../support/subject.ts";
import { runAtTerminal, type TerminalRun } from "../support/terminal.ts";

const SESSION = `[sso-session corp]
sso_start_url = ${START_URL}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
`;

const ACCOUNTS = [
  { accountId: "111111111111", accountName: "Dev", roles: ["Admin", "ReadOnly"] },
  { accountId: "222222222222", accountName: "Prod", roles: ["ReadOnly"] },
];

const section = (name: string, accountId: string, roleName: string, session = "corp") => `
[profile ${name}]
# Written by rolecall profiles add: ${accountId} ${roleName}
sso_session = ${session}
sso_account_id = ${accountId}
sso_role_name = ${roleName}
`;

const ALL =
  section("Dev-Admin", "111111111111", "Admin") +
  section("Dev-ReadOnly", "111111111111", "ReadOnly") +
  section("Prod-ReadOnly", "222222222222", "ReadOnly");

let cloud: Cloud;
let home: SignInHome;

beforeEach(async () => {
  cloud = await startCloud();
  cloud.signIn.oidc.isPreauthorized = true;
  cloud.signIn.assignments.accounts = ACCOUNTS;
  home = makeSignInHome(cloud, SESSION);
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const config = () => readFileSync(join(home.path, ".aws/config"), "utf8");
const writeConfig = (text: string) => home.write(".aws/config", text);

/** Signs in, so that there is a token. */
async function signIn(): Promise<void> {
  expect((await home.signIn("--sso-session", "corp", "--use-device-code").ended).exitCode).toBe(0);
}

const add = (...args: readonly string[]) =>
  home.startWithoutTerminal(["profiles", "add", "--sso-session", "corp", ...args], { stdin: "" }).ended;

const atTerminal = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runAtTerminal([...SUBJECT_ARGV, "profiles", "add", ...args], {
    env: home.environment({ ROLECALL_USE_DEVICE_CODE: "1", ...env }),
    cwd: home.path,
    streams: "stderr",
  });

describe("without asking", () => {
  beforeEach(signIn);

  test("--all writes a profile for each role, which gets credentials", async () => {
    const { exitCode, stdout, stderr } = await add("--all");
    expect(stderr).toBe("");
    expect(stdout).toBe(
      "added Dev-Admin (Admin in 111111111111)\nadded Dev-ReadOnly (ReadOnly in 111111111111)\nadded Prod-ReadOnly (ReadOnly in 222222222222)\n",
    );
    expect(exitCode).toBe(0);
    expect(config()).toBe(SESSION + ALL);
    expect((await home.run(["export", "-p", "Prod-ReadOnly"])).exitCode).toBe(0);
    expect((await home.run(["check"])).exitCode).toBe(0);
  });

  test("a second time it changes nothing", async () => {
    await add("--all");
    expect((await add("--all")).stdout).toBe("nothing to change: 3 roles have their profiles already\n");
    expect(config()).toBe(SESSION + ALL);
  });

  const CHOICES: readonly [args: readonly string[], text: string][] = [
    [["--account", "222222222222"], section("Prod-ReadOnly", "222222222222", "ReadOnly")],
    [["--role-name", "Admin"], section("Dev-Admin", "111111111111", "Admin")],
    [
      ["--account", "111111111111", "--account", "222222222222", "--role-name", "ReadOnly"],
      section("Dev-ReadOnly", "111111111111", "ReadOnly") + section("Prod-ReadOnly", "222222222222", "ReadOnly"),
    ],
    [
      ["--role-name", "Admin", "--name-format", "{sso_session}/{role_name}@{account_id}"],
      section("corp-Admin@111111111111", "111111111111", "Admin"),
    ],
  ];
  for (const [args, text] of CHOICES) {
    test(args.join(" "), async () => {
      expect((await add(...args)).exitCode).toBe(0);
      expect(config()).toBe(SESSION + text);
    });
  }

  test("only the chosen accounts are asked for their roles", async () => {
    await add("--account", "222222222222");
    const targets = cloud.signIn.requests.map(({ target }) => target).filter((target) => target.includes("roles"));
    expect(targets.map((target) => new URL(target, START_URL).searchParams.get("account_id"))).toEqual([
      "222222222222",
    ]);
  });

  test("all pages are read, and requests repeated after HTTP 429", async () => {
    cloud.signIn.assignments.accounts = Array.from({ length: 7 }, (_, index) => ({
      accountId: `${100000000000 + index}`,
      accountName: `account ${index}`,
      roles: ["A", "B", "C"],
    }));
    cloud.signIn.assignments.pageSize = 2;
    cloud.signIn.assignments.throttled = 4;
    const { stdout, exitCode } = await add("--all", "--json");
    expect(exitCode).toBe(0);
    const { added } = JSON.parse(stdout);
    expect(added).toHaveLength(21);
    expect(added[0]).toEqual({ name: "account-0-A", account: "100000000000", role: "A" });
  });

  test("the rest of the file stays as it is", async () => {
    const text = `# first\r\n[default]\r\nregion = eu-west-1   ; here\r\n\r\n${SESSION.replaceAll("\n", "\r\n")}[profile Dev-Admin]\r\nregion = us-east-1\r\n# last`;
    writeConfig(text);
    expect((await add("--role-name", "Admin")).stdout).toBe("added Dev-Admin-111111111111 (Admin in 111111111111)\n");
    const added = section("Dev-Admin-111111111111", "111111111111", "Admin").replaceAll("\n", "\r\n");
    expect(config()).toBe(`${text}\r\n${added}`);
  });

  test("a role that has a profile already gets no second one, whatever its name", async () => {
    writeConfig(
      `${SESSION}[profile mine]\nsso_session = corp\nsso_account_id = 222222222222\nsso_role_name = ReadOnly\n`,
    );
    expect((await add("--account", "222222222222")).stdout).toBe("nothing to change: 1 role has its profile already\n");
  });

  test("--dry-run shows the difference, which patch applies, and writes nothing", async () => {
    const { stdout } = await add("--all", "--dry-run");
    expect(config()).toBe(SESSION);
    expect(stdout).toContain("@@ -2,3 +2,21 @@\n");
    if (isInstalled("patch")) {
      const { exitCode } = await home.runProgram(["patch", "-s", join(home.path, ".aws/config")], { stdin: stdout });
      expect(exitCode).toBe(0);
      expect(config()).toBe(SESSION + ALL);
    }
  });

  const INVALID: readonly [what: string, body: string, texts: readonly string[]][] = [
    ["another type", '{"accountList": "x"}', ["did not list the accounts and roles: HTTP 200"]],
    ["no list", "{}", ["did not list the accounts and roles: HTTP 200"]],
    ["an item of another type", '{"accountList": [1]}', ["returned an invalid account"]],
    ["an account id that is none", '{"accountList": [{"accountId": "1]"}]}', ["returned an invalid account"]],
    ["a page of a proxy", "<html>sign in</html>", ["is not from IAM Identity Center (HTTP 200)"]],
  ];
  for (const [what, body, texts] of INVALID) {
    test(`a list that is ${what} is an error`, async () => {
      cloud.signIn.next.push({ body });
      const { exitCode, stderr } = await add("--all");
      expect(stderr).toStartWith("error[sso-failed]");
      for (const text of texts) expect(stderr).toContain(text);
      expect([exitCode, config()]).toEqual([1, SESSION]);
    });
  }

  test("a list without end is an error", async () => {
    const page = { body: '{"accountList": [], "nextToken": "again"}' };
    cloud.signIn.next.push(...Array.from({ length: 1000 }, () => page));
    expect((await add("--all")).stderr).toContain("did not end the list after 1000 pages");
  });

  test("a portal that cannot be reached is an error soon", async () => {
    const env = { AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" };
    const { stderr } = await home.run(["profiles", "add", "--sso-session", "corp", "--all"], { env });
    expect(stderr).toStartWith("error[sso-failed]: cannot reach IAM Identity Center at 127.0.0.1:9");
  });

  const ERRORS: readonly [args: readonly string[], code: string, texts: readonly string[], exit: number][] = [
    [[], "pick-impossible", ["there is no terminal", "--account, --role-name or --all"], 2],
    [["--account", "12"], "invalid-option", ['invalid account id "12"'], 2],
    [["--account", "333333333333"], "invalid-option", ["no role in the account 333333333333 is assigned to you"], 2],
    [["--role-name", "Readonly"], "invalid-option", ['no role "Readonly"', 'did you mean "ReadOnly"?'], 2],
    [["--all", "--name-format", "{account}"], "invalid-option", ["{account_name}, {account_id}, {role_name}"], 2],
    [["--all", "extra"], "unexpected-argument", ['unexpected argument "extra"', "use --sso-session extra to"], 2],
  ];
  for (const [args, code, texts, exit] of ERRORS) {
    test(`${code}: ${args.join(" ")}`, async () => {
      const { exitCode, stdout, stderr } = await add(...args);
      expect(stderr).toStartWith(`error[${code}]`);
      for (const text of texts) expect(stderr).toContain(text);
      expect([exitCode, stdout]).toEqual([exit, ""]);
      expect(config()).toBe(SESSION);
    });
  }
});

describe("names", () => {
  beforeEach(signIn);

  /** Names that would break the file, or that another tool would read differently. */
  const NAMES = [
    ...["a]b[c", "two words", "it's", 'say "hi"', "Zürich Straße", "本番", "line\nbreak", "\u001b[31mred", "#comment"],
    ...["; x", "a = b", "%(here)s", "default", "", "-", "..", "ＦＵＬＬ", "łódź"],
  ];

  test("of any account give a file that can be parsed, with a profile for each", async () => {
    cloud.signIn.assignments.accounts = NAMES.map((accountName, index) => ({
      accountId: `${100000000000 + index}`,
      accountName,
      roles: ["Role"],
    }));
    expect((await add("--all", "--name-format", "{account_name}")).exitCode).toBe(0);
    const { stdout } = await home.run(["profiles", "--json"]);
    const names = JSON.parse(stdout).map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual(
      [
        ...["100000000005", "100000000013", "100000000014", "100000000015", "FULL", "Zurich-Strasse", "a-b", "a-b-c"],
        ...["comment", "default-100000000012", "here-s", "it-s", "line-break", "lodz", "say-hi", "31mred", "two-words"],
        "x",
      ].sort(),
    );
  });

  test("that two accounts share get the account's id", async () => {
    cloud.signIn.assignments.accounts = [
      { accountId: "111111111111", accountName: "dev!", roles: ["R"] },
      { accountId: "222222222222", accountName: "dev?", roles: ["R"] },
    ];
    const { stdout } = await add("--all", "--json");
    expect(JSON.parse(stdout).added.map(({ name }: { name: string }) => name)).toEqual([
      "dev-R-111111111111",
      "dev-R-222222222222",
    ]);
  });

  test("with characters that no role can have are refused", async () => {
    cloud.signIn.assignments.accounts = [
      { accountId: "111111111111", accountName: "dev", roles: ["a\n[profile default]\ncredential_process = evil"] },
    ];
    const { exitCode, stderr } = await add("--all");
    expect(stderr).toStartWith("error[sso-failed]: IAM Identity Center returned an invalid role");
    expect(exitCode).toBe(1);
    expect(config()).toBe(SESSION);
  });
});

describe("--prune", () => {
  beforeEach(async () => {
    await signIn();
    await add("--all");
    cloud.signIn.assignments.accounts = [{ accountId: "111111111111", accountName: "Dev", roles: ["Admin"] }];
  });

  test("removes the profiles whose role is gone", async () => {
    expect((await add("--prune")).stdout).toBe("removed Dev-ReadOnly\nremoved Prod-ReadOnly\n");
    expect(config()).toBe(SESSION + section("Dev-Admin", "111111111111", "Admin"));
  });

  test("with --all also adds the new ones", async () => {
    cloud.signIn.assignments.accounts = [{ accountId: "333333333333", accountName: "New", roles: ["R"] }];
    expect((await add("--prune", "--all")).exitCode).toBe(0);
    expect(config()).toBe(SESSION + section("New-R", "333333333333", "R"));
  });

  test("--dry-run shows it, and patch applies it", async () => {
    const before = config();
    const { stdout } = await add("--prune", "--dry-run");
    expect(config()).toBe(before);
    expect(stdout).toContain("-[profile Prod-ReadOnly]\n");
    if (isInstalled("patch")) {
      await home.runProgram(["patch", "-s", join(home.path, ".aws/config")], { stdin: stdout });
      expect(config()).toBe(SESSION + section("Dev-Admin", "111111111111", "Admin"));
    }
  });

  const CHANGES: readonly [what: string, change: (text: string) => string, why: string][] = [
    ["got a region", (text) => `${text}region = eu-west-1\n`, "it has been changed"],
    ["got a comment", (text) => text.replace(/(222222222222 ReadOnly\n)/, "$1# mine\n"), "it has been changed"],
    ["got another role", (text) => text.replace(/ReadOnly\n$/, "Operator\n"), "it has been changed"],
    [
      "is the source of another",
      (text) => `[profile user]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = Prod-ReadOnly\n${text}`,
      'the profile "user" uses it',
    ],
  ];
  for (const [what, change, why] of CHANGES) {
    test(`keeps a profile that ${what}`, async () => {
      writeConfig(change(config()));
      const { stdout, stderr } = await add("--prune");
      expect(stdout).toBe("removed Dev-ReadOnly\n");
      expect(stderr).toBe(`warning: the role of the profile "Prod-ReadOnly" is gone; it stays: ${why}\n`);
      expect(config()).toContain("[profile Prod-ReadOnly]");
    });
  }

  test("keeps profiles that rolecall did not write, and those of another session", async () => {
    const others =
      `${SESSION.replace("corp", "other")}${section("theirs", "222222222222", "ReadOnly", "other")}` +
      "\n[profile mine]\nsso_session = corp\nsso_account_id = 222222222222\nsso_role_name = ReadOnly\n";
    writeConfig(SESSION + others);
    expect((await add("--prune")).stdout).toStartWith("nothing to change");
    expect(config()).toBe(SESSION + others);
  });

  test("keeps what other files and comments say: only the lines that were written go", async () => {
    writeConfig(config().replace("\n[profile Prod-ReadOnly]", "# about production\n\n[profile Prod-ReadOnly]"));
    await add("--prune");
    expect(config()).toBe(`${SESSION + section("Dev-Admin", "111111111111", "Admin")}# about production\n`);
  });
});

describe.skipIf(!HAS_PTY)("at a terminal", () => {
  const LIST = "profiles (Tab marks, Ctrl-A all): ";
  const chosen = async (run: TerminalRun) => {
    const { stdout, exitCode } = await run.ended;
    return { names: [...stdout.matchAll(/^added (\S+)/gm)].map(([, name]) => name), exitCode };
  };

  test("signs in first, and asks for the roles", async () => {
    const run = atTerminal(["--sso-session", "corp"]);
    await run.waitFor(LIST);
    expect(run.written()).toContain("Dev-Admin");
    expect(run.written()).toContain("111111111111 Dev: Admin");
    run.type("\t\u001b[B\t\r");
    expect(await chosen(run)).toEqual({ names: ["Dev-Admin", "Prod-ReadOnly"], exitCode: 0 });
    expect(home.token("corp")?.accessToken).toBeDefined();
  });

  const KEYS: readonly [what: string, keys: string, names: readonly string[]][] = [
    ["Enter alone takes the selected one", "\u001b[B\r", ["Dev-ReadOnly"]],
    ["Ctrl-A takes all", "\u0001\r", ["Dev-Admin", "Dev-ReadOnly", "Prod-ReadOnly"]],
    ["Ctrl-A takes all that match, and marks stay", "prod\u0001\u0015\t\r", ["Dev-Admin", "Prod-ReadOnly"]],
    ["Ctrl-A twice takes none of them", "\u0001\u0001\t\r", ["Dev-Admin"]],
    ["Tab twice takes the mark away", "\t\u001b[A\t\u001b[A\u001b[B\t\r", ["Dev-ReadOnly"]],
  ];
  for (const [what, keys, names] of KEYS) {
    test(what, async () => {
      await signIn();
      const run = atTerminal(["--sso-session", "corp"]);
      await run.waitFor(LIST);
      run.type(keys);
      expect(await chosen(run)).toEqual({ names: [...names], exitCode: 0 });
    });
  }

  test("Escape changes nothing", async () => {
    await signIn();
    const run = atTerminal(["--sso-session", "corp"]);
    await run.waitFor(LIST);
    run.type("\t\u001b");
    expect((await run.ended).exitCode).toBe(130);
    expect(config()).toBe(SESSION);
  });

  const answerQuestions = async (run: TerminalRun) => {
    await run.waitFor("Start URL: ");
    run.type("corp.awsapps.com\r");
    await run.waitFor("Enter an https:// URL");
    run.type(`${START_URL}\r`);
    await run.waitFor("AWS region [us-east-1]: ");
    run.type("eu-west-1\r");
    return await run.ended;
  };

  test("a new session gets a section, after its URL and region were asked for", async () => {
    rmSync(join(home.path, ".aws"), { recursive: true });
    const run = atTerminal(["--sso-session", "corp", "--all"], { TERM: "dumb" });
    expect((await answerQuestions(run)).exitCode).toBe(0);
    expect(config()).toBe(SESSION + ALL);
    expect(statSync(join(home.path, ".aws/config")).mode & 0o777).toBe(0o600);
  });

  test("a new session is not written with --dry-run, nor the file created", async () => {
    rmSync(join(home.path, ".aws/config"));
    const run = atTerminal(["--sso-session", "corp", "--all", "--dry-run"], { TERM: "dumb" });
    expect((await answerQuestions(run)).stdout).toContain("+[sso-session corp]\n");
    expect(existsSync(join(home.path, ".aws/config"))).toBe(false);
  });

  test("a new session without any role is written, too", async () => {
    cloud.signIn.assignments.accounts = [];
    writeConfig("");
    const run = atTerminal(["--sso-session", "corp", "--all"], { TERM: "dumb" });
    expect((await answerQuestions(run)).stdout).toBe("added the sso-session corp\n");
    expect(config()).toBe(SESSION);
  });

  test("a token that AWS no longer accepts leads to a new sign-in", async () => {
    await signIn();
    cloud.signIn.tokens.clear();
    const run = atTerminal(["--sso-session", "corp", "--all"]);
    expect((await run.ended).exitCode).toBe(0);
    expect(config()).toBe(SESSION + ALL);
  });

  test("with the browser", async () => {
    cloud.signIn.oidc.isPreauthorized = false;
    const run = atTerminal(["--sso-session", "corp", "--all"], { ROLECALL_USE_DEVICE_CODE: "" });
    await run.waitFor("paste that address here: ");
    const url = /^ {2}(http\S+)\r?$/m.exec(run.written())?.[1] ?? "";
    await visit(cloud.signIn.oidc.decide(url, "allow"));
    expect((await run.ended).exitCode).toBe(0);
  });
});

describe("without a terminal", () => {
  test("a missing token is an error that names the command", async () => {
    const { exitCode, stderr } = await add("--all");
    expect(stderr).toStartWith("error[sso-login-needed]");
    expect(stderr).toContain("run: rolecall login --sso-session corp");
    expect(exitCode).toBe(1);
  });

  test("a new session is an error", async () => {
    writeConfig("");
    const { exitCode, stderr } = await add("--all");
    expect(stderr).toStartWith("error[sso-incomplete]: the section [sso-session corp] does not exist");
    expect(exitCode).toBe(2);
    expect(existsSync(join(home.path, ".aws/sso"))).toBe(false);
  });

  test("the session must be named, and the options belong to add", async () => {
    const unnamed = await home.run(["profiles", "add", "--all"]);
    expect([unnamed.exitCode, unnamed.stderr]).toEqual([2, expect.stringContaining("or one of: corp")]);
    const list = await home.run(["profiles", "--prune"]);
    expect([list.exitCode, list.stderr]).toEqual([2, expect.stringContaining("works only with profiles add")]);
    expect((await home.run(["profiles"], { env: { ROLECALL_ALL: "1" } })).exitCode).toBe(0);
  });
});
