/** install.sh, against releases on a server on loopback, in each shell and with each downloader that is installed here. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };
import { findCommand } from "../../src/runtime/process/find_command.ts";
import { isInstalled } from "../support/machine.ts";
import { makeHome, type Outcome, SUBJECT, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

const SCRIPT = fileURLToPath(new URL("../../install.sh", import.meta.url));
const LATEST = "1.4.0";

/** What every system has that the script needs. The downloaders and the programs for checksums come on top. */
const BASE_TOOLS = ["sh", "mkdir", "mktemp", "tar", "gzip", "chmod", "env", "mv", "rm", "cat", "grep", "getconf"];

/** The releases, by the path of the URL. */
const files = new Map<string, Buffer>();
let server: Server;
let releases: string;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rolecall-install-"));
  server = createServer((request, response) => {
    const content = files.get(request.url ?? "");
    response.writeHead(content === undefined ? 404 : 200, { "content-length": content?.length ?? 0 });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  releases = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
  for (const version of ["1.3.9", LATEST]) publish(version);
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const TARGETS = ["linux-x64", "linux-arm64", "linux-x64-musl", "linux-arm64-musl", "darwin-x64", "darwin-arm64"];

/** Publishes a release whose programs are shell scripts that print their version and target. */
function publish(version: string, program?: string): void {
  const sums = TARGETS.map((target) => {
    const name = `rolecall-${version}-${target}`;
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "rolecall"), program ?? `#!/bin/sh\necho "rolecall ${version} ${target}"\n`);
    chmodSync(join(folder, name, "rolecall"), 0o755);
    const content = pack(name);
    files.set(`/download/v${version}/${name}.tar.gz`, content);
    return `${createHash("sha256").update(content).digest("hex")}  ${name}.tar.gz\n`;
  });
  setSums(version, sums.join(""));
}

function pack(name: string): Buffer {
  const { status, stdout } = spawnSync("tar", ["-czf", "-", "-C", folder, name], { maxBuffer: 1 << 30 });
  expect(status).toBe(0);
  return stdout;
}

function setSums(version: string, text: string): void {
  files.set(`/download/v${version}/SHA256SUMS`, Buffer.from(text));
  if (version === LATEST) files.set("/latest/download/SHA256SUMS", Buffer.from(text));
}

interface Machine {
  /** The shell and its first arguments. */
  readonly shell?: readonly string[];
  /** Programs besides BASE_TOOLS; undefined for curl and sha256sum. */
  readonly tools?: readonly string[];
  /** Programs of BASE_TOOLS that are missing. */
  readonly without?: readonly string[];
  /** Where the programs come from; undefined for those of this machine. */
  readonly busybox?: string;
  /** Shell scripts instead of programs, by name. */
  readonly stubs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The text of the script; undefined for install.sh itself. */
  readonly script?: string;
}

/** What `uname` and `ldd` print on Debian on x86-64. */
const DEBIAN = system("Linux", "x86_64", "ldd (Debian GLIBC 2.36-9+deb12u10) 2.36");

function system(name: string, cpu: string, ldd?: string): Record<string, string> {
  return {
    uname: `case $1 in -s) echo ${name} ;; -m) echo ${cpu} ;; esac`,
    ...(ldd === undefined ? {} : { ldd: `echo "${ldd}" >&2; exit 1` }),
    ...(cpu === "x86_64" ? {} : { sysctl: "exit 1" }),
  };
}

