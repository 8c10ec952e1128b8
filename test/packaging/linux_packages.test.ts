/** The packages for Linux distributions and the Homebrew formula, installed as far as this machine can. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { archiveNames } from "../../scripts/releasing/archives.ts";
import { sha256 } from "../../scripts/releasing/checksums.ts";
import { homebrewFormula } from "../../scripts/releasing/homebrew.ts";
import { installNfpm, OLDEST_GLIBC, packageName, writeLinuxPackage } from "../../scripts/releasing/linux_packages.ts";
import { accompanyingFiles } from "../../scripts/releasing/release_files.ts";
import { targetNamed } from "../../scripts/releasing/targets.ts";
import { VERSION } from "../../src/domain/version.ts";
import { IS_ROOT, isInstalled } from "../support/machine.ts";
import { SUBJECT, SUBJECT_ARGV } from "../support/subject.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TIME = 1_700_000_000;
const X64 = targetNamed("linux-x64");

const nfpm = installNfpm(ROOT);
const PROGRAM = "program" in nfpm ? nfpm.program : undefined;

/** On this machine, the built program is that of the package. */
const HAS_PROGRAM = process.platform === "linux" && process.arch === "x64" && SUBJECT === "compiled";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rolecall-packages-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** The last column of a listing without its folders. */
const filesOf = (listing: string) => [...listing.matchAll(/^-\S* .* \.?(\/\S+)$/gm)].map(([, path]) => path).sort();

const COMMON = [
  "/usr/bin/rolecall",
  "/usr/share/bash-completion/completions/rolecall",
  "/usr/share/doc/rolecall/README.md",
  "/usr/share/fish/vendor_completions.d/rolecall.fish",
  "/usr/share/man/man1/rolecall.1.gz",
];

describe.skipIf(PROGRAM === undefined)("packages", () => {
  /** By default with a small file in place of the executable, which takes half a minute to compress. */
  const make = (format: "deb" | "rpm", { target = X64, to = folder, executable = "" } = {}) => {
    const rolecall = executable === "" ? { text: "#!/bin/sh\n" } : { copyOf: executable, isExecutable: true };
    const files = { rolecall, ...accompanyingFiles(ROOT, "licenses\n") };
    return writeLinuxPackage(PROGRAM ?? "", to, { target, version: VERSION, format, files, time: TIME });
  };
  const makeReal = (format: "deb" | "rpm") => make(format, { executable: SUBJECT_ARGV[0] ?? "" });

  for (const format of ["deb", "rpm"] as const) {
    test(`two .${format} files of the same build have the same bytes`, () => {
      const other = join(folder, "other");
      mkdirSync(other, { recursive: true });
      expect(sha256(make(format))).toBe(sha256(make(format, { to: other })));
    });
  }

  describe.skipIf(!isInstalled("dpkg-deb"))(".deb", () => {
    test("has its files where Debian expects them", () => {
      const deb = make("deb");
      expect(deb).toEndWith(`/rolecall_${VERSION}_amd64.deb`);
      const listing = run("dpkg-deb", "--contents", deb);
      expect(filesOf(listing)).toEqual(
        [
          ...COMMON,
          ...["LICENSE", "THIRD_PARTY_LICENSES", "changelog.gz", "copyright"].map(
            (n) => `/usr/share/doc/rolecall/${n}`,
          ),
          "/usr/share/zsh/vendor-completions/_rolecall",
        ].sort(),
      );
      expect(listing).toMatch(/^-rw-r--r-- (?:root\/root|0\/0) .* \.\/usr\/share\/man\/man1\/rolecall\.1\.gz$/m);
    });

    test("names its architecture and what it needs", () => {
      const field = (deb: string, name: string) => run("dpkg-deb", "--field", deb, name).trim();
      expect(field(make("deb"), "Depends")).toBe(`libc6 (>= ${OLDEST_GLIBC})`);
      expect(field(make("deb"), "Version")).toBe(VERSION);
      expect(field(make("deb", { target: targetNamed("linux-arm64") }), "Architecture")).toBe("arm64");
    });

    test.skipIf(!IS_ROOT || !HAS_PROGRAM)("is installed, runs, and is removed without a trace", () => {
      const root = join(folder, "root");
      const database = join(root, "var/lib/dpkg");
      mkdirSync(join(database, "updates"), { recursive: true });
      mkdirSync(join(database, "info"), { recursive: true });
      writeFileSync(join(database, "status"), libc6Status());
      const dpkg = (...args: readonly string[]) => run("dpkg", `--root=${root}`, "--force-script-chrootless", ...args);
      dpkg("--install", makeReal("deb"));
      expect(run(join(root, "usr/bin/rolecall"), "--version")).toStartWith(`rolecall ${VERSION}`);
      expect(dpkg("--status", "rolecall")).toContain("Status: install ok installed");
      dpkg("--purge", "rolecall");
      expect(existsSync(join(root, "usr/bin/rolecall"))).toBe(false);
    });
  });

  describe.skipIf(!isInstalled("rpm"))(".rpm", () => {
    test("has its files where Fedora expects them", () => {
      const rpm = make("rpm");
      expect(rpm).toEndWith(`/rolecall-${VERSION}-1.x86_64.rpm`);
      expect(filesOf(run("rpm", "--query", "--list", "--verbose", "--package", rpm))).toEqual(
        [
          ...COMMON,
          "/usr/share/licenses/rolecall/LICENSE",
          "/usr/share/licenses/rolecall/THIRD_PARTY_LICENSES",
          "/usr/share/zsh/site-functions/_rolecall",
        ].sort(),
      );
      const query = ["--query", "--queryformat", "%{ARCH} %{LICENSE} %{BUILDHOST}", "--package"];
      expect(run("rpm", ...query, rpm)).toBe("x86_64 Apache-2.0 reproducible");
      expect(run("rpm", ...query, make("rpm", { target: targetNamed("linux-arm64") }))).toStartWith("aarch64 ");
      expect(run("rpm", "--query", "--requires", "--package", rpm)).toContain(`glibc >= ${OLDEST_GLIBC}`);
    });

    test.skipIf(!IS_ROOT || !HAS_PROGRAM)("is installed, runs, and is removed", () => {
      const root = join(folder, "rpm-root");
      mkdirSync(root);
      // The database of this root has no glibc.
      run("rpm", "--root", root, "--install", "--nodeps", makeReal("rpm"));
      expect(run(join(root, "usr/bin/rolecall"), "--version")).toStartWith(`rolecall ${VERSION}`);
      run("rpm", "--root", root, "--verify", "--nodeps", "rolecall");
      run("rpm", "--root", root, "--erase", "rolecall");
      expect(existsSync(join(root, "usr/bin/rolecall"))).toBe(false);
    });
  });
});

