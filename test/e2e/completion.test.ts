/** Completion: the responses to the scripts, and the scripts loaded in real shells. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isInstalled } from "../support/machine.ts";
import { makeHome, SUBJECT_COMMAND, type TestHome } from "../support/subject.ts";

const AT_SHELL = fileURLToPath(new URL("../support/at_shell.py", import.meta.url));

/** The name of a profile that runs a command if a shell evaluates it. */
const HOSTILE = "$(touch pwned)";

const CONFIG = `[default]
region = eu-west-1
[profile deploy]
role_arn = arn:aws:iam::123456789012:role/deploy
[profile "two words"]
[profile "${HOSTILE}"]
[profile "q'uote\\"d"]
[profile me@corp]
[profile x:one]
[profile "\u001b[2Jscreen"]
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
`;

const SETTINGS = '[role.ship]\nrole_arn = "arn:aws:iam::123456789012:role/ship"\n';

let home: TestHome;

beforeEach(() => {
  home = makeHome({ config: CONFIG, env: { TERM: "xterm", AWS_EC2_METADATA_DISABLED: "true" } });
  home.write(".config/rolecall/config.toml", SETTINGS);
  home.write("other.toml", SETTINGS.replaceAll("ship", "boat"));
  // The scripts run the program by its name.
  home.write("bin/rolecall", `#!/bin/sh\nexec ${SUBJECT_COMMAND} "$@"\n`, 0o755);
  home.write("bin/flatulence", "#!/bin/sh\n", 0o755);
});
afterEach(() => {
  expect(existsSync(join(home.path, "pwned"))).toBe(false);
  home.remove();
});

const environment = () => ({
  PATH: [join(home.path, "bin"), "/usr/local/bin:/usr/bin:/bin", dirname(process.execPath)].join(delimiter),
});

/** The response to the script of zsh or fish, as lines. */
async function respond(words: readonly string[], env: Record<string, string> = {}): Promise<string[]> {
  const { stdout, stderr, exitCode } = await home.run(["completion", "__complete", "fish", "--", ...words], { env });
  expect([stderr, exitCode]).toEqual(["", 0]);
  return stdout.split("\n").slice(0, -1);
}

describe("the response to a script", () => {
  const rows: readonly [words: readonly string[], response: readonly string[]][] = [
    [
      ["cache", ""],
      ["names", "list", "clear"],
    ],
    [
      ["completion", ""],
      ["names", "bash", "zsh", "fish"],
    ],
    [
      ["export", "--format", ""],
      ["names", "process", "env", "env-no-export", "powershell", "windows-cmd", "fish", "ini", "github"],
    ],
    [
      ["export", "--color=n"],
      ["names", "--color=auto", "--color=always", "--color=never"],
    ],
    [
      ["exec", "--credential-source", ""],
      ["names", "Environment", "Ec2InstanceMetadata", "EcsContainer"],
    ],
    [
      ["login", "--sso-session", ""],
      ["names", "corp\thttps://corp.awsapps.com/start"],
    ],
    [
      ["exec", "--role", ""],
      ["names", "ship\tarn:aws:iam::123456789012:role/ship"],
    ],
    [
      ["exec", "--settings", "other.toml", "--role", ""],
      ["names", "boat\tarn:aws:iam::123456789012:role/boat"],
    ],
    [
      ["exec", "--settings=other.toml", "--role", ""],
      ["names", "boat\tarn:aws:iam::123456789012:role/boat"],
    ],
    [["exec", "--settings", "no-such-file", "--role", ""], []],
    [["exec", "--settings", ""], ["files"]],
    [["exec", "--settings="], ["files --settings="]],
    [["exec", ""], ["command 1"]],
    [["exec", "-p", "x", ""], ["command 3"]],
    [["exec", "-qvp", "x", ""], ["command 3"]],
    [["exec", "-px", ""], ["command 2"]],
    [["exec", "--", ""], ["command 2"]],
    [["exec", "--", "-"], ["command 2"]],
    [["exec", "ls", "-l", "--pro"], ["command 1"]],
    [["exec", "ls", "--", "--pro"], ["command 1"]],
    [["--"], ["names", "--version\tshow version, runtime, platform and commit", "--help\tshow this help"]],
    [["whoami", "--external-id", ""], ["names"]],
    [["whoami", "--no-such="], ["names"]],
    [
      ["no-such-command", "-p", ""],
      ["names", "default"],
    ],
  ];
  for (const [words, expected] of rows) {
    test(words.map((word) => word || "''").join(" "), async () => {
      const given = await respond(words);
      expect(expected[1] === "default" ? given.slice(0, 2) : given).toEqual([...expected]);
    });
  }

  test("offers the commands, and after a command its options", async () => {
    expect((await respond([""])).map((line) => line.split("\t")[0])).toContain("export");
    const options = (await respond(["cache", "list", ""])).map((line) => line.split("\t")[0]);
    expect(options).toEqual(["names", "--all", "--json", "--quiet", "--verbose", "--color", "--help"]);
  });

  test("offers profiles with their roles, without names that could rewrite the screen", async () => {
    expect(await respond(["whoami", "-p", ""])).toEqual([
      "names",
      "default",
      "deploy\tarn:aws:iam::123456789012:role/deploy",
      "two words",
      HOSTILE,
      `q'uote"d`,
      "me@corp",
      "x:one",
    ]);
  });

  test("offers regions", async () => {
    expect(await respond(["whoami", "--region", ""])).toContain("eu-west-1");
  });

  const broken: readonly [what: string, file: string, text: string][] = [
    ["a broken config file", ".aws/config", "[default\nregion eu-west-1"],
    ["a broken settings file", ".config/rolecall/config.toml", "[role"],
  ];
  for (const [what, file, text] of broken) {
    test(`is empty with ${what}`, async () => {
      home.write(file, text);
      expect(await respond(["exec", file.startsWith(".aws") ? "-p" : "--role", ""])).toEqual([]);
    });
  }
});

