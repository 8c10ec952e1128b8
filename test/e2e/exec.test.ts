/** `exec`: the environment, arguments, exit code and signals of the command. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { atTerminal } from "../support/at_terminal.ts";
import { keysSection } from "../support/aws_files.ts";
import { HAS_PTY, isInstalled } from "../support/machine.ts";
import {
  makeHome,
  parseEnvironment,
  REPLACES_PROCESS,
  SUBJECT,
  SUBJECT_ARGV,
  SUBJECT_COMMAND,
  type TestHome,
} from "../support/subject.ts";

const CREDENTIALS = "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret/example\n";

let cloud: Cloud;
let home: TestHome;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => await cloud.stop());
afterEach(() => home.remove());

/** Returns the environment that `exec -- env` prints. */
async function environmentOf(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Record<string, string>> {
  const { stdout, stderr, exitCode } = await home.run(["exec", ...args, "--", "/usr/bin/env"], { env });
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return parseEnvironment(stdout);
}

test.each([
  ["exec --bogus", 125],
  ["--bogus exec true", 125],
  ["-p x exec --bogus", 125],
  ["--profile=x exec --bogus", 125],
  ["whoami -p exec --bogus", 2],
  ["-p exec whoami --bogus", 2],
  ["exports exec", 2],
])("the exit code of a wrong command line: %s", async (line, code) => {
  home = makeHome();
  expect((await home.run(line.split(" "))).exitCode).toBe(code);
});

describe("the command's environment", () => {
  test("has static keys, but no token, expiration or region if there is none", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    const aws = Object.entries(await environmentOf([])).filter(([name]) => name.startsWith("AWS_"));
    expect(Object.fromEntries(aws)).toEqual({
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret/example",
    });
  });

  test("has a role session's token and expiration, and the region under both names", async () => {
    home = makeHome({
      credentials: keysSection("default", cloud.user1),
      env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
    });
    const environment = await environmentOf(["--role-arn", roleArn("marketingadminrole"), "--region", "eu-west-1"]);
    const session = cloud.iam.principal(environment.AWS_ACCESS_KEY_ID ?? "");
    expect(session?.arn).toContain("assumed-role/marketingadminrole/");
    expect(environment.AWS_SESSION_TOKEN).toBe(session?.sessionToken ?? "none");
    expect(new Date(environment.AWS_CREDENTIAL_EXPIRATION ?? "")).toEqual(session?.expiration ?? new Date(0));
    expect([environment.AWS_REGION, environment.AWS_DEFAULT_REGION]).toEqual(["eu-west-1", "eu-west-1"]);
  });

  test("has the instance's region only if none is configured", async () => {
    home = makeHome({ env: { ...imdsVariables(cloud.imds) } });
    const found = await environmentOf([]);
    expect([found.AWS_REGION, found.AWS_DEFAULT_REGION]).toEqual(["eu-central-1", "eu-central-1"]);
    expect((await environmentOf([], { AWS_DEFAULT_REGION: "eu-west-3" })).AWS_REGION).toBe("eu-west-3");
    const explained = await home.run(["explain"]);
    expect(explained.stdout).toMatch(/^region +not set: exec sets the instance's, if its metadata has one$/m);
  });

  test("has no variable that would make an SDK use other credentials", async () => {
    home = makeHome({
      credentials: `${CREDENTIALS}[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other/secret\n`,
    });
    const environment = await environmentOf(["--profile", "other"], {
      AWS_PROFILE: "default",
      AWS_DEFAULT_PROFILE: "default",
      AWS_ACCESS_KEY_ID: "AKIAOLD",
      AWS_SECRET_ACCESS_KEY: "old/secret",
      AWS_SESSION_TOKEN: "old-token",
      AWS_SECURITY_TOKEN: "older-token",
      AWS_CREDENTIAL_EXPIRATION: "2099-01-01T00:00:00Z",
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/x",
      AWS_ROLE_SESSION_NAME: "x",
      AWS_WEB_IDENTITY_TOKEN_FILE: "/nonexistent",
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/x",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://localhost/x",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "x",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/nonexistent",
      AWS_ACCESS_KEY: "AKIAOLD",
      AWS_SECRET_KEY: "old/secret",
      AMAZON_ACCESS_KEY_ID: "AKIAOLD",
      AMAZON_SECRET_ACCESS_KEY: "old/secret",
      AMAZON_SESSION_TOKEN: "old-token",
      AWS_CREDENTIAL_FILE: "/nonexistent",
      AWS_CREDENTIAL_PROFILES_FILE: "/nonexistent",
      ROLECALL_NO_INPUT: "1",
    });
    const left = Object.keys(environment).filter((name) => /^(AWS|ROLECALL)_/.test(name));
    expect(left.sort()).toEqual(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ROLECALL_ACTIVE"]);
    expect(environment.AWS_ACCESS_KEY_ID).toBe("AKIAOTHER");
  });

  describe("names the profile or role in use in ROLECALL_ACTIVE", () => {
    const KEYS = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret/example" };
    const ARN = roleArn("marketingadminrole");
    const rows: readonly [what: string, args: readonly string[], name: string | undefined][] = [
      ["the default profile", [], "default"],
      ["a profile", ["--profile", "m"], "m"],
      ["the name in the ARN of --role-arn", ["--role-arn", ARN], "marketingadminrole"],
      ["the role of --role", ["--role", "deploy"], "deploy"],
      ["with --serve, too", ["--profile", "m", "--serve"], "m"],
    ];
    for (const [what, args, name] of rows) {
      test(what, async () => {
        home = makeHome({
          config: `[profile m]\nrole_arn = ${ARN}\nsource_profile = default\n`,
          credentials: keysSection("default", cloud.user1),
          env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
        });
        home.write(".config/rolecall/config.toml", `[role.deploy]\nrole_arn = "${ARN}"\nsource_profile = "default"\n`);
        expect((await environmentOf(args)).ROLECALL_ACTIVE).toBe(name);
      });
    }

    test("nothing without a profile, and not the name of an outer exec", async () => {
      home = makeHome();
      expect(await environmentOf([], { ...KEYS, ROLECALL_ACTIVE: "outer" })).not.toHaveProperty("ROLECALL_ACTIVE");
    });

    test("in a nested exec the inner name", async () => {
      home = makeHome({
        credentials: `${CREDENTIALS}[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other/secret\n`,
      });
      const inner = await environmentOf(["-p", "default", ...SUBJECT_ARGV, "exec", "-p", "other"]);
      expect(inner).toMatchObject({ ROLECALL_ACTIVE: "other", AWS_ACCESS_KEY_ID: "AKIAOTHER" });
    });
  });

  test("keeps all other variables, including those of the runtime", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    const kept = {
      BUN_OPTIONS: "--smol",
      NODE_OPTIONS: "--no-warnings",
      AWS_PAGER: "",
      SPACES: " a  b ",
      EQUALS: "a=b=c",
    };
    expect(await environmentOf([], kept)).toMatchObject(kept);
  });
});

describe("a variable that begins with ROLECALL_ and names no option is an error", () => {
  test.each([
    ["exec", "ROLECALL_ROLE_ARM", 125, "did you mean ROLECALL_ROLE_ARN?"],
    ["explain", "ROLECALL_NO_CASH", 2, "did you mean ROLECALL_NO_CACHE?"],
    ["check", "ROLECALL_COLOUR", 2, "did you mean ROLECALL_COLOR?"],
    ["profiles", "ROLECALL_XYZZY", 2, "unset it: a variable that begins with ROLECALL_ sets an option"],
    ["whoami", "ROLECALL_SERVICE_HOST", 2, "rename the Kubernetes Service rolecall"],
    ["export", "ROLECALL_PORT_8080_TCP_ADDR", 2, "rename the Kubernetes Service rolecall"],
  ])("%s with %s", async (command, name, code, help) => {
    home = makeHome({ credentials: CREDENTIALS });
    const args = [command, ...(command === "exec" ? ["true"] : [])];
    const { stdout, stderr, exitCode } = await home.run(args, { env: { [name]: "do-not-show" } });
    expect([stdout, exitCode]).toEqual(["", code]);
    expect(stderr).toContain(`error[unknown-variable]: the variable ${name} names no option`);
    expect(stderr).toContain(help);
    expect(stderr).not.toContain("do-not-show");
  });

  test.each([
    ["an option of another command", "ROLECALL_SESSION_DURATION", "1h"],
    ["--version, which belongs to no command", "ROLECALL_VERSION", "1.2.3"],
    ["an empty variable, which counts as not set", "ROLECALL_ROLE_ARM", ""],
    ["the name that an outer exec sets", "ROLECALL_ACTIVE", "outer"],
    ["a variable with another prefix", "MY_ROLECALL_ROLE_ARM", "x"],
  ])("but not %s", async (_, name, value) => {
    home = makeHome({ credentials: CREDENTIALS });
    expect((await environmentOf([], { [name]: value })).AWS_ACCESS_KEY_ID).toBe("AKIAEXAMPLE");
  });
});

describe("the command line", () => {
  const rows: readonly [description: string, args: readonly string[], stdout: string][] = [
    [
      "options after COMMAND are COMMAND's",
      ["exec", "echo", "-p", "x", "--help", "--profile=y"],
      "-p x --help --profile=y\n",
    ],
    ["-- may precede COMMAND", ["exec", "--", "echo", "-n", "x"], "x"],
    ["a second -- is COMMAND's", ["exec", "--", "echo", "--", "x"], "-- x\n"],
    ["options before COMMAND are rolecall's", ["exec", "-p", "default", "echo", "a", "-p"], "a -p\n"],
    [
      "arguments stay as they are",
      ["exec", "--", "printf", "[%s]", "", "012", "1e3", "a b", "*", "é"],
      "[][012][1e3][a b][*][é]",
    ],
  ];
  for (const [description, args, stdout] of rows) {
    test(description, async () => {
      home = makeHome({ credentials: CREDENTIALS });
      expect(await home.run(args)).toEqual({ exitCode: 0, signal: undefined, stdout, stderr: "" });
    });
  }

  test("exec ls -la needs no --", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    const { exitCode, stdout } = await home.run(["exec", "ls", "-la"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(".aws");
  });
});

describe("the exit code", () => {
  const rows: readonly [description: string, command: readonly string[], exitCode: number, stderr: RegExp][] = [
    ["is the command's", ["sh", "-c", "exit 7"], 7, /^$/],
    ["is 127 for a command that does not exist", ["no-such-command"], 127, /error\[command-not-found\]/],
    ["is 127 for a path that does not exist", ["./no/such"], 127, /error\[command-not-found\]/],
    ["is 126 for a folder", ["/usr"], 126, /error\[command-not-executable\]/],
    ["is 126 for a file that may not be executed", ["./.aws/credentials"], 126, /error\[command-not-executable\]/],
  ];
  for (const [description, command, exitCode, stderr] of rows) {
    test(description, async () => {
      home = makeHome({ credentials: CREDENTIALS });
      const outcome = await home.run(["exec", "--", ...command]);
      expect(outcome.exitCode).toBe(exitCode);
      expect(outcome.stderr).toMatch(stderr);
    });
  }

  const own: readonly [description: string, args: readonly string[], code: string][] = [
    ["a profile that does not exist", ["exec", "-p", "nope", "--", "true"], "profile-not-found"],
    ["an unknown option", ["exec", "--nope", "true"], "unknown-option"],
    ["no command", ["exec"], "missing-argument"],
  ];
  for (const [description, args, code] of own) {
    test(`is 125 if rolecall itself fails: ${description}`, async () => {
      home = makeHome({ credentials: CREDENTIALS });
      const outcome = await home.run(args);
      expect(outcome.stderr).toContain(`error[${code}]`);
      expect(outcome.exitCode).toBe(125);
      expect(outcome.stdout).toBe("");
    });
  }

  test("is the signal that ended the command, or 128 plus its number for a child", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    const { exitCode, signal } = await home.run(["exec", "--", "sh", "-c", "kill -TERM $$"]);
    expect([exitCode, signal]).toEqual(REPLACES_PROCESS ? [undefined, "SIGTERM"] : [128 + 15, undefined]);
  });

  test("is 127 for a missing command before any credential source is asked", async () => {
    home = makeHome({ env: { ...imdsVariables(cloud.imds) } });
    const before = cloud.imds.requests.length;
    expect((await home.run(["exec", "no-such-command"])).exitCode).toBe(127);
    expect(cloud.imds.requests.length).toBe(before);
  });
});

describe("the process", () => {
  test.skipIf(!REPLACES_PROCESS)("is replaced with the command: the process id stays the same", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    const script = `echo $$; exec ${SUBJECT_COMMAND} exec -- sh -c 'echo $$'`;
    const { stdout } = await home.runProgram(["sh", "-c", script]);
    const [before, after] = stdout.trim().split("\n");
    expect(after).toBe(before ?? "");
  });

  test.skipIf(!REPLACES_PROCESS || !isInstalled("bash"))(
    "keeps inherited file descriptors open: process substitution",
    async () => {
      home = makeHome({ credentials: CREDENTIALS });
      const script = `${SUBJECT_COMMAND} exec -- cat <(echo hi)`;
      expect((await home.runProgram(["bash", "-c", script])).stdout).toBe("hi\n");
    },
  );

  test.skipIf(!REPLACES_PROCESS || !isInstalled("bash"))(
    "keeps inherited file descriptors of any number open, and adds none",
    async () => {
      home = makeHome({ credentials: CREDENTIALS });
      // The listing includes the shell's own descriptor of the folder, in both runs.
      const list = "cd /proc/$$/fd; echo *";
      const script = `exec 5</dev/null 9</dev/null 77>/dev/null; exec ${SUBJECT_COMMAND} exec -- bash -c '${list}'`;
      const { stdout } = await home.runProgram(["bash", "-c", script]);
      const direct = await home.runProgram([
        "bash",
        "-c",
        `exec 5</dev/null 9</dev/null 77>/dev/null; exec bash -c '${list}'`,
      ]);
      expect(stdout).toBe(direct.stdout);
      expect(stdout.trim().split(" ")).toEqual(expect.arrayContaining(["5", "9", "77"]));
    },
  );

  test("leaves standard input to the command", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    const { stdout } = await home.run(["exec", "--", "cat"], { stdin: "one\ntwo\n" });
    expect(stdout).toBe("one\ntwo\n");
  });

  test("runs a script without a #! line, as a shell would", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    home.write("script", "echo from script $1\n", 0o755);
    expect((await home.run(["exec", "./script", "x"])).stdout).toBe("from script x\n");
  });

  test("names a missing interpreter", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    home.write("script", "#!/no/such/interpreter\n", 0o755);
    const { exitCode, stderr } = await home.run(["exec", "./script"]);
    expect(exitCode).toBe(127);
    expect(stderr).toContain("interpreter");
  });

  test.skipIf(!REPLACES_PROCESS)("has the argv[0] that was typed", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    const { stdout } = await home.run(["exec", "--", "sh", "-c", "cat /proc/$$/cmdline | tr '\\0' ' '"]);
    expect(stdout).toMatch(/^sh -c /);
  });
});