/** A database in which the package's only dependency is installed, with the version of this machine. */
function libc6Status(): string {
  const version = run("dpkg-query", "--show", "--showformat", "${Version}", "libc6");
  return (
    "Package: libc6\nStatus: install ok installed\nPriority: optional\nSection: libs\nMaintainer: nobody\n" +
    `Architecture: amd64\nVersion: ${version}\nDescription: the C library\n\n`
  );
}

describe("the Homebrew formula", () => {
  const TARGETS = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"];
  const write = () => {
    for (const target of TARGETS) {
      writeFileSync(join(folder, archiveNames(VERSION, targetNamed(target))[0] ?? ""), target);
    }
    return homebrewFormula(VERSION, folder) ?? "";
  };

  test("needs the archives of all four targets", () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    expect(homebrewFormula(VERSION, empty)).toBeUndefined();
  });

  describe.skipIf(!isInstalled("ruby"))("run by Ruby", () => {
    /** Runs the formula with a part of Homebrew's API on the given machine: prints the URL and the checksum, and installs. */
    const evaluate = (os: string, cpu: string, staged: string, prefix: string) => {
      const formula = join(folder, "rolecall.rb");
      writeFileSync(formula, write());
      expect(run("ruby", "-wc", formula)).toBe("Syntax OK\n");
      const program = join(ROOT, "test/packaging/homebrew.rb");
      return JSON.parse(run("ruby", program, formula, os, cpu, staged, prefix));
    };

    for (const target of TARGETS) {
      test(target, () => {
        const [os = "", cpu = ""] = target.split("-");
        const staged = mkdtempSync(join(folder, "staged-"));
        const files = accompanyingFiles(ROOT, "licenses\n");
        mkdirSync(join(staged, "completions"));
        for (const path of Object.keys(files)) writeFileSync(join(staged, path), path);
        writeFileSync(join(staged, "rolecall"), `#!/bin/sh\necho rolecall ${VERSION}\n`);
        chmodSync(join(staged, "rolecall"), 0o755);
        const prefix = mkdtempSync(join(folder, "prefix-"));
        const archive = archiveNames(VERSION, targetNamed(target))[0] ?? "";
        expect(evaluate(os, cpu, staged, prefix)).toEqual({
          url: `https://github.com/rolecall/rolecall/releases/download/v${VERSION}/${archive}`,
          sha256: sha256(join(folder, archive)),
        });
        expect(readFileSync(join(prefix, "etc/bash_completion.d/rolecall"), "utf8")).toBe("completions/rolecall.bash");
        expect(existsSync(join(prefix, "share/zsh/site-functions/_rolecall"))).toBe(true);
        expect(statSync(join(prefix, "bin/rolecall")).mode & 0o111).not.toBe(0);
      });
    }
  });
});

test("the names of the packages", () => {
  const arm64 = targetNamed("linux-arm64");
  expect([packageName("1.2.3", arm64, "deb"), packageName("1.2.3", arm64, "rpm")]).toEqual([
    "rolecall_1.2.3_arm64.deb",
    "rolecall-1.2.3-1.aarch64.rpm",
  ]);
});
