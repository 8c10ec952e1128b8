/** `--pick`: choosing a profile from a list on a pseudo-terminal. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { atTerminal } from "../support/at_terminal.ts";
import { keysSection } from "../support/aws_files.ts";
import { HAS_PTY } from "../support/machine.ts";
import { makeHome, REPLACES_PROCESS, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

/** The start of each drawing of the list, or the MFA prompt. */
const PROMPT = "\u001b\\[H|Enter MFA code";

const KEYS = "aws_access_key_id = AKIA1\naws_secret_access_key = s\n";
const CONFIG = `[profile beta]\n${KEYS}[profile alpha]\n${KEYS}[profile alphabet]\n${KEYS}[profile "漢字 wide"]\n${KEYS}`;

let home: TestHome;
afterEach(() => home.remove());

/**
 * Runs a program at a terminal of 24 lines and 80 columns.
 *
 * @param inputs the input at each drawing of the list; see at_terminal.py.
 */
async function pickAtTerminal(inputs: readonly string[], argv: readonly string[], env: Record<string, string> = {}) {
  const seen = await atTerminal(home, { prompt: PROMPT, inputs: ["@24x80", ...inputs], argv, env });
  return { ...seen, screens: screensOf(seen.terminal) };
}

/** Each drawing of the list, as lines without escape sequences. */
function screensOf(shown: string): string[][] {
  return shown
    .replace(/\u001b\[\?1049l.*$/s, "")
    .split("\u001b[H")
    .slice(1)
    .map((screen) => screen.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").split(/\r+\n/));
}

const choose = (inputs: readonly string[], args: readonly string[] = [], env: Record<string, string> = {}) =>
  pickAtTerminal(inputs, [...SUBJECT_ARGV, "export", "--format", "ini", "--pick", ...args], env);

/** The profile whose credentials were printed. */
const chosenIn = (stdout: string) => /^\[(.*)\]$/m.exec(stdout)?.[1];

const UP = "\\x1b[A";
const DOWN = "\\x1b[B";
const PAGE_DOWN = "\\x1b[6~";
const END = "\\x1b[F";

describe.skipIf(!HAS_PTY)("at a terminal (needs python3)", () => {
  beforeEach(() => {
    home = makeHome({ config: CONFIG });
  });

  const rows: readonly [what: string, inputs: readonly string[], chosen: string][] = [
    ["Enter chooses the marked profile", ["\\r"], "beta"],
    ["arrow down marks the next profile", [DOWN, "\\r"], "alpha"],
    ["arrow keys in application mode", ["\\x1bOB\\x1bOB\\x1bOA", "\\r"], "alpha"],
    ["arrow up stops at the top", [UP, UP, "\\r"], "beta"],
    ["arrow down stops at the end", [END, DOWN, "\\r"], "漢字 wide"],
    ["Ctrl-N and Ctrl-P move the mark", ["\\x0e\\x0e\\x10", "\\r"], "alpha"],
    ["typing filters the list, ignoring case", ["PHAB", "\\r"], "alphabet"],
    ["names that start with the text come first", ["a", "\\r"], "alpha"],
    ["several words match in any order", ["wide \\u6f22", "\\r"], "漢字 wide"],
    ["backspace deletes a character", ["alphabetx\\x7f", "\\r"], "alphabet"],
    ["Ctrl-U deletes the text", ["alphabet\\x15beta", "\\r"], "beta"],
    ["Ctrl-W deletes a word", ["wide nonsense\\x17", "\\r"], "漢字 wide"],
    ["keys that arrive together work", [`alp${DOWN}\\r`], "alphabet"],
    ["Enter without a match does nothing", ["nosuch\\r", "\\x15", "\\r"], "beta"],
  ];
  for (const [what, inputs, chosen] of rows) {
    test(what, async () => {
      const { stdout, exitCode } = await choose(inputs);
      expect([chosenIn(stdout), exitCode]).toEqual([chosen, 0]);
    });
  }

  test("standard output has only the result, and the list is on the alternate screen", async () => {
    const { stdout, terminal } = await choose(["\\r"]);
    expect(stdout).toStartWith("[beta]\naws_access_key_id");
    expect(terminal).toContain("\u001b[?1049h");
    expect(terminal).toEndWith("\u001b[?25h\u001b[?1049l");
  });

  test("the list shows the number of matches and a note for each profile", async () => {
    home.write(".aws/credentials", `[deploy]\nrole_arn = ${roleArn("deploy")}\nsource_profile = beta\n`);
    const { screens } = await choose(["dep", "\\x1b"]);
    expect(screens.at(-1)).toEqual([
      `profile: dep█${" ".repeat(80 - 13 - 3)}1/5`,
      "> deploy     arn:aws:iam::123456789012:role/deploy",
    ]);
  });

  test("the profile of AWS_PROFILE is marked first", async () => {
    expect(chosenIn((await choose(["\\r"], [], { AWS_PROFILE: "alphabet" })).stdout)).toBe("alphabet");
  });

  test("it overrides keys in the environment, as --profile does", async () => {
    const env = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "s" };
    expect((await choose(["\\r"], [], env)).stdout).toContain("AKIA1");
  });

  const cancels: readonly [what: string, input: string][] = [
    ["Escape", "\\x1b"],
    ["Ctrl-C", "\\x03"],
    ["Ctrl-D", "\\x04"],
  ];
  for (const [what, input] of cancels) {
    test(`${what} ends the program as SIGINT does`, async () => {
      const { exitCode, stdout } = await choose([input]);
      expect([exitCode, stdout]).toEqual([REPLACES_PROCESS ? -2 : 130, ""]);
    });
  }

  const endings: readonly [what: string, input: string][] = [
    ["a choice", "\\r"],
    ["Escape", "\\x1b"],
    ["SIGTERM", "!15"],
    ["SIGHUP", "!1"],
  ];
  for (const [what, input] of endings) {
    test(`after ${what} the terminal is restored`, async () => {
      // The trap keeps the shell, which runs stty, alive.
      const script = 'trap : TERM HUP; "$@" >/dev/null; stty -a </dev/tty';
      const argv = ["sh", "-c", script, "sh", ...SUBJECT_ARGV, "export", "--pick"];
      const { stdout, terminal } = await pickAtTerminal([input], argv);
      expect(terminal).toContain("\u001b[?25h\u001b[?1049l");
      for (const mode of ["icanon", "echo", "isig", "icrnl", "opost"])
        expect(stdout).toMatch(new RegExp(`(^|\\s)${mode}\\b`));
    });
  }

  test("the list fits a small terminal", async () => {
    const { screens } = await choose(["@4x12", "\\u6f22", "\\x15", END, "\\r"]);
    expect(screens.slice(-4)).toEqual([
      ["profile: █", "> beta", "  alpha", "  alphabet"],
      ["profile: 漢█", "> 漢字 wide"],
      ["profile: █", "> beta", "  alpha", "  alphabet"],
      ["profile: █", "  alpha", "  alphabet", "> 漢字 wide"],
    ]);
  });

  test("a terminal of one line and three columns works", async () => {
    const { stdout, screens } = await choose(["@1x3", "\\x1b[B", "\\r"]);
    expect(chosenIn(stdout)).toBe("alpha");
    expect(screens.at(-1)).toEqual([": █"]);
  });

  test("the list is drawn again when the terminal is resized", async () => {
    const { screens } = await choose(["@3x20", "@24x80", "\\r"]);
    expect(screens.at(-1)?.length).toBe(5);
  });

  test("the list scrolls through 500 profiles", async () => {
    home.write(".aws/config", Array.from({ length: 500 }, (_, i) => `[profile p${i}]\n${KEYS}`).join(""));
    const { stdout, screens } = await choose([PAGE_DOWN, PAGE_DOWN, DOWN, "\\r"]);
    expect(chosenIn(stdout)).toBe("p47");
    expect(screens.at(-1)?.length).toBe(24);
    expect(screens.at(-1)?.[0]).toEndWith(" 500/500");
    expect(screens.at(-1)?.[23]).toStartWith("> p47");
    expect(chosenIn((await choose(["p321", "\\r"])).stdout)).toBe("p321");
  });

  test("a name with control characters does not rewrite the terminal", async () => {
    home.write(".aws/config", `[profile "a\u001b[2Jb"]\n${KEYS}`);
    const { terminal } = await choose(["\\x03"]);
    expect(terminal).not.toContain("\u001b[2Jb");
  });
});

describe.skipIf(!HAS_PTY)("with an MFA prompt (needs python3)", () => {
  let cloud: Cloud;
  beforeEach(async () => {
    cloud = await startCloud();
  });
  afterEach(async () => await cloud.stop());

  test("both prompts use the same terminal, and the command gets the credentials", async () => {
    home = makeHome({
      credentials: keysSection("user1", cloud.user1),
      config: `[profile guarded]\nrole_arn = ${roleArn("guarded")}\nsource_profile = user1\nmfa_serial = ${mfaArn("user1")}\n`,
      env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
    });
    const { stdout, exitCode } = await pickAtTerminal(
      ["guard", "\\r", "012345\\r"],
      [...SUBJECT_ARGV, "exec", "--pick", "--", "printenv", "AWS_ACCESS_KEY_ID"],
    );
    expect(exitCode).toBe(0);
    expect(cloud.iam.principal(stdout.trim())?.roleArn).toBe(roleArn("guarded"));
  });
});

describe("rejects", () => {
  const rows: readonly [
    what: string,
    args: readonly string[],
    env: Record<string, string>,
    code: string,
    text: string,
  ][] = [
    ["no terminal", ["--pick"], {}, "pick-impossible", "there is no terminal"],
    ["--no-input", ["--pick", "--no-input"], {}, "pick-impossible", "--no-input forbids prompts"],
    ["a dumb terminal", ["--pick"], { TERM: "dumb" }, "pick-impossible", "(TERM=dumb)"],
    ["no profile", ["--pick"], { AWS_CONFIG_FILE: "/no/such/file" }, "pick-impossible", "there are no profiles"],
    ["--profile", ["--pick", "-p", "beta"], {}, "option-conflict", "--pick and --profile exclude each other"],
  ];
  for (const [what, args, env, code, text] of rows) {
    test(what, async () => {
      home = makeHome({ config: CONFIG });
      // setsid: the process has no controlling terminal, even if the tests have one.
      const outcome = await home.runProgram(["setsid", "-w", ...SUBJECT_ARGV, "export", ...args], { env });
      expect(outcome.stderr).toContain(`error[${code}]`);
      expect(outcome.stderr).toContain(text);
      expect([outcome.stdout, outcome.exitCode]).toEqual(["", 2]);
    });
  }
});

test("--profile on the command line overrides ROLECALL_PICK", async () => {
  home = makeHome({ config: CONFIG });
  const { exitCode } = await home.run(["export", "-p", "beta"], { env: { ROLECALL_PICK: "1" } });
  expect(exitCode).toBe(0);
});