/** Pipes the script into a shell, as the README's line does, in an empty home. */
async function install(args: readonly string[] = [], machine: Machine = {}, home: TestHome = makeHome()) {
  const bin = mkdtempSync(join(folder, "bin-"));
  const { shell = ["sh"], tools = ["curl", "sha256sum"], stubs = DEBIAN, without = [], busybox } = machine;
  for (const name of [...BASE_TOOLS, ...tools]) {
    const found = busybox ?? ("file" in findCommand(name, process.env) ? pathOf(name) : undefined);
    if (found !== undefined && !(name in stubs) && !without.includes(name)) symlinkSync(found, join(bin, name));
  }
  for (const [name, text] of Object.entries(stubs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  const [program = "", ...first] = shell;
  const outcome: Outcome = await home.runProgram([pathOf(program), ...first, "-s", "--", ...args], {
    stdin: machine.script ?? readFileSync(SCRIPT, "utf8"),
    env: { PATH: bin, INSTALL_ROLECALL_FROM: releases, ...machine.env },
  });
  return { ...outcome, home, bin, installed: installed(home) };
}

function pathOf(name: string): string {
  const found = findCommand(name, process.env);
  return "file" in found ? found.file : name;
}

/** What the program in ~/.local/bin prints; undefined if there is no file. Nothing else may be there. */
function installed(home: TestHome): string | undefined {
  const bin = join(home.path, ".local/bin");
  if (!existsSync(bin)) return undefined;
  const names = readdirSync(bin);
  if (names.length === 0) return undefined;
  expect(names).toEqual(["rolecall"]);
  const { error, stdout } = spawnSync(join(bin, "rolecall"), ["--version"], { encoding: "utf8" });
  return error === undefined ? stdout.trim() : "a file that is not a program";
}

describe("install.sh", () => {
  test("installs the latest release to ~/.local/bin, and says what it did", async () => {
    const { exitCode, stdout, stderr, home, installed } = await install();
    const bin = join(home.path, ".local/bin");
    expect([exitCode, stderr, installed]).toEqual([0, "", `rolecall ${LATEST} linux-x64`]);
    expect(stdout.split("\n")).toEqual([
      `downloading rolecall ${LATEST} for linux-x64`,
      `installed ${bin}/rolecall (SHA-256 verified)`,
      `rolecall ${LATEST} linux-x64`,
      `note: ${bin} is not in PATH; add it with:`,
      `  export PATH="${bin}:$PATH"`,
      "",
    ]);
    expect(lstatSync(join(bin, "rolecall")).mode & 0o777).toBe(0o755);
    home.remove();
  });

  test.each(["--version 1.3.9", "--version=1.3.9", "--version v1.3.9"])(
    "installs an older version: %s",
    async (args) => {
      const { exitCode, installed, home } = await install(args.split(" "));
      expect([exitCode, installed]).toEqual([0, "rolecall 1.3.9 linux-x64"]);
      home.remove();
    },
  );

  test.each([["absolute"], ["relative"]])(
    "installs to another folder, even with blanks in its name: %s",
    async (kind) => {
      const home = makeHome();
      const to = join(home.path, "my programs");
      const { exitCode, stdout } = await install(["--to", kind === "relative" ? "my programs" : to], {}, home);
      expect([exitCode, readdirSync(to)]).toEqual([0, ["rolecall"]]);
      expect(stdout).toContain(`installed ${to}/rolecall (`);
      home.remove();
    },
  );

  test("says nothing about PATH if the folder is in it, and names another rolecall that comes first", async () => {
    const home = makeHome();
    const bin = join(home.path, ".local/bin");
    const other = join(home.path, "other");
    const stubs = { ...DEBIAN, env: `PATH=/usr/bin:/bin exec env "$@"` };
    const shell = ["sh"];
    const path = (first: string) => `${first}:${bin}:/usr/bin:/bin`;
    for (const inPath of [path(other), `/usr/bin:/bin:${bin}/`]) {
      const plain = await install([], { shell, stubs, env: { PATH: inPath } }, home);
      expect([plain.exitCode, plain.stdout]).toEqual([0, expect.not.stringContaining("PATH")]);
    }
    mkdirSync(other);
    copyFileSync(join(bin, "rolecall"), join(other, "rolecall"));
    const hidden = await install([], { shell, stubs, env: { PATH: path(other) } }, home);
    expect(hidden.stdout).toContain(`note: ${other}/rolecall comes first in PATH`);
    home.remove();
  });

  test("replaces the program in one step, also while it runs, and through a symbolic link", async () => {
    const home = makeHome();
    const bin = join(home.path, ".local/bin");
    mkdirSync(bin, { recursive: true });
    copyFileSync(pathOf("sleep"), join(bin, "rolecall"));
    const running = home.startProgram([join(bin, "rolecall"), "600"]);
    const first = await install([], {}, home);
    await running.stop();
    expect([first.exitCode, first.installed]).toEqual([0, `rolecall ${LATEST} linux-x64`]);
    writeFileSync(join(home.path, "linked"), "other");
    rmSync(join(bin, "rolecall"));
    symlinkSync(join(home.path, "linked"), join(bin, "rolecall"));
    const second = await install([], {}, home);
    expect([second.exitCode, second.installed]).toEqual([0, `rolecall ${LATEST} linux-x64`]);
    expect(readFileSync(join(home.path, "linked"), "utf8")).toBe("other");
    home.remove();
  });

  test("ends the shell: what follows the script in a pipe does not run", async () => {
    const { exitCode, stdout, home } = await install([], { script: `${readFileSync(SCRIPT, "utf8")}\necho never\n` });
    expect([exitCode, stdout]).toEqual([0, expect.not.stringContaining("never")]);
    home.remove();
  });

  const SHELLS = [["sh"], ["dash"], ["bash", "--posix"], ["busybox", "sh"], ["zsh", "--emulate", "sh"]];
  for (const shell of SHELLS) {
    test.skipIf(!isInstalled(shell[0] ?? ""))(`runs in ${shell.join(" ")}`, async () => {
      const { exitCode, stderr, installed, home } = await install([], { shell });
      expect([exitCode, stderr, installed]).toEqual([0, "", `rolecall ${LATEST} linux-x64`]);
      home.remove();
    });
  }

  test.skipIf(!isInstalled("busybox"))("needs only what BusyBox has: sh, wget, tar and sha256sum", async () => {
    const { exitCode, stderr, installed, home } = await install([], {
      shell: ["busybox", "sh"],
      busybox: pathOf("busybox"),
      tools: ["wget", "sha256sum"],
      stubs: system("Linux", "x86_64", "musl libc (x86_64)"),
    });
    expect([exitCode, stderr, installed]).toEqual([0, "", `rolecall ${LATEST} linux-x64-musl`]);
    home.remove();
  });

  for (const tools of [
    ["curl", "sha256sum"],
    ["curl", "shasum", "perl"],
    ["curl", "openssl"],
    ["wget", "sha256sum"],
  ]) {
    test.skipIf(!tools.every(isInstalled))(`uses ${tools.join(", ")}`, async () => {
      const { exitCode, stderr, installed, home } = await install([], { tools });
      expect([exitCode, stderr, installed]).toEqual([0, "", `rolecall ${LATEST} linux-x64`]);
      home.remove();
    });
  }

  const MUSL = "musl libc (x86_64)";
  test.each([
    ["linux-x64", system("Linux", "amd64", "ldd (GNU libc) 2.34")],
    ["linux-x64-musl", system("Linux", "x86_64", MUSL)],
    ["linux-arm64", system("Linux", "aarch64", "ldd (Ubuntu GLIBC 2.39-0ubuntu8) 2.39")],
    ["linux-arm64-musl", system("Linux", "aarch64", MUSL)],
    ["linux-arm64", system("Linux", "arm64", "ldd (GNU libc) 2.26")],
    ["darwin-arm64", system("Darwin", "arm64")],
    ["darwin-x64", { ...system("Darwin", "x86_64"), sysctl: "exit 1" }],
    ["darwin-arm64", { ...system("Darwin", "x86_64"), sysctl: "echo 1" }],
  ])("chooses %s", async (target, stubs) => {
    const { exitCode, installed, home } = await install([], { stubs });
    expect([exitCode, installed]).toEqual([0, `rolecall ${LATEST} ${target}`]);
    home.remove();
  });

  test("installs the build of another target without running it", async () => {
    publish("1.4.1", "not a program");
    const { exitCode, stdout, home } = await install(["--version=1.4.1", "--target", "linux-arm64-musl"]);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("downloading rolecall 1.4.1 for linux-arm64-musl")]);
    expect(readFileSync(join(home.path, ".local/bin/rolecall"), "utf8")).toBe("not a program");
    home.remove();
  });

  test.skipIf(SUBJECT !== "compiled")("installs the program itself", async () => {
    const name = `rolecall-1.5.0-linux-x64`;
    mkdirSync(join(folder, name));
    copyFileSync(SUBJECT_ARGV[0] ?? "", join(folder, name, "rolecall"));
    const content = pack(name);
    files.set(`/download/v1.5.0/${name}.tar.gz`, content);
    setSums("1.5.0", `${createHash("sha256").update(content).digest("hex")}  ${name}.tar.gz\n`);
    const { exitCode, installed, home } = await install(["--version=1.5.0", "--target=linux-x64"]);
    expect([exitCode, installed]).toEqual([0, expect.stringMatching(/^rolecall \d+\.\d+\.\d+/)]);
    home.remove();
  });
});

