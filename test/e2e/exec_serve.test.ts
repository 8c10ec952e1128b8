/** `exec --serve`: the command, its helper process, and the copies of the AWS files. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { hasExited } from "../../src/runtime/process/process_watch.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { HAS_MOUNT_NAMESPACES, HAS_PTY, IS_ROOT, isInstalled, QEMU_X86_64 } from "../support/machine.ts";
import { sendRequest } from "../support/send_request.ts";
import {
  makeHome,
  parseEnvironment,
  REPLACES_PROCESS,
  SUBJECT_ARGV,
  SUBJECT_COMMAND,
  type TestHome,
} from "../support/subject.ts";
import { waitUntil } from "../support/wait_until.ts";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeHome({
    config: `[profile m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\nregion = eu-west-3\n`,
    credentials:
      keysSection("user1", cloud.user1) +
      `[guarded]\nrole_arn = ${roleArn("guarded")}\nsource_profile = user1\nmfa_serial = ${mfaArn("user1")}\n`,
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

/** A command that prints its environment, and then runs until its input ends. */
const PRINT_AND_WAIT = ["sh", "-c", "env; echo READY $$; cat >/dev/null"];

async function startServed(
  args: readonly string[] = [],
  command: readonly string[] = PRINT_AND_WAIT,
  env: Record<string, string> = {},
) {
  const program = home.start(["exec", "-p", "m", ...args, "--serve", "--", ...command], { env });
  await program.says(/READY \d+\n/);
  const environment = parseEnvironment(program.stdout());
  return {
    program,
    environment,
    url: environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "",
    token: environment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "",
  };
}

function requestWith(url: string, token: string) {
  return sendRequest(url, { headers: { authorization: token } });
}

/** Resolves when no process listens there any more. */
function waitUntilClosed(url: string): Promise<void> {
  return waitUntil(() =>
    sendRequest(url).then(
      () => false,
      () => true,
    ),
  );
}

/** Finds the helper process that listens on the port of the URL, among those of all tests. */
function helperOf(url: string): number {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, "0");
  const inode = readFileSync("/proc/self/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([, local]) => local === `0100007F:${port}`)?.[9];
  const { stdout } = Bun.spawnSync(["sh", "-c", "grep -sl __serve /proc/[0-9]*/cmdline"]);
  for (const path of stdout.toString().trim().split("\n")) {
    const pid = Number(path.split("/")[2]);
    // Lists nothing if the process has ended in the meantime.
    const sockets = Bun.spawnSync(["sh", "-c", `ls -l /proc/${pid}/fd 2>/dev/null`]).stdout.toString();
    if (inode !== undefined && sockets.includes(`socket:[${inode}]`)) return pid;
  }
  throw new Error(`no helper process listens at ${url}`);
}