describe("rejects", () => {
  const rows: readonly [args: readonly string[], text: string][] = [
    [[], "no shell given"],
    [["zhs"], 'did you mean "zsh"?'],
    [["bash", "x"], 'unexpected argument "x"'],
  ];
  for (const [args, text] of rows) {
    test(args.join(" ") || "no shell", async () => {
      const { stderr, exitCode } = await home.run(["completion", ...args]);
      expect(stderr).toContain(text);
      expect(exitCode).toBe(2);
    });
  }
});

/** Start-up files. They load the completion, number the prompts and define `show`, which records its arguments. */
const SHELLS = {
  bash: {
    argv: () => ["bash", "--rcfile", join(home.path, ".bashrc"), "-i"],
    startUp: ".bashrc",
    text: 'n=0 PS1=\'READY$n> \'\nsource <(rolecall completion bash)\nshow() { printf "<%s>" "$@" >>"$HOME/shown"; echo >>"$HOME/shown"; n=$((n + 1)); }\n',
  },
  zsh: {
    argv: () => ["zsh", "-i"],
    startUp: ".zshrc",
    text: 'setopt prompt_subst\nn=0 PS1=\'READY$n> \'\nautoload -Uz compinit && compinit -u\nsource <(rolecall completion zsh)\nshow() { printf "<%s>" "$@" >>"$HOME/shown"; echo >>"$HOME/shown"; n=$((n + 1)); }\n',
  },
  fish: {
    argv: () => ["fish", "-i"],
    startUp: ".config/fish/config.fish",
    text: "set -g n 0\nset -g fish_greeting\nfunction fish_prompt\n  echo -n READY$n'> '\nend\nrolecall completion fish | source\nfunction show\n  printf '<%s>' $argv >>$HOME/shown\n  echo >>$HOME/shown\n  set -g n (math $n + 1)\nend\n",
  },
} as const;

