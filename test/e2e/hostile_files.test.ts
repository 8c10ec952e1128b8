/** Files and folders that another user can change: no write is redirected, and what was refused is reported. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { inMinutes, keysSection } from "../support/aws_files.ts";
import { IS_ROOT, isInstalled } from "../support/machine.ts";
import { makeHome, SUBJECT, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

/** The AWS CLI's key for the role marketingadminrole without other parameters. */
const KEY = "8e3e980585dddb1d2841b4fab7107e2a3ec02cb0";
const CACHE = ".aws/cli/cache";
const NOBODY = 65534;
/** The runtimes other than the built program rename files of their own. */
const HAS_STRACE = isInstalled("strace") && SUBJECT === "compiled";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeHome({
    credentials: keysSection("default", cloud.user1),
    config: `[profile m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = default\n`,
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const at = (name: string) => join(home.path, name);
const exportM = () => home.run(["export", "-p", "m"]);

/** Gives a folder with all of its content to the user nobody. */
function giveToNobody(path: string): void {
  lchownSync(path, NOBODY, NOBODY);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveToNobody(join(path, name));
}

function entry(accessKeyId: string): string {
  const Credentials = { AccessKeyId: accessKeyId, SecretAccessKey: "s", SessionToken: "t", Expiration: inMinutes(60) };
  return JSON.stringify({ Credentials });
}

describe("a lock file", () => {
  test("that is a symbolic link is not followed", async () => {
    const victim = home.write("victim", "precious");
    mkdirSync(at(CACHE), { recursive: true });
    symlinkSync(victim, at(`${CACHE}/${KEY}.lock`));
    const { exitCode, stderr } = await exportM();
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`continuing without a lock: ${at(`${CACHE}/${KEY}.lock`)} is a symbolic link`);
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });

  test("that is a dangling symbolic link does not create the target", async () => {
    mkdirSync(at(CACHE), { recursive: true });
    symlinkSync(at("victim"), at(`${CACHE}/${KEY}.lock`));
    expect((await exportM()).exitCode).toBe(0);
    expect(existsSync(at("victim"))).toBe(false);
  });

  test("that is a hard link to another file is not written to", async () => {
    const victim = home.write("victim", "precious");
    mkdirSync(at(CACHE), { recursive: true });
    linkSync(victim, at(`${CACHE}/${KEY}.lock`));
    const { exitCode, stderr } = await exportM();
    expect(exitCode).toBe(0);
    expect(stderr).toContain("is not a regular file with one name");
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });

  test.skipIf(!IS_ROOT)("of another user is not written to (needs root)", async () => {
    const lock = home.write(`${CACHE}/${KEY}.lock`, "theirs");
    giveToNobody(lock);
    expect((await exportM()).stderr).toContain(`${lock} belongs to another user (uid ${NOBODY})`);
    expect(readFileSync(lock, "utf8")).toBe("theirs");
  });
});

describe("the cache", () => {
  test("in a folder that other users can write to is neither read nor written, with the reason", async () => {
    const planted = entry("ASIAPLANTED");
    home.write(`${CACHE}/${KEY}.json`, planted);
    chmodSync(at(CACHE), 0o777);
    const { stdout, stderr, exitCode } = await exportM();
    expect(exitCode).toBe(0);
    expect(stderr).toBe(
      `warning: continuing without the cache: other users can write to the folder ${at(CACHE)} (mode 0777)\n`,
    );
    expect(stdout).not.toContain("ASIAPLANTED");
    expect(readFileSync(at(`${CACHE}/${KEY}.json`), "utf8")).toBe(planted);
    expect(readdirSync(at(CACHE))).toEqual([`${KEY}.json`]);
  });

  test.skipIf(!IS_ROOT)("in a folder of another user is neither read nor written (needs root)", async () => {
    home.write(`${CACHE}/${KEY}.json`, entry("ASIAPLANTED"));
    giveToNobody(at(CACHE));
    const { stdout, stderr } = await exportM();
    expect(stderr).toContain(`the folder ${at(CACHE)} belongs to another user (uid ${NOBODY})`);
    expect(stdout).not.toContain("ASIAPLANTED");
    expect(readdirSync(at(CACHE))).toEqual([`${KEY}.json`]);
  });

  test("behind a symbolic link of this user is used", async () => {
    mkdirSync(at("dotfiles"), { mode: 0o700 });
    renameSync(at(".aws"), at("dotfiles/aws"));
    symlinkSync("dotfiles/aws", at(".aws"));
    expect((await exportM()).stderr).toBe("");
    expect(readdirSync(at(CACHE))).toEqual([`${KEY}.json`]);
  });

  test.skipIf(!IS_ROOT)("of root in a user's home belongs to that user (needs root)", async () => {
    giveToNobody(home.path);
    expect((await exportM()).stderr).toBe("");
    for (const name of [".aws/cli", CACHE, `${CACHE}/${KEY}.json`]) {
      expect([name, statSync(at(name)).uid, statSync(at(name)).gid]).toEqual([name, NOBODY, NOBODY]);
    }
  });

  test.skipIf(!IS_ROOT)("of root is not written behind a user's symbolic link (needs root)", async () => {
    const target = mkdtempSync(join(tmpdir(), "rolecall-root-"));
    try {
      giveToNobody(home.path);
      mkdirSync(at(".aws/cli"));
      symlinkSync(target, at(CACHE));
      lchownSync(at(".aws/cli"), NOBODY, NOBODY);
      lchownSync(at(CACHE), NOBODY, NOBODY);
      const { exitCode, stderr } = await exportM();
      expect(exitCode).toBe(0);
      expect(stderr).toContain(`the symbolic link ${at(CACHE)} belongs to another user (uid ${NOBODY})`);
      expect(readdirSync(target)).toEqual([]);
    } finally {
      rmSync(target, { recursive: true });
    }
  });

  test.skipIf(!IS_ROOT)("of root is not cleared behind a user's symbolic link (needs root)", async () => {
    const target = mkdtempSync(join(tmpdir(), "rolecall-root-"));
    try {
      writeFileSync(join(target, "settings.json"), "precious");
      mkdirSync(at(".aws/cli"));
      symlinkSync(target, at(CACHE));
      giveToNobody(at(".aws/cli"));
      const { exitCode, stderr } = await home.run(["cache", "clear", "--all"]);
      expect([exitCode, readdirSync(target)]).toEqual([1, ["settings.json"]]);
      expect(stderr).toContain(`error[write-failed]: ${at(CACHE)} cannot be cleared: the symbolic link ${at(CACHE)}`);
    } finally {
      rmSync(target, { recursive: true });
    }
  });

  test("is rid of the temporary files of writers that were killed", async () => {
    const dead = Bun.spawn(["true"]);
    await dead.exited;
    home.write(`${CACHE}/${KEY}.json.${dead.pid}.abc.tmp`, "half");
    home.write(`${CACHE}/${KEY}.json.${process.pid}.abc.tmp`, "being written");
    await exportM();
    expect(readdirSync(at(CACHE)).sort()).toEqual([`${KEY}.json`, `${KEY}.json.${process.pid}.abc.tmp`]);
  });

  test.skipIf(!HAS_STRACE)(
    "is rid of what a writer left that was killed before its rename (needs strace)",
    async () => {
      const killed = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=/^rename",
        "-e",
        "inject=/^rename:signal=KILL",
      ];
      await home.runProgram([...killed, ...SUBJECT_ARGV, "export", "-p", "m"]);
      expect(readdirSync(at(CACHE)).filter((name) => name.endsWith(".tmp"))).toHaveLength(1);
      expect((await exportM()).exitCode).toBe(0);
      expect(readdirSync(at(CACHE))).toEqual([`${KEY}.json`]);
    },
  );

  test("with files of 10 GB is listed in little memory", async () => {
    for (const name of [`${KEY}.json`, `${KEY}.lock`]) truncateSync(home.write(`${CACHE}/${name}`, ""), 10e9);
    const program = Bun.spawn([...SUBJECT_ARGV, "cache", "list", "--json"], {
      env: home.environment(),
      stdout: "pipe",
      stderr: "pipe",
    });
    const items: { kind: string; why?: string }[] = JSON.parse(await program.stdout.text());
    await program.exited;
    expect(items).toMatchObject([{ kind: "unreadable", why: "File too large" }, { kind: "lock" }]);
    expect(program.resourceUsage()?.maxRSS).toBeLessThan(500e6);
  });
});

