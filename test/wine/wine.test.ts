/** The program for Windows, as far as Wine runs it. `./scripts/wine` installs Wine; without it the tests are skipped. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { HAS_PTY } from "../support/machine.ts";
import { sendRequest } from "../support/send_request.ts";
import { startWindows, WINE, type Windows } from "../support/wine.ts";

const CTRL_C = fileURLToPath(new URL("ctrl_c.py", import.meta.url));

/** Prints its arguments as JSON. */
const PRINT_ARGUMENTS = "require('fs').writeSync(1, JSON.stringify(process.argv.slice(2)) + '\\n')\n";

describe.skipIf(WINE === undefined)("rolecall.exe", () => {
  let windows: Windows;
  let cloud: Cloud;
  let inCloud: { readonly env: Readonly<Record<string, string>> };

  beforeAll(async () => {
    [windows, cloud] = await Promise.all([startWindows(WINE ?? []), startCloud()]);
    inCloud = { env: { AWS_ENDPOINT_URL_STS: cloud.sts.url } };
    windows.write(
      `${windows.home}\\.aws\\config`,
      [
        "[default]",
        "region = eu-west-1",
        "[profile deploy]",
        `role_arn = ${roleArn("marketingadminrole")}`,
        "source_profile = user1",
        "[profile locked]",
        `role_arn = ${roleArn("marketingadminrole")}`,
        "role_session_name = locked",
        "source_profile = user1",
        "[profile process]",
        String.raw`credential_process = "C:\work\print keys.cmd" one&two`,
        "[profile in-work]",
        "credential_process = hostile",
        "",
      ].join("\r\n"),
    );
    windows.write(`${windows.home}\\.aws\\credentials`, keysSection("user1", cloud.user1));
    windows.write("C:\\work\\print-arguments.js", PRINT_ARGUMENTS);
    windows.write("C:\\work\\hostile.cmd", "@echo hostile\r\n@exit /b 66\r\n");
    windows.write("C:\\bin dir\\tool.cmd", `@"${windows.bun}" C:\\work\\print-arguments.js %*\r\n`);
    windows.write("C:\\bin dir\\seven.bat", "@exit /b 7\r\n");
    windows.write("C:\\bin dir\\page.html", "<p>\r\n");
    windows.write(
      "C:\\work\\print keys.cmd",
      '@echo {"Version": 1, "AccessKeyId": "AKIA%~n0", "SecretAccessKey": "secret%~1"}\r\n',
    );
  });
  afterAll(async () => {
    windows.remove();
    await cloud.stop();
  });

  /** Runs exec with the keys of user1, which need no network. */
  const exec = (...command: readonly string[]) => windows.run(["exec", "-p", "user1", "--", ...command]);
  const withPath = (path: string, ...command: readonly string[]) =>
    windows.runBatch([`set PATH=${path}`, `"${windows.rolecall}" exec -p user1 -- ${command.join(" ")}`]);

  test("--version names the target", async () => {
    expect((await windows.run(["--version"])).stdout).toContain("windows-x64");
  });

  test("the files are in %USERPROFILE%, and HOME is ignored", async () => {
    const { stdout } = await windows.run(["profiles"]);
    expect(stdout).toContain("user1");
    expect(stdout).toContain("~\\.aws\\config");
  });

  test("another USERPROFILE, and %NAME% in AWS_CONFIG_FILE", async () => {
    windows.write(
      "C:\\other\\.aws\\credentials",
      "[elsewhere]\r\naws_access_key_id = a\r\naws_secret_access_key = b\r\n",
    );
    windows.write("C:\\named\\config", "[profile named]\r\nregion = eu-west-2\r\n");
    const { stdout } = await windows.runBatch([
      "set USERPROFILE=C:\\other",
      "set where=named",
      "set AWS_CONFIG_FILE=C:\\%%WHERE%%\\config",
      `"${windows.rolecall}" profiles`,
    ]);
    expect(stdout).toContain("elsewhere");
    expect(stdout).toContain("C:\\named\\config");
  });

  test("export, explain and check", async () => {
    const exported = await windows.run(["export", "-p", "user1"]);
    expect(JSON.parse(exported.stdout)).toMatchObject({ Version: 1, AccessKeyId: cloud.user1.accessKeyId });
    const explained = await windows.run(["explain", "-p", "deploy"]);
    expect(explained.stdout).toContain("~\\.aws\\config:4:12");
    expect((await windows.run(["check"])).stdout).toContain("program-not-found");
  });

  test("a role is assumed once, and then cached", async () => {
    const before = cloud.sts.calls.length;
    const first = await windows.run(["export", "-p", "deploy"], inCloud);
    expect(first.stderr).toBe("");
    const second = await windows.run(["export", "-p", "deploy"], inCloud);
    expect(second.stdout).toBe(first.stdout);
    expect(cloud.sts.calls.slice(before).map((call) => call.action)).toEqual(["AssumeRole"]);
  });

  test("processes that start at once share one call", async () => {
    const before = cloud.sts.calls.length;
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => windows.run(["export", "-p", "locked", "--min-ttl", "0"], inCloud)),
    );
    expect(new Set(outcomes.map(({ stdout }) => stdout)).size).toBe(1);
    expect(cloud.sts.calls.slice(before)).toHaveLength(1);
  });

  test("a variable is found and removed in any case", async () => {
    const { stdout } = await windows.run(["exec", "--", "cmd", "/c", "set"], { env: { Aws_Profile: "user1" } });
    expect(stdout).toContain(`AWS_ACCESS_KEY_ID=${cloud.user1.accessKeyId}`);
    expect(stdout).not.toMatch(/aws_profile/i);
  });

  describe("exec finds", () => {
    const rows: readonly [what: string, path: string, command: string, output: RegExp | number][] = [
      ["a program by its name", "%PATH%", "cmd /c exit 0", 0],
      ["a batch file by its name", "C:\\bin dir;%PATH%", "seven", 7],
      ["a name in upper case", "C:\\bin dir;%PATH%", "SEVEN.BAT", 7],
      ["a folder in quotes", '"C:\\bin dir";%PATH%', "seven", 7],
      ["a path with a drive", "%PATH%", '"C:\\bin dir\\seven"', 7],
      ["a path with slashes", "%PATH%", '"C:/bin dir/seven.bat"', 7],
      ["a path relative to the current folder", "%PATH%", ".\\hostile", 66],
      ["no program in the current folder", "%PATH%", "hostile", /use \.\\hostile to run the one/],
      ["no program in the current folder, with a dot in PATH", ".;%PATH%", "hostile", /use \.\\hostile/],
      ["no name that does not exist", "%PATH%", "nope", /command "nope" not found/],
      ["no folder", "%PATH%", "C:\\windows", /C:\\windows cannot be executed/],
      ["no file that is not a program", "C:\\bin dir;%PATH%", "page.html", /only \.exe, \.com, \.bat and \.cmd files/],
    ];
    for (const [what, path, command, output] of rows) {
      test(what, async () => {
        const { stderr, exitCode } = await withPath(path, command);
        if (typeof output === "number") expect([stderr, exitCode]).toEqual(["", output]);
        else expect(stderr).toMatch(output);
      });
    }
  });

  describe("arguments arrive as they are", () => {
    const args = [
      "",
      "a b",
      'say "hi"',
      "C:\\a b\\",
      '\\"',
      "a&calc",
      '"&calc&"',
      "%PATH%",
      "100%",
      "^",
      "|<>()",
      "!x!",
    ];
    const more = ["a,b;c=d", "*", "ü€", "'x'", "tail\\\\"];
    for (const [what, program] of [
      ["at a program", () => [windows.bun, "C:\\work\\print-arguments.js"]],
      ["through a batch file", () => ["C:\\bin dir\\tool.cmd"]],
    ] as const) {
      test(what, async () => {
        const { stdout, stderr } = await exec(...program(), ...args, ...more);
        expect(stderr).toBe("");
        expect(JSON.parse(stdout)).toEqual([...args, ...more]);
      });
    }

    test("a line break does not reach a batch file", async () => {
      const { stderr, exitCode } = await exec("C:\\bin dir\\tool.cmd", "a\r\ncalc");
      expect(stderr).toContain("an argument has a line break");
      expect(exitCode).toBe(126);
    });
  });

  test("exit codes of 32 bits", async () => {
    // Not 259, STILL_ACTIVE: Wine's cmd.exe takes it for 0.
    const codes = [0, 1, 255, 256, 1000, 70000, -1073741819];
    const { stdout } = await windows.runBatch(
      codes.flatMap((code) => [
        `"${windows.rolecall}" exec -p user1 -- cmd /c exit ${code}`,
        "call echo %%errorlevel%%",
      ]),
    );
    expect(stdout.trim().split(/\s+/).map(Number)).toEqual(codes);
  });

  test("the exit code of a nested exec", async () => {
    const { exitCode } = await exec(windows.rolecall, "exec", "-p", "user1", "--", "cmd", "/c", "exit 3");
    expect(exitCode).toBe(3);
  });

  test.skipIf(!HAS_PTY)("Ctrl-C reaches COMMAND once, and rolecall waits for it", async () => {
    windows.write("C:\\work\\count.js", COUNT_CTRL_C);
    windows.write("C:\\work\\press.js", PRESS_CTRL_C);
    const { argv, env } = windows.command([windows.bun, "C:\\work\\press.js", windows.rolecall]);
    const child = Bun.spawn(["python3", CTRL_C, ...argv], { env, stdout: "pipe" });
    const output = await new Response(child.stdout).text();
    const outcome = /\{.*\}/.exec(output)?.[0] ?? output;
    expect(JSON.parse(outcome)).toEqual({ stdout: "ready\ncaught 1\ntotal 1\n", exitCode: 42 });
  });

  test("credential_process: backslashes, a batch file, and an argument that starts no command", async () => {
    const { stdout, stderr } = await windows.run(["export", "-p", "process"]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ AccessKeyId: "AKIAprint keys", SecretAccessKey: "secretone&two" });
  });

  test("a credential_process is not searched in the current folder", async () => {
    const { stdout, stderr } = await windows.run(["export", "-p", "in-work"]);
    expect(stdout).toBe("");
    expect(stderr).toContain("cannot be run: hostile: No such file or directory");
  });

  test("exec --serve: COMMAND gets credentials, and the server ends with it", async () => {
    windows.write("C:\\work\\fetch.js", FETCH_CREDENTIALS);
    const { stdout, stderr, exitCode } = await windows.run(
      ["exec", "--serve", "-p", "user1", "--", windows.bun, "C:\\work\\fetch.js"],
      inCloud,
    );
    expect([stderr, exitCode]).toEqual(["", 5]);
    const { keyId, file, url } = JSON.parse(stdout);
    expect(keyId).toBe(cloud.user1.accessKeyId);
    // Not even the folder is left.
    expect([windows.exists(file), windows.exists(file.replace(/\\[^\\]*$/, ""))]).toEqual([false, false]);
    expect(await fetch(url).catch(() => "refused")).toBe("refused");
  });

  test("serve", async () => {
    const server = windows.start(["serve", "-p", "deploy"], inCloud);
    const [, url = ""] = await server.says(/AWS_CONTAINER_CREDENTIALS_FULL_URI=(\S+)/);
    const [, token = ""] = await server.says(/AWS_CONTAINER_AUTHORIZATION_TOKEN=(\S+)/);
    const { status, body } = await sendRequest(url, { headers: { Authorization: token } });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toHaveProperty("SecretAccessKey");
    await server.stop("SIGKILL");
  });
});