/** Lines as they are typed before Tab, and the words of the completed line. */
const TYPED: readonly [line: string, words: readonly string[]][] = [
  ["rolecall who", ["rolecall", "whoami"]],
  ["rolecall exec -p dep", ["rolecall", "exec", "-p", "deploy"]],
  ["rolecall exec --profile=dep", ["rolecall", "exec", "--profile=deploy"]],
  ["rolecall exec --prof", ["rolecall", "exec", "--profile"]],
  ["rolecall exec -p two", ["rolecall", "exec", "-p", "two words"]],
  ["rolecall exec -p 'two w", ["rolecall", "exec", "-p", "two words"]],
  ['rolecall exec -p "two w', ["rolecall", "exec", "-p", "two words"]],
  ["rolecall exec -p \\$", ["rolecall", "exec", "-p", HOSTILE]],
  ["rolecall exec -p '$(to", ["rolecall", "exec", "-p", HOSTILE]],
  ["rolecall exec -p q", ["rolecall", "exec", "-p", `q'uote"d`]],
  ["rolecall exec -p me@c", ["rolecall", "exec", "-p", "me@corp"]],
  ["rolecall exec -p x:", ["rolecall", "exec", "-p", "x:one"]],
  ["rolecall exec --role sh", ["rolecall", "exec", "--role", "ship"]],
  ["rolecall exec --region mx-c", ["rolecall", "exec", "--region", "mx-central-1"]],
  ["rolecall exec --settings oth", ["rolecall", "exec", "--settings", "other.toml"]],
  ["rolecall exec --settings=oth", ["rolecall", "exec", "--settings=other.toml"]],
  ["rolecall exec -p deploy flatu", ["rolecall", "exec", "-p", "deploy", "flatulence"]],
  ["rolecall exec -p deploy -- flatu", ["rolecall", "exec", "-p", "deploy", "--", "flatulence"]],
  ["rolecall exec -p deploy cat oth", ["rolecall", "exec", "-p", "deploy", "cat", "other.toml"]],
];

const CTRL_A = "\u0001";

for (const [name, shell] of Object.entries(SHELLS)) {
  describe.skipIf(!isInstalled(name) || !isInstalled("python3"))(
    `at a terminal, in ${name} (needs ${name} and python3)`,
    () => {
      test("Tab completes the word, with quotes if needed", async () => {
        home.write(shell.startUp, shell.text);
        const lines = TYPED.map(([line]) => `${line}\t${CTRL_A}show \r`);
        const { stdout } = await home.runProgram(["python3", AT_SHELL, JSON.stringify(lines), ...shell.argv()], {
          env: environment(),
        });
        expect(existsSync(join(home.path, "shown")) ? "" : stdout).toBe("");
        const shown = readFileSync(join(home.path, "shown"), "utf8").trimEnd().split("\n");
        expect(shown).toEqual(TYPED.map(([, words]) => words.map((word) => `<${word}>`).join("")));
      });
    },
  );
}

describe.skipIf(!isInstalled("fish"))("fish (needs fish)", () => {
  test("shows the roles next to the profiles", async () => {
    const script = 'rolecall completion fish | source; complete -C "rolecall exec -p d"';
    const { stdout } = await home.runProgram(["fish", "-c", script], { env: environment() });
    expect(stdout).toBe("default\ndeploy\tarn:aws:iam::123456789012:role/deploy\n");
  });

  test("completes the options of the command of exec", async () => {
    home.write(".config/fish/completions/flatulence.fish", "complete -c flatulence -l loud\n");
    const script = 'rolecall completion fish | source; complete -C "rolecall exec -p x -- flatulence --l"';
    const { stdout } = await home.runProgram(["fish", "-c", script], { env: environment() });
    expect(stdout).toBe("--loud\n");
  });
});

describe("bash", () => {
  test("completes the arguments of the command of exec, if bash-completion is loaded", async () => {
    const script = `source <(rolecall completion bash)
_command_offset() { COMPREPLY=("offset $1"); }
COMP_LINE='rolecall exec --profile=deploy --role-session-name a:b -- git st' COMP_POINT=\${#COMP_LINE}
COMP_WORDS=(rolecall exec --profile = deploy --role-session-name a : b -- git st) COMP_CWORD=11
_rolecall
echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await home.runProgram(["bash", "-c", script], { env: environment() });
    expect([stdout, stderr]).toEqual(["offset 10\n", ""]);
  });
});