describe("the command", () => {
  test("gets an endpoint instead of keys, and the endpoint responds", async () => {
    const { program, environment, url, token } = await startServed();
    const aws = Object.keys(environment).filter((name) => /^(AWS|ROLECALL)_/.test(name));
    expect(aws.sort()).toEqual([
      "AWS_CONTAINER_AUTHORIZATION_TOKEN",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      "AWS_CREDENTIAL_PROFILES_FILE",
      "AWS_DEFAULT_REGION",
      "AWS_EC2_METADATA_DISABLED",
      "AWS_ENDPOINT_URL_STS",
      "AWS_REGION",
      "ROLECALL_ACTIVE",
    ]);
    expect(environment.AWS_REGION).toBe("eu-west-3");
    const { status, body } = await requestWith(url, token);
    expect(status).toBe(200);
    expect(cloud.iam.principal(JSON.parse(body).AccessKeyId)?.arn).toContain("marketingadminrole");
    await program.stop();
  });

  test("gets the token in a private file, too, which is removed when the command ends", async () => {
    const { program, environment, token, url } = await startServed();
    const file = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? "";
    expect(readFileSync(file, "utf8")).toBe(token);
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
    await program.stop();
    await waitUntilClosed(url);
    await waitUntil(() => !existsSync(dirname(file)));
  });

  test.skipIf(!REPLACES_PROCESS)("replaces the process", async () => {
    const { program } = await startServed();
    expect(program.stdout()).toContain(`READY ${program.pid}\n`);
    await program.stop();
  });

  test("keeps its exit code", async () => {
    expect(await home.run(["exec", "-p", "m", "--serve", "--", "sh", "-c", "exit 7"])).toMatchObject({
      exitCode: 7,
      stderr: "",
    });
  });

  test("in a pipeline closes the pipe at once when it ends", async () => {
    const { stdout, exitCode } = await home.runProgram([
      "sh",
      "-c",
      `${SUBJECT_COMMAND} exec -p m --serve -- echo done | cat`,
    ]);
    expect([stdout, exitCode]).toEqual(["done\n", 0]);
  });

  test.skipIf(!REPLACES_PROCESS)("has no child process that it did not start", async () => {
    const script = "wait; read -r children </proc/$$/task/$$/children; echo $children none";
    const { stdout } = await home.run(["exec", "-p", "m", "--serve", "--", "sh", "-c", script]);
    expect(stdout).toBe("none\n");
  });

  test("has the same file descriptors as without --serve", async () => {
    const list = ["exec", "-p", "m", "--", "sh", "-c", "cd /proc/$$/fd; echo *"];
    const without = await home.run(list);
    const served = await home.run(["exec", "--serve", ...list.slice(1)]);
    expect(served.stdout).toBe(without.stdout);
  });

  test("is not started if there are no credentials", async () => {
    const { stdout, stderr, exitCode } = await home.run(["exec", "-p", "none", "--serve", "--", "echo", "started"]);
    expect([stdout, exitCode]).toEqual(["", 125]);
    expect(stderr).toContain("error[profile-not-found]");
  });

  test("inside another exec uses what the outer one has set, and -v says so", async () => {
    const inner = [...SUBJECT_ARGV, "exec", "-v", "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID"];
    const { stdout, stderr } = await home.run(["exec", "-p", "m", "--serve", "--", ...inner]);
    expect(cloud.iam.principal(stdout.trim())?.arn).toContain("marketingadminrole");
    expect(stderr).toContain(
      "source container (the variable AWS_CONTAINER_CREDENTIALS_FULL_URI), set by the parent process",
    );
  });

  test("inside another exec warns if the profile that is named has no credentials", async () => {
    home.write(
      ".aws/config",
      `${readFileSync(join(home.path, ".aws/config"), "utf8")}[profile empty]\noutput = json\n`,
    );
    const inner = (env: string, args: string) => ["sh", "-c", `${env} ${SUBJECT_COMMAND} exec ${args} -- true`];
    const rows: readonly [inner: readonly string[], warning: string | undefined][] = [
      [inner("", "-p empty"), 'not those of the profile "empty" (--profile), but those that the outer exec of "m" set'],
      [inner("AWS_PROFILE=empty", ""), 'not those of the profile "empty" (AWS_PROFILE), but those that the outer exec'],
      [inner("", ""), undefined],
      [inner("", "-p user1"), undefined],
    ];
    for (const [argv, warning] of rows) {
      const { stderr, exitCode } = await home.run(["exec", "-p", "m", "--serve", "--", ...argv]);
      expect(exitCode).toBe(0);
      if (warning === undefined) expect(stderr).toBe("");
      else expect(stderr).toContain(warning);
    }
  });

  test("inside another exec gets a user's own keys, too, which have no token", async () => {
    const inner = [...SUBJECT_ARGV, "exec", "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID ${AWS_SESSION_TOKEN-none}"];
    const { stdout } = await home.run(["exec", "-p", "user1", "--serve", "--", ...inner]);
    expect(stdout).toBe(`${cloud.user1.accessKeyId} none\n`);
  });

  test("inside another exec gives the default profile its own credentials if it is named", async () => {
    home.write(
      ".aws/credentials",
      `${readFileSync(join(home.path, ".aws/credentials"), "utf8")}${keysSection("default", cloud.user2)}`,
    );
    const named = [
      ["-p", "default"],
      ["--role-arn", roleArn("marketingadminrole"), "--source-profile", "default"],
    ];
    for (const options of named) {
      const inner = [...SUBJECT_ARGV, "exec", "--no-cache", ...options, "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID"];
      const { stdout, stderr } = await home.run(["exec", "-p", "user1", "--serve", "--", ...inner]);
      expect(stderr).toBe("");
      const principal = cloud.iam.principal(stdout.trim());
      expect(principal?.arn).toContain(options.length > 2 ? "marketingadminrole" : "user/user2");
    }
    expect(cloud.sts.calls.map(({ caller }) => caller)).toEqual([cloud.user2.arn]);
    const script = `AWS_PROFILE=default "$@" exec -- sh -c 'echo $AWS_ACCESS_KEY_ID'`;
    const { stdout } = await home.run([
      "exec",
      "-p",
      "user1",
      "--serve",
      "--",
      "sh",
      "-c",
      script,
      "sh",
      ...SUBJECT_ARGV,
    ]);
    expect(stdout.trim()).toBe(cloud.user2.accessKeyId);
  });

  test("is started with a warning if its credentials cannot be refreshed without a person", async () => {
    const { stderr, exitCode } = await home.run(["exec", "-p", "guarded", "--mfa-code", "012345", "--serve", "true"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`cannot be refreshed without an MFA code from ${mfaArn("user1")}`);
  });
});

describe("the helper process", () => {
  test("ends when the command ends", async () => {
    const { program, url } = await startServed();
    await program.stop("SIGTERM");
    await waitUntilClosed(url);
  });

  test("ends when the command is killed", async () => {
    const { program, url } = await startServed();
    await program.stop("SIGKILL");
    await waitUntilClosed(url);
  });

  test.skipIf(!HAS_PTY)("ends when the terminal hangs up", async () => {
    // Starts the program at a new terminal, prints its output up to READY, and closes the terminal when its input ends.
    const script =
      "import os,pty,sys\npid,fd=pty.fork()\nif pid==0: os.execvp(sys.argv[1],sys.argv[1:])\ntext=b''\nwhile b'READY' not in text: text+=os.read(fd,4096)\nprint(text.decode(),flush=True)\nsys.stdin.read()\nos.close(fd)\nos.waitpid(pid,0)";
    const args = [...SUBJECT_ARGV, "exec", "-p", "m", "--serve", "--", "sh", "-c", "env; echo READY; sleep 600"];
    const program = home.startProgram(["python3", "-c", script, ...args]);
    await program.says(/READY/);
    const url = parseEnvironment(program.stdout().replaceAll("\r", "")).AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "";
    expect((await sendRequest(url)).status).toBe(401);
    program.endInput();
    await waitUntilClosed(url);
    await program.ended;
  });

  const GROUP_SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGPIPE"] as const;

  for (const signal of GROUP_SIGNALS) {
    test.skipIf(!REPLACES_PROCESS)(`outlives ${signal} until the command ends`, async () => {
      const { program, url, token } = await startServed();
      const helper = helperOf(url);
      process.kill(helper, signal);
      // Signals are delivered in the order of the requests, because both are handled by one event loop.
      for (let request = 0; request < 3; request++) expect((await requestWith(url, token)).status).toBe(200);
      expect(hasExited({ pid: helper, started: undefined })).toBe(false);
      program.endInput();
      expect((await program.ended).exitCode).toBe(0);
      await waitUntilClosed(url);
    });
  }

  test("kills a refresh that hangs when the command ends", async () => {
    const output = `'{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"'$(date -u -d '+4 seconds' +%FT%TZ)'"}'`;
    const script = `if mkdir ${home.path}/once; then echo ${output}; else echo $$ >${home.path}/pid; sleep 600; fi`;
    home.write("hangs", `#!/bin/sh\n${script}\n`, 0o700);
    home.write(".aws/config", `[profile m]\ncredential_process = ${home.path}/hangs\n`);
    const { program } = await startServed();
    const read = () => (existsSync(join(home.path, "pid")) ? readFileSync(join(home.path, "pid"), "utf8") : "");
    await waitUntil(() => read().endsWith("\n"));
    program.endInput();
    await program.ended;
    const hanging = { pid: Number(read()), started: undefined };
    await waitUntil(() => hasExited(hanging));
  });

  test.skipIf(!REPLACES_PROCESS)(
    "is independent: it has its own session, no terminal, and none of the command's pipes",
    async () => {
      const { program, url } = await startServed();
      const pid = helperOf(url);
      const [, , session, terminal] = (readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1] ?? "")
        .split(" ")
        .slice(1);
      expect([session, terminal]).toEqual([String(pid), "0"]);
      const pipes = (of: number) =>
        Bun.spawnSync(["sh", "-c", `ls -l /proc/${of}/fd`])
          .stdout.toString()
          .match(/(pipe|socket):\[\d+\]/g) ?? [];
      const commands = new Set(pipes(program.pid));
      expect(pipes(pid).filter((pipe) => commands.has(pipe))).toEqual([]);
      await program.stop();
    },
  );

  test.skipIf(!REPLACES_PROCESS)("has no secret on its command line", async () => {
    const { program, url, token } = await startServed(["--no-cache"]);
    const line = readFileSync(`/proc/${helperOf(url)}/cmdline`, "utf8");
    expect(line).toBe("rolecall\0__serve\0");
    expect(line).not.toContain(token);
    await program.stop();
  });

  test.skipIf(!REPLACES_PROCESS)(
    "needs less than 15 MB of private memory, also after refreshes and requests",
    async () => {
      cloud.sts.sessionSeconds = 2;
      const { program, url, token } = await startServed(["--no-cache"]);
      const before = cloud.sts.calls.length;
      // There may be none for a moment, if the refresh is slow.
      for (let served = 0; served < 500 || cloud.sts.calls.length < before + 2; ) {
        if ((await requestWith(url, token)).status === 200) served++;
      }
      const memory = readFileSync(`/proc/${helperOf(url)}/smaps_rollup`, "utf8");
      // Pages that are not backed by a file, which all processes of the program would share.
      const own = Number(/^Anonymous:\s+(\d+) kB/m.exec(memory)?.[1]);
      expect(own).toBeGreaterThan(0);
      expect(own).toBeLessThan(15_000);
      await program.stop();
    },
  );

  test("refreshes with the same options, and without prompting", async () => {
    cloud.sts.sessionSeconds = 2;
    const { program, url, token } = await startServed([
      "--no-cache",
      "--role-session-name",
      "builder",
      "--region",
      "eu-west-1",
    ]);
    // Credentials with two different access keys. There may be none for a moment, if the refresh is slow.
    const accounts = new Map<string, string>();
    await waitUntil(async () => {
      const { status, body } = await requestWith(url, token);
      const { AccessKeyId, AccountId } = JSON.parse(body);
      if (status === 200) accounts.set(AccessKeyId, AccountId);
      return accounts.size === 2;
    });
    expect([...accounts.values()]).toEqual(["123456789012", "123456789012"]);
    const [initial, refresh] = cloud.sts.calls;
    expect(refresh?.parameters).toEqual(initial?.parameters ?? {});
    expect(refresh?.region).toBe("eu-west-1");
    await program.stop();
  });

  test("serves the error of a failed refresh once the last credentials have expired", async () => {
    cloud.sts.sessionSeconds = 2;
    const { program, url, token } = await startServed(["--no-cache"]);
    home.write(".aws/config", "[profile other]\n");
    let last: unknown;
    await waitUntil(async () => {
      const { status, body } = await requestWith(url, token);
      last = [status, JSON.parse(body)];
      // If the refresh is slow, the credentials expire before it fails.
      return status !== 200 && JSON.parse(body).code !== "credentials-expired";
    });
    expect(last).toEqual([503, { code: "profile-not-found", message: 'the profile "m" is not defined' }]);
    await program.stop();
  });
});