describe("signals", () => {
  test("sent to rolecall reach the command", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    const script =
      "trap 'echo got USR1' USR1; trap 'echo got TERM; exit 5' TERM; echo READY; while :; do sleep 0.05; done";
    const program = home.start(["exec", "--", "sh", "-c", script]);
    await program.says(/READY/);
    process.kill(program.pid, "SIGUSR1");
    await program.says(/got USR1/);
    expect(await program.stop("SIGTERM")).toMatchObject({ exitCode: 5, stdout: "READY\ngot USR1\ngot TERM\n" });
  });

  test.skipIf(!HAS_PTY)("Ctrl-C reaches the command once", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    // The first READY is followed by Ctrl-C, the second by an empty line.
    const script =
      "n=0; trap 'n=$((n + 1)); echo READY >/dev/tty' INT; echo READY >/dev/tty; until read -r line; do :; done </dev/tty; echo \"$n times\"";
    const seen = await atTerminal(home, {
      prompt: "READY",
      inputs: ["\\x03", "\\r"],
      argv: [...SUBJECT_ARGV, "exec", "--", "sh", "-c", script],
    });
    expect(seen).toMatchObject({ stdout: "1 times\n", exitCode: 0 });
  });
});

describe("a hostile working directory", () => {
  test.skipIf(SUBJECT !== "compiled")("cannot run code or set variables", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    const folder = join(home.path, "checkout");
    mkdirSync(folder);
    home.write("checkout/.env", "INJECTED=yes\nAWS_ACCESS_KEY_ID=AKIAEVIL\nAWS_SECRET_ACCESS_KEY=evil\n");
    home.write("checkout/evil.ts", "console.log('evil code ran');\n");
    home.write("checkout/bunfig.toml", 'preload = ["./evil.ts"]\n');
    home.write("checkout/tsconfig.json", '{"compilerOptions":{"paths":{"node:*":["./evil.ts"]}}}');
    home.write("checkout/package.json", '{"name":"evil","imports":{"#x":"./evil.ts"}}');
    const { stdout, exitCode } = await home.run(["exec", "--", "/usr/bin/env"], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain("evil code ran");
    expect(parseEnvironment(stdout)).not.toHaveProperty("INJECTED");
    expect(parseEnvironment(stdout).AWS_ACCESS_KEY_ID).toBe("AKIAEXAMPLE");
  });

  // Bun searches the working directory for a library that it finds nowhere else. Without its just-in-time compiler it
  // cannot open libraries, and the error shows the path.
  test.skipIf(SUBJECT !== "compiled")("is not searched for the C library", async () => {
    home = makeHome({ credentials: CREDENTIALS });
    home.write("checkout/libc.so.6", "");
    const cwd = join(home.path, "checkout");
    const { stderr } = await home.run(["exec", "true"], { cwd, env: { BUN_JSC_useJIT: "0" } });
    expect(stderr).not.toContain(cwd);
  });
});

describe("standard error that cannot be written", () => {
  const rows: readonly [description: string, redirection: string][] = [
    ["closed", "2>&-"],
    ["a full disk", "2>/dev/full"],
  ];
  for (const [description, redirection] of rows) {
    test(`${description}: the command still runs, and an error keeps its exit code`, async () => {
      home = makeHome({ credentials: CREDENTIALS });
      const shell = async (args: string) =>
        await home.runProgram(["sh", "-c", `${SUBJECT_COMMAND} ${args} ${redirection}`]);
      expect((await shell("exec -v echo ran")).stdout).toBe("ran\n");
      expect((await shell("export --no-such-option")).exitCode).toBe(2);
    });
  }
});