describe("install.sh installs nothing, and says why,", () => {
  /** Publishes a copy of the latest release with a change. */
  const changed = (version: string, change: (sums: string) => string, archive?: (content: Buffer) => Buffer) => {
    publish(version);
    setSums(version, change(files.get(`/download/v${version}/SHA256SUMS`)?.toString() ?? ""));
    const path = `/download/v${version}/rolecall-${version}-linux-x64.tar.gz`;
    const content = files.get(path);
    if (archive !== undefined && content !== undefined) files.set(path, archive(content));
  };

  interface Case {
    readonly name: string;
    readonly args?: readonly string[];
    readonly machine?: Machine;
    readonly prepare?: () => void;
    readonly says: string | RegExp;
    readonly exitCode?: number;
  }

  const flipped = (content: Buffer) => Buffer.from(content.map((byte, index) => (index === 40 ? byte ^ 1 : byte)));
  const CASES: readonly Case[] = [
    {
      name: "if the archive was changed",
      prepare: () => changed("2.0.0", (sums) => sums, flipped),
      args: ["--version=2.0.0"],
      says: "the checksum of rolecall-2.0.0-linux-x64.tar.gz is wrong; nothing was installed",
    },
    {
      name: "if the archive was truncated",
      prepare: () =>
        changed(
          "2.0.1",
          (sums) => sums,
          (content) => content.subarray(0, -10),
        ),
      args: ["--version=2.0.1"],
      says: "the checksum of rolecall-2.0.1-linux-x64.tar.gz is wrong; nothing was installed",
    },
    {
      name: "if the checksums were changed",
      prepare: () => changed("2.0.2", (sums) => sums.replace(/^./gm, (digit) => (digit === "0" ? "1" : "0"))),
      args: ["--version=2.0.2"],
      says: "the checksum of rolecall-2.0.2-linux-x64.tar.gz is wrong; nothing was installed",
    },
    {
      name: "if a checksum is invalid",
      prepare: () => changed("2.0.3", (sums) => sums.replace(/^[0-9a-f]+/gm, "0123")),
      args: ["--version=2.0.3"],
      says: "SHA256SUMS has no valid checksum for rolecall-2.0.3-linux-x64.tar.gz",
    },
    {
      name: "if SHA256SUMS is an HTML page",
      prepare: () => changed("2.0.4", () => "<html><body>Sign in to the network</body></html>\n"),
      args: ["--version=2.0.4"],
      says: "the release has no build for linux-x64",
    },
    {
      name: "if the build is missing from the release",
      prepare: () => changed("2.0.5", (sums) => sums.replace(/.*-linux-x64\.tar\.gz\n/, "")),
      args: ["--version=2.0.5"],
      says: "the release has no build for linux-x64",
    },
    {
      name: "if the archive is not there",
      prepare: () => {
        publish("2.0.6");
        files.delete("/download/v2.0.6/rolecall-2.0.6-linux-x64.tar.gz");
      },
      args: ["--version=2.0.6"],
      says: /cannot download http:\S+rolecall-2\.0\.6-linux-x64\.tar\.gz/,
    },
    {
      name: "if there is no such version",
      args: ["--version=9.9.9"],
      says: "check that version 9.9.9 exists",
    },
    {
      name: "if there is no such version, with wget",
      args: ["--version=9.9.9"],
      machine: { tools: ["wget", "sha256sum"] },
      says: "check that version 9.9.9 exists",
    },
    {
      name: "if the program is missing from the archive",
      prepare: () => {
        publish("2.0.7");
        const sums = files.get("/download/v2.0.7/SHA256SUMS")?.toString() ?? "";
        const content = pack(`rolecall-${LATEST}-linux-x64`);
        files.set("/download/v2.0.7/rolecall-2.0.7-linux-x64.tar.gz", content);
        const hash = createHash("sha256").update(content).digest("hex");
        setSums("2.0.7", sums.replace(/^.*( {2}\S+-linux-x64\.tar\.gz)$/m, `${hash}$1`));
      },
      args: ["--version=2.0.7"],
      says: "cannot unpack rolecall-2.0.7-linux-x64.tar.gz",
    },
    {
      name: "if the program does not run here",
      prepare: () => publish("2.0.8", "#!/bin/sh\necho 'version GLIBC_2.17 not found' >&2; exit 1\n"),
      args: ["--version=2.0.8"],
      says: "version GLIBC_2.17 not found\ninstall.sh: error: rolecall 2.0.8 for linux-x64 does not run here",
    },
    {
      name: "if libstdc++ is missing, as on Alpine",
      prepare: () => publish("2.0.9", "#!/bin/sh\necho 'Error loading shared library libstdc++.so.6' >&2; exit 127\n"),
      args: ["--version=2.0.9"],
      says: "on Alpine, run: apk add libstdc++",
    },
    {
      name: "without curl and wget",
      machine: { tools: ["sha256sum"] },
      says: "neither curl nor wget is installed",
    },
    {
      name: "without a program for checksums",
      machine: { tools: ["curl"] },
      says: "no program for SHA-256 checksums is installed",
    },
    {
      name: "without tar",
      machine: { without: ["tar"] },
      says: "tar is not installed",
    },
    {
      name: "if the archive cannot be unpacked",
      machine: { stubs: { ...DEBIAN, tar: "echo 'No space left on device' >&2; exit 1" } },
      says: /No space left on device\n.*cannot unpack/,
    },
    {
      name: "on another CPU",
      machine: { stubs: system("Linux", "riscv64", "ldd (GNU libc) 2.39") },
      says: "there is no build for the CPU riscv64",
    },
    {
      name: "on a 32-bit CPU",
      machine: { stubs: system("Linux", "armv7l", "ldd (GNU libc) 2.39") },
      says: "there is no build for the CPU armv7l",
    },
    {
      name: "on a 32-bit system with a 64-bit kernel",
      machine: { stubs: { ...system("Linux", "aarch64", "ldd (GNU libc) 2.39"), getconf: "echo 32" } },
      says: "this system has 32 bits, although its kernel has 64",
    },
    {
      name: "on a CPU without SSE4.2",
      machine: { stubs: { ...DEBIAN, grep: `case $2 in *sse4_2*) exit 1 ;; esac` } },
      says: "this CPU lacks sse4_2, which rolecall needs",
    },
    {
      name: "on another system",
      machine: { stubs: system("FreeBSD", "amd64") },
      says: "there is no build for FreeBSD",
    },
    {
      name: "on Windows",
      machine: { stubs: system("MINGW64_NT-10.0-22631", "x86_64") },
      says: "this script does not install on Windows",
    },
    { name: "without HOME", machine: { env: { HOME: "" } }, says: "HOME is not set" },
    { name: "with an unknown option", args: ["--dir=x"], says: `unknown argument "--dir=x"`, exitCode: 2 },
    { name: "with an option that lacks its value", args: ["--to"], says: "--to needs a value", exitCode: 2 },
    { name: "with an empty value", args: ["--to", ""], says: "--to needs a value", exitCode: 2 },
    { name: "with an invalid version", args: ["--version=../x"], says: `invalid version "../x"`, exitCode: 2 },
    { name: "with an unknown target", args: ["--target=x64"], says: `unknown target "x64"`, exitCode: 2 },
  ];
  for (const { name, args, machine, prepare, says, exitCode = 1 } of CASES) {
    test.skipIf(!(machine?.tools ?? []).every(isInstalled))(name, async () => {
      prepare?.();
      const outcome = await install(args, machine);
      expect(outcome.stderr).toMatch(says);
      expect(outcome.stderr).toContain("install.sh: error: ");
      expect([outcome.exitCode, outcome.installed]).toEqual([exitCode, undefined]);
      outcome.home.remove();
    });
  }

  test("if the server cannot be reached", async () => {
    const { exitCode, stderr, installed, home } = await install([], {
      env: { INSTALL_ROLECALL_FROM: "http://127.0.0.1:1" },
    });
    expect([exitCode, installed]).toEqual([1, undefined]);
    expect(stderr).toContain("cannot download http://127.0.0.1:1/latest/download/SHA256SUMS");
    home.remove();
  });

  test("and keeps the program that is there", async () => {
    const home = makeHome();
    await install(["--version=1.3.9"], {}, home);
    changed("2.1.0", (sums) => sums, flipped);
    const { exitCode, installed } = await install(["--version=2.1.0"], {}, home);
    expect([exitCode, installed]).toEqual([1, "rolecall 1.3.9 linux-x64"]);
    home.remove();
  });

  test("if the folder cannot be written", async () => {
    const home = makeHome();
    writeFileSync(join(home.path, "file"), "");
    const { exitCode, stderr } = await install(["--to", join(home.path, "file/bin")], {}, home);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`cannot create ${home.path}/file/bin`)]);
    home.remove();
  });

  // Not even root can create a file in /proc.
  test.skipIf(!existsSync("/proc/self"))("if the folder is read-only", async () => {
    const { exitCode, stderr, home } = await install(["--to", "/proc"]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("cannot write to /proc")]);
    home.remove();
  });

  test("if a folder has the program's name", async () => {
    const home = makeHome();
    mkdirSync(join(home.path, ".local/bin/rolecall"), { recursive: true });
    const { exitCode, stderr } = await install([], {}, home);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("/.local/bin/rolecall is a folder")]);
    home.remove();
  });

  describe.each([["dash"], ["bash"], ["busybox", "sh"]])("if the script is truncated anywhere: %s", (...shell) => {
    test.skipIf(!isInstalled(shell[0] ?? ""))("nothing runs", () => {
      const script = readFileSync(SCRIPT);
      const end = script.lastIndexOf("}");
      const [program = "", ...args] = shell;
      const home = mkdtempSync(join(folder, "truncated-"));
      // Each byte of the first and last lines, and a sample of the rest.
      for (let length = 0; length <= end; length += length > end - 40 || length < 40 ? 1 : 97) {
        const { stdout } = spawnSync(program, args, {
          input: script.subarray(0, length),
          env: { PATH: process.env.PATH, HOME: home, INSTALL_ROLECALL_FROM: "http://127.0.0.1:1" },
          encoding: "utf8",
        });
        expect([length, stdout, readdirSync(home)]).toEqual([length, "", []]);
      }
    });
  });
});

test("install.sh names the repository of package.json", () => {
  const url = manifest.repository.url.replace(/^git\+|\.git$/g, "");
  const urls = [...readFileSync(SCRIPT, "utf8").matchAll(/https:\/\/[^/\s]+\/[^/\s]+\/[^/\s}]+/g)].map(
    ([text]) => text,
  );
  expect(new Set(urls)).toEqual(new Set([url]));
});

test.skipIf(!isInstalled("shellcheck"))("shellcheck finds nothing in install.sh", () => {
  const { status, stdout } = spawnSync("shellcheck", [SCRIPT], { encoding: "utf8" });
  expect([status, stdout]).toEqual([0, ""]);
});