describe("a default profile that has credentials", () => {
  const DEFAULT =
    "[default]\nregion = ap-south-1\nretry_mode = adaptive\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = default/secret\n";

  test("does not override the server, and keeps its other settings", async () => {
    home.write(".aws/credentials", `${readFileSync(join(home.path, ".aws/credentials"), "utf8")}${DEFAULT}`);
    const { program, environment } = await startServed();
    const file = environment.AWS_SHARED_CREDENTIALS_FILE ?? "";
    expect(environment.AWS_CONFIG_FILE).toBeUndefined();
    expect([environment.AWS_CREDENTIAL_PROFILES_FILE, environment.AWS_SDK_LOAD_CONFIG]).toEqual([file, "1"]);
    const text = readFileSync(file, "utf8");
    expect(text).toEndWith("\n[default]\nregion = ap-south-1\nretry_mode = adaptive\n");
    expect(text).toContain("[user1]\n");
    await program.stop();
  });

  test("the copies are private, and removed when the command ends", async () => {
    home.write(".aws/credentials", `${readFileSync(join(home.path, ".aws/credentials"), "utf8")}${DEFAULT}`);
    const { program, environment, url } = await startServed();
    const file = environment.AWS_SHARED_CREDENTIALS_FILE ?? "";
    const modes = [file, join(file, "..")].map((path) =>
      Bun.spawnSync(["stat", "-c", "%a", path]).stdout.toString().trim(),
    );
    expect(modes).toEqual(["600", "700"]);
    await program.stop();
    await waitUntilClosed(url);
    await waitUntil(() => !existsSync(dirname(file)));
  });

  test("copies that a killed process left behind are removed by the next one, and those in use are kept", async () => {
    home.write(".aws/credentials", `${readFileSync(join(home.path, ".aws/credentials"), "utf8")}${DEFAULT}`);
    const old = new Date(Date.now() - 120_000);
    const run = home.write("run/rolecall-aaaaaa/lock", "");
    home.write("run/rolecall-aaaaaa/credentials", "secret");
    home.write("run/rolecall-others/file", "not ours");
    chmodSync(dirname(run), 0o700);
    for (const name of ["rolecall-aaaaaa", "rolecall-others"]) utimesSync(join(home.path, "run", name), old, old);
    const env = { XDG_RUNTIME_DIR: join(run, "../..") };
    const inUse = await startServed([], PRINT_AND_WAIT, env);
    const folder = join(inUse.environment.AWS_SHARED_CREDENTIALS_FILE ?? "", "..");
    expect(readdirSync(env.XDG_RUNTIME_DIR).sort()).toEqual([basename(folder), "rolecall-others"].sort());
    utimesSync(folder, old, old);
    const next = await home.run(["exec", "-p", "m", "--serve", "--", "ls", env.XDG_RUNTIME_DIR], { env });
    expect(next.stdout).toContain(`${basename(folder)}\n`);
    await inUse.program.stop();
  });

  test("the copies are readable whatever the umask is", async () => {
    home.write(".aws/credentials", `${readFileSync(join(home.path, ".aws/credentials"), "utf8")}${DEFAULT}`);
    const argv = [...SUBJECT_ARGV, "exec", "-p", "m", "--serve", "--", "sh", "-c"];
    const show = 'f=$AWS_SHARED_CREDENTIALS_FILE; stat -c %a "$f" "${f%/*}"; umask';
    const { stdout } = await home.runProgram(["sh", "-c", 'umask 777; exec "$@"', "sh", ...argv, show]);
    expect(stdout).toBe("600\n700\n0777\n");
  });

  test.skipIf(!REPLACES_PROCESS)("the copies are removed if the helper process cannot be started", async () => {
    home.write(".aws/credentials", `${readFileSync(join(home.path, ".aws/credentials"), "utf8")}${DEFAULT}`);
    mkdirSync(join(home.path, "run"));
    const argv = [...SUBJECT_ARGV, "exec", "-p", "user1", "--serve", "--", "true"];
    const { stderr, exitCode } = await home.runProgram(["sh", "-c", 'ulimit -n 10; exec "$@"', "sh", ...argv], {
      env: { XDG_RUNTIME_DIR: join(home.path, "run") },
    });
    expect(exitCode).toBe(125);
    expect(stderr).toContain("error[server-failed]: cannot start the helper process of --serve: Too many open files\n");
    expect(readdirSync(join(home.path, "run"))).toEqual([]);
  });

  test("is not copied if it has no credentials", async () => {
    home.write(
      ".aws/config",
      `${readFileSync(join(home.path, ".aws/config"), "utf8")}[default]\nregion = ap-south-1\n`,
    );
    const { program, environment } = await startServed();
    expect(environment.AWS_CONFIG_FILE).toBeUndefined();
    expect(environment.AWS_SHARED_CREDENTIALS_FILE).toBeUndefined();
    expect(environment.AWS_SDK_LOAD_CONFIG).toBeUndefined();
    await program.stop();
  });

  test("older SDKs are pointed to the credentials file if it is not the one in ~/.aws", async () => {
    const file = home.write("elsewhere", readFileSync(join(home.path, ".aws/credentials"), "utf8"));
    home.write(".aws/credentials", DEFAULT);
    const { program, environment } = await startServed([], PRINT_AND_WAIT, { AWS_SHARED_CREDENTIALS_FILE: file });
    expect([environment.AWS_CREDENTIAL_PROFILES_FILE, environment.AWS_SDK_LOAD_CONFIG]).toEqual([file, "1"]);
    expect([environment.AWS_SHARED_CREDENTIALS_FILE, environment.AWS_CONFIG_FILE]).toEqual([file, undefined]);
    await program.stop();
  });
});