const COUNT_CTRL_C = `
const print = (text) => require("fs").writeSync(1, text + "\\n");
let count = 0;
process.on("SIGINT", () => {
  print("caught " + ++count);
  // A second signal would arrive by then.
  if (count === 1) setTimeout(() => { print("total " + count); process.exit(42); }, 1000);
});
setInterval(() => {}, 1000);
print("ready");
`;

/** Starts rolecall, and sends Ctrl-C to all processes of the console, as the console does. */
const PRESS_CTRL_C = `
const { symbols } = require("bun:ffi").dlopen("kernel32.dll", {
  GenerateConsoleCtrlEvent: { args: ["u32", "u32"], returns: "i32" },
});
process.on("SIGINT", () => {});
const args = ["exec", "-p", "user1", "--", process.execPath, "C:\\\\work\\\\count.js"];
const child = require("child_process").spawn(process.argv[2], args, { stdio: ["ignore", "pipe", "inherit"] });
let stdout = "";
let isPressed = false;
child.stdout.on("data", (data) => {
  stdout += data;
  if (!isPressed && stdout.includes("ready")) isPressed = symbols.GenerateConsoleCtrlEvent(0, 0) !== 0;
});
child.on("close", (exitCode) => console.log(JSON.stringify({ stdout, exitCode })));
`;

const FETCH_CREDENTIALS = `
const url = process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
const file = process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
const token = require("fs").readFileSync(file, "utf8");
const response = await fetch(url, { headers: { Authorization: token } });
const { AccessKeyId: keyId } = await response.json();
console.log(JSON.stringify({ keyId, file, url }));
process.exit(5);
export {};
`;