describe("check --fix", () => {
  const BROKEN = "[default]\nregoin = eu-west-1\n";

  test("refuses a folder that other users can write to", async () => {
    const file = home.write("shared/config", BROKEN);
    chmodSync(at("shared"), 0o777);
    const { exitCode, stderr } = await home.run(["check", "--fix"], { env: { AWS_CONFIG_FILE: file } });
    expect(stderr).toContain(`cannot change ${file}: other users can write to the folder ${at("shared")} (mode 0777)`);
    expect(exitCode).toBe(1);
    expect(readFileSync(file, "utf8")).toBe(BROKEN);
    expect(readdirSync(at("shared"))).toEqual(["config"]);
  });

  test("fixes the user's own folder first, then the files in it", async () => {
    home.write(".aws/config", BROKEN);
    chmodSync(at(".aws"), 0o777);
    chmodSync(at(".aws/credentials"), 0o644);
    const { exitCode, stderr } = await home.run(["check", "--fix"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(statSync(at(".aws")).mode & 0o777).toBe(0o700);
    expect(statSync(at(".aws/credentials")).mode & 0o777).toBe(0o600);
    expect(readFileSync(at(".aws/config"), "utf8")).toBe("[default]\nregion = eu-west-1\n");
  });

  test.skipIf(!IS_ROOT)("as root refuses the folder of another user (needs root)", async () => {
    home.write(".aws/config", BROKEN);
    chmodSync(at(".aws/credentials"), 0o644);
    giveToNobody(home.path);
    const { exitCode, stderr } = await home.run(["check", "--fix"]);
    expect(stderr).toContain(`the folder ${at(".aws")} belongs to another user (uid ${NOBODY})`);
    expect(exitCode).toBe(1);
    expect(readFileSync(at(".aws/config"), "utf8")).toBe(BROKEN);
    expect(statSync(at(".aws/credentials")).mode & 0o777).toBe(0o644);
  });

  test.skipIf(!IS_ROOT)("as root does not follow the symbolic link of another user (needs root)", async () => {
    const root = mkdtempSync(join(tmpdir(), "rolecall-root-"));
    try {
      giveToNobody(home.path);
      renameSync(at(".aws"), join(root, "aws"));
      for (const name of ["", "/config", "/credentials"]) chownSync(join(root, `aws${name}`), 0, 0);
      chmodSync(join(root, "aws"), 0o755);
      symlinkSync(join(root, "aws"), at(".aws"));
      lchownSync(at(".aws"), NOBODY, NOBODY);
      const { stderr } = await home.run(["check", "--fix"]);
      expect(stderr).toContain(`the symbolic link ${at(".aws")} belongs to another user (uid ${NOBODY})`);
      expect(statSync(join(root, "aws")).mode & 0o777).toBe(0o755);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe("the file that GITHUB_ENV names", () => {
  const write = (file: string) => {
    const { accessKeyId, secretAccessKey } = cloud.user1;
    const env = { GITHUB_ENV: file, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    return home.run(["export", "--format", "github"], { env });
  };

  test("is created readable by its owner only", async () => {
    expect((await write(at("github-env"))).exitCode).toBe(0);
    expect(statSync(at("github-env")).mode & 0o777).toBe(0o600);
    expect(readFileSync(at("github-env"), "utf8")).toContain("AWS_ACCESS_KEY_ID");
  });

  test("keeps its mode and its text", async () => {
    const file = home.write("github-env", "A=1\n", 0o644);
    expect((await write(file)).exitCode).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readFileSync(file, "utf8")).toStartWith("A=1\n");
  });

  test("is refused in a folder that other users can write to", async () => {
    home.write("shared/github-env", "");
    chmodSync(at("shared"), 0o777);
    const { exitCode, stderr } = await write(at("shared/github-env"));
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`other users can write to the folder ${at("shared")} (mode 0777)`);
    expect(readFileSync(at("shared/github-env"), "utf8")).toBe("");
  });

  test.skipIf(!IS_ROOT)("is refused if it is a symbolic link of another user (needs root)", async () => {
    const victim = home.write("victim", "precious");
    mkdirSync(at("shared"));
    chmodSync(at("shared"), 0o1777);
    symlinkSync(victim, at("shared/github-env"));
    lchownSync(at("shared/github-env"), NOBODY, NOBODY);
    expect((await write(at("shared/github-env"))).stderr).toContain("belongs to another user");
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });

  test.skipIf(!IS_ROOT)("is written by root in the folder of the runner (needs root)", async () => {
    home.write("runner/github-env", "");
    giveToNobody(at("runner"));
    expect((await write(at("runner/github-env"))).exitCode).toBe(0);
    expect((await write(at("runner/new"))).exitCode).toBe(0);
    for (const name of ["github-env", "new"]) expect(statSync(at(`runner/${name}`)).uid).toBe(NOBODY);
  });
});

describe("XDG_RUNTIME_DIR", () => {
  test("that does not exist is replaced by TMPDIR", async () => {
    mkdirSync(at("tmp"));
    const env = { XDG_RUNTIME_DIR: "/no/such/folder", TMPDIR: at("tmp") };
    const argv = ["exec", "--serve", "-p", "m", "--", "sh", "-c", 'echo "$AWS_SHARED_CREDENTIALS_FILE"'];
    const { exitCode, stdout, stderr } = await home.run(argv, { env });
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toStartWith(`${at("tmp")}/rolecall-`);
  });

  test.skipIf(!IS_ROOT)("of another user is replaced by TMPDIR (needs root)", async () => {
    mkdirSync(at("tmp"));
    mkdirSync(at("run"), { mode: 0o700 });
    giveToNobody(at("run"));
    const env = { XDG_RUNTIME_DIR: at("run"), TMPDIR: at("tmp") };
    const argv = ["exec", "--serve", "-p", "m", "--", "sh", "-c", 'echo "$AWS_SHARED_CREDENTIALS_FILE"'];
    const { stdout } = await home.run(argv, { env });
    expect(stdout).toStartWith(`${at("tmp")}/rolecall-`);
    expect(readdirSync(at("run"))).toEqual([]);
  });
});