test.each([".boto", "elsewhere"])("keys in a file of boto, %s, do not override the server", async (name) => {
  const file = home.write(
    name,
    "[Credentials]\naws_access_key_id = AKIABOTO\naws_secret_access_key = x\n[Boto]\ndebug = 1\n",
  );
  const { program, environment } = await startServed([], PRINT_AND_WAIT, name === ".boto" ? {} : { BOTO_CONFIG: file });
  expect(readFileSync(environment.BOTO_CONFIG ?? "", "utf8")).toBe("[Credentials]\n\n[Boto]\ndebug = 1\n");
  await program.stop();
});

describe("what the command writes to the copies of the AWS files", () => {
  const original = (name: "config" | "credentials" = "credentials") =>
    readFileSync(join(home.path, ".aws", name), "utf8");

  beforeEach(() => {
    home.write(
      ".aws/credentials",
      `# my keys\n[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = default/secret\n\n${original()}`,
    );
  });

  const run = (script: string, env: Record<string, string> = {}) =>
    home.run(["exec", "-p", "m", "--serve", "--", "sh", "-c", script], { env });

  test("reaches the originals, with everything else as it was", async () => {
    const before = original();
    const { exitCode, stderr } = await run(
      'printf "[new]\naws_access_key_id = AKIANEW\n" >>"$AWS_SHARED_CREDENTIALS_FILE"',
    );
    expect([exitCode, stderr]).toEqual([0, ""]);
    await waitUntil(() => original() !== before);
    expect(original()).toBe(`${before}\n[new]\naws_access_key_id = AKIANEW\n`);
  });

  test("reaches the originals while the command runs", async () => {
    const { program, environment } = await startServed();
    const copy = environment.AWS_SHARED_CREDENTIALS_FILE ?? "";
    // As tools do that write atomically.
    writeFileSync(`${copy}.new`, readFileSync(copy, "utf8").replace("AKIADEFAULT", "AKIAROTATED"));
    renameSync(`${copy}.new`, copy);
    await waitUntil(() => original().includes("AKIAROTATED"));
    expect(original()).toStartWith("# my keys\n[default]\naws_access_key_id = AKIAROTATED\n");
    expect(original()).not.toContain("default-before-rolecall");
    await program.stop();
  });

  test("reaches the target of a link, and the file keeps its mode", async () => {
    const target = home.write("dotfiles/credentials", original(), 0o640);
    rmSync(join(home.path, ".aws/credentials"));
    symlinkSync(target, join(home.path, ".aws/credentials"));
    await run('printf "[new]\nregion = x\n" >>"$AWS_SHARED_CREDENTIALS_FILE"');
    await waitUntil(() => readFileSync(target, "utf8").includes("[new]"));
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(lstatSync(join(home.path, ".aws/credentials")).isSymbolicLink()).toBe(true);
  });

  test("reaches a config file that did not exist", async () => {
    rmSync(join(home.path, ".aws/config"));
    const script = 'printf "[default]\nregion = eu-west-3\n" >>"$AWS_CONFIG_FILE"';
    await home.run(["exec", "-p", "user1", "--serve", "--", "sh", "-c", script]);
    await waitUntil(() => existsSync(join(home.path, ".aws/config")));
    expect(original("config")).toBe("[default]\nregion = eu-west-3\n");
    expect(statSync(join(home.path, ".aws/config")).mode & 0o777).toBe(0o600);
  });

  test("is kept together with what others have written to the originals", async () => {
    const { program, environment } = await startServed();
    appendFileSync(join(home.path, ".aws/credentials"), "[theirs]\nregion = x\n");
    appendFileSync(environment.AWS_SHARED_CREDENTIALS_FILE ?? "", "[ours]\nregion = y\n");
    program.endInput();
    await program.ended;
    await waitUntil(() => original().includes("[ours]"));
    expect(original()).toEndWith("[theirs]\nregion = x\n\n[ours]\nregion = y\n");
  });

  test("does not reach the originals if the copy was truncated", async () => {
    const before = original();
    const { program, environment, url } = await startServed();
    const copy = environment.AWS_SHARED_CREDENTIALS_FILE ?? "";
    writeFileSync(copy, "");
    program.endInput();
    await program.ended;
    await waitUntilClosed(url);
    expect(original()).toBe(before);
  });

  test("does not disturb the server, even if the copy becomes unreadable", async () => {
    home.write(".aws/config", `${original("config")}[default]\nregion = ap-south-1\n`);
    const { program, environment, url, token } = await startServed();
    const copy = environment.AWS_SHARED_CREDENTIALS_FILE ?? "";
    rmSync(copy);
    symlinkSync("credentials", copy);
    // An edit of the other copy that arrives shows that the helper process has looked at both.
    appendFileSync(environment.AWS_CONFIG_FILE ?? "", "[profile new]\nregion = x\n");
    await waitUntil(() => original("config").includes("[profile new]"));
    expect((await requestWith(url, token)).status).toBe(200);
    await program.stop();
  });

  /** Starts a command, and kills it and its helper process; then the command's edit is only in the copies. */
  async function killAfter(edit: (copy: string) => void) {
    const { program, environment, url } = await startServed();
    const helper = helperOf(url);
    process.kill(helper, "SIGSTOP");
    const copy = environment.AWS_SHARED_CREDENTIALS_FILE ?? "";
    edit(copy);
    process.kill(helper, "SIGKILL");
    await program.stop("SIGKILL");
    // Until then it keeps the lock of the folder.
    await waitUntil(() => hasExited({ pid: helper, started: undefined }));
    const old = new Date(Date.now() - 120_000);
    utimesSync(dirname(copy), old, old);
    return copy;
  }

  test.skipIf(!REPLACES_PROCESS)("reaches the originals in the next run if the helper process was killed", async () => {
    const copy = await killAfter((path) => appendFileSync(path, "[new]\nregion = x\n"));
    const { stderr } = await run("true");
    expect(stderr).toBe("");
    expect(original()).toEndWith("\n[new]\nregion = x\n");
    expect(existsSync(dirname(copy))).toBe(false);
  });

  test.skipIf(!REPLACES_PROCESS)(
    "stays in the copies, with a warning, if others have changed the same since",
    async () => {
      const copy = await killAfter((path) =>
        writeFileSync(path, readFileSync(path, "utf8").replace("AKIADEFAULT", "AKIAOURS")),
      );
      home.write(".aws/credentials", original().replace("AKIADEFAULT", "AKIATHEIRS"));
      const { stderr, exitCode } = await run("true");
      expect(exitCode).toBe(0);
      expect(stderr).toBe(
        `warning: cannot merge the changes in ${copy} into ${join(home.path, ".aws/credentials")}: ` +
          `[default] aws_access_key_id has changed in the original, too (remove ${dirname(copy)} to discard the changes)\n`,
      );
      expect(original()).toContain("AKIATHEIRS");
      expect(readFileSync(copy, "utf8")).toContain("AKIAOURS");
    },
  );

  test.skipIf(!REPLACES_PROCESS)(
    "stays in the copies, with a warning in the next run, if it is not valid",
    async () => {
      const before = original();
      const { program, environment, url } = await startServed();
      const copy = environment.AWS_SHARED_CREDENTIALS_FILE ?? "";
      writeFileSync(copy, "[broken\n");
      program.endInput();
      await program.ended;
      await waitUntilClosed(url);
      const old = new Date(Date.now() - 120_000);
      let stderr = "";
      // The helper process first ends the server, and then releases the folder.
      await waitUntil(async () => {
        utimesSync(dirname(copy), old, old);
        stderr = (await run("true")).stderr;
        return stderr !== "";
      });
      expect(stderr).toContain(`cannot merge the changes in ${copy} into`);
      expect(stderr).toContain("this section header has no ]");
      expect(original()).toBe(before);
    },
  );

  const asUser = IS_ROOT ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];

  test.skipIf(IS_ROOT && !isInstalled("setpriv"))("fails as on the original if that is read-only", async () => {
    if (IS_ROOT) spawnSync("chown", ["-R", "65534:65534", home.path]);
    chmodSync(join(home.path, ".aws/credentials"), 0o400);
    const before = original();
    const script =
      'f=$AWS_SHARED_CREDENTIALS_FILE; cat "$f" >/dev/null && echo readable; echo x >>"$f" || echo refused; mv /dev/null "$f" 2>/dev/null || echo kept; touch "$f.tmp" || echo full';
    const { stdout, stderr } = await home.runProgram([
      ...asUser,
      ...SUBJECT_ARGV,
      "exec",
      "-p",
      "m",
      "--serve",
      "--",
      "sh",
      "-c",
      script,
    ]);
    expect(stdout).toBe("readable\nrefused\nkept\nfull\n");
    expect(stderr).not.toContain("warning");
    expect(original()).toBe(before);
    await waitUntil(() => readdirSync(home.path).every((name) => !name.startsWith("rolecall-")));
  });

  const inMounts = (script: string) => ["unshare", "-rm", "sh", "-c", `${script}; exec "$@"`, "sh"];

  test.skipIf(!HAS_MOUNT_NAMESPACES)(
    "for root, who can write all files, comes with a warning if the original is read-only",
    async () => {
      const argv = [...SUBJECT_ARGV, "exec", "-p", "m", "--serve", "--", "true"];
      const readOnly = `mount --bind .aws .aws && mount -o remount,ro,bind .aws`;
      const { stderr } = await home.runProgram([...inMounts(readOnly), ...argv]);
      expect(stderr).toBe(
        `warning: ${join(home.path, ".aws/credentials")} cannot be written: changes that the command makes to its copy of the file will be lost\n`,
      );
    },
  );

  test("has nowhere to go if the original is a process substitution, without a warning", async () => {
    const script = '"$@" 3< <(printf "[default]\\naws_access_key_id = A\\naws_secret_access_key = B\\n")';
    const argv = [...SUBJECT_ARGV, "exec", "-p", "user1", "--serve", "--", "sh", "-c", 'cat "$AWS_CONFIG_FILE"'];
    const env = { AWS_CONFIG_FILE: "/dev/fd/3" };
    const { stdout, stderr } = await home.runProgram(["bash", "-c", script, "bash", ...argv], { env });
    expect(stderr).toBe("");
    expect(stdout).toEndWith("\n[default]\n");
  });

  test.skipIf(!HAS_MOUNT_NAMESPACES)("reaches a file that is a mount point, which cannot be replaced", async () => {
    const inode = statSync(join(home.path, ".aws/credentials")).ino;
    const write = 'printf "[new]\nregion = x\n" >>"$AWS_SHARED_CREDENTIALS_FILE"';
    const argv = [...SUBJECT_ARGV, "exec", "-p", "m", "--serve", "--", "sh", "-c", write];
    const mount = "mount --bind .aws/credentials .aws/credentials";
    const { stderr } = await home.runProgram([...inMounts(mount), ...argv]);
    expect(stderr).toBe("");
    await waitUntil(() => original().includes("[new]"));
    expect(statSync(join(home.path, ".aws/credentials")).ino).toBe(inode);
  });
});

describe("the folder of the token and the copies", () => {
  const show = 'echo "${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE-none}"';
  const argv = [...SUBJECT_ARGV, "exec", "-p", "user1", "--serve", "--", "sh", "-c", show];
  const inMounts = (script: string) => ["unshare", "-rm", "sh", "-c", `${script}; exec "$@"`, "sh", ...argv];
  const readOnly = (path: string) => `mount --bind ${path} ${path} && mount -o remount,ro,bind ${path}`;
  const NO_PLACE = `${readOnly("/tmp")} && ${readOnly("/dev/shm")}`;

  test("is in TMPDIR if XDG_RUNTIME_DIR cannot be used", async () => {
    const env = { XDG_RUNTIME_DIR: "/nonexistent", TMPDIR: join(home.path, "tmp") };
    mkdirSync(env.TMPDIR);
    const { stdout } = await home.runProgram(argv, { env });
    expect(dirname(dirname(stdout))).toBe(env.TMPDIR);
  });

  test.skipIf(!HAS_MOUNT_NAMESPACES)("is in /dev/shm if /tmp cannot be used", async () => {
    const { stdout, stderr } = await home.runProgram(inMounts(readOnly("/tmp")), { env: { XDG_RUNTIME_DIR: "" } });
    expect(stderr).toBe("");
    expect(dirname(dirname(stdout))).toBe("/dev/shm");
  });

  test.skipIf(!HAS_MOUNT_NAMESPACES)("is left out if there is no place for it and no copies are needed", async () => {
    const { stdout, stderr } = await home.runProgram(inMounts(NO_PLACE), { env: { XDG_RUNTIME_DIR: "" } });
    expect([stdout, stderr]).toEqual(["none\n", ""]);
  });

  test.skipIf(!HAS_MOUNT_NAMESPACES)("is an error if there is no place for the copies", async () => {
    home.write(
      ".aws/credentials",
      `[default]\naws_access_key_id = A\n${readFileSync(join(home.path, ".aws/credentials"), "utf8")}`,
    );
    const { stderr, exitCode } = await home.runProgram(inMounts(NO_PLACE), {
      env: { XDG_RUNTIME_DIR: "/nonexistent" },
    });
    expect(exitCode).toBe(125);
    expect(stderr).toBe(
      "error[write-failed]: cannot make a folder for the copies of the AWS files: /nonexistent: No such file or directory; " +
        "/tmp: Read-only file system; /dev/shm: Read-only file system\n" +
        "   = help: set TMPDIR to a folder that you can write\n",
    );
  });
});

// This emulator shows a process another start time of itself than others see.
test.skipIf(QEMU_X86_64 === undefined || !REPLACES_PROCESS || process.arch !== "x64")(
  "the server runs for as long as the command under the user-mode emulation of QEMU (needs qemu-user)",
  async () => {
    const argv = [QEMU_X86_64 ?? "", ...SUBJECT_ARGV, "exec", "-p", "user1", "--serve", "--", ...PRINT_AND_WAIT];
    const program = home.startProgram(argv);
    await program.says(/READY \d+\n/);
    const environment = parseEnvironment(program.stdout());
    const url = environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "";
    // Three rounds of the helper process, which looks at the command about twice a second.
    const until = Date.now() + 1500;
    while (Date.now() < until) {
      expect((await requestWith(url, environment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "")).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    program.endInput();
    await program.ended;
    await waitUntilClosed(url);
  },
);
