/** The archives of a release: what is in them, and that equal files give equal bytes. */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archiveNames, writeArchives } from "../../../scripts/releasing/archives.ts";
import { writeChecksums } from "../../../scripts/releasing/checksums.ts";
import { TARGETS } from "../../../scripts/releasing/targets.ts";

const TIME = 1_700_000_000;
const HAS_GNU_TAR = Bun.spawnSync(["sh", "-c", "tar --version && xz --version"]).stdout.toString().includes("GNU tar");
const HAS_ZIP = Bun.which("zip") !== null && Bun.which("unzip") !== null;

let folders: string[] = [];
afterEach(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
  folders = [];
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-archives-"));
  folders.push(folder);
  return folder;
}

/** Writes the archive in a new folder, under the given umask, from a program with another time. Returns its path. */
async function archiveOnce(name: string, umask: number): Promise<string> {
  const source = makeFolder();
  writeFileSync(join(source, "built"), "#!/bin/sh\n", { mode: 0o700 });
  utimesSync(join(source, "built"), TIME - umask, TIME - umask);
  const before = process.umask(umask);
  try {
    const files = {
      rolecall: { copyOf: join(source, "built"), isExecutable: true },
      "completions/_rolecall": { text: "#compdef rolecall\n" },
      LICENSE: { text: "text\n" },
    };
    return (await writeArchives(join(source, "out"), [name], files, TIME))[0] ?? "";
  } finally {
    process.umask(before);
  }
}

const run = (...command: string[]) => Bun.spawnSync(command, { env: { ...process.env, TZ: "UTC", LC_ALL: "C" } });

test("the names of the archives are those that install.sh and the packages expect", () => {
  expect(TARGETS.flatMap((target) => archiveNames("1.2.3", target))).toEqual([
    ...["rolecall-1.2.3-linux-x64.tar.gz", "rolecall-1.2.3-linux-x64.tar.xz"],
    ...["rolecall-1.2.3-linux-arm64.tar.gz", "rolecall-1.2.3-linux-arm64.tar.xz"],
    ...["rolecall-1.2.3-linux-x64-musl.tar.gz", "rolecall-1.2.3-linux-x64-musl.tar.xz"],
    ...["rolecall-1.2.3-linux-arm64-musl.tar.gz", "rolecall-1.2.3-linux-arm64-musl.tar.xz"],
    ...["rolecall-1.2.3-darwin-arm64.tar.gz", "rolecall-1.2.3-darwin-arm64.tar.xz"],
    ...["rolecall-1.2.3-darwin-x64.tar.gz", "rolecall-1.2.3-darwin-x64.tar.xz"],
    ...["rolecall-1.2.3-windows-x64.zip", "rolecall-1.2.3-windows-arm64.zip"],
  ]);
});

describe.skipIf(!HAS_GNU_TAR)("a tar archive (needs GNU tar and xz)", () => {
  test.each(["a-1.tar.gz", "a-1.tar.xz"])("%s has the files with fixed modes, owners and times", async (name) => {
    const listing = run("tar", "--list", "--verbose", "--numeric-owner", "--file", await archiveOnce(name, 0o022));
    expect(listing.stdout.toString().replace(/ +/g, " ").split("\n")).toEqual([
      "-rw-r--r-- 0/0 5 2023-11-14 22:13 a-1/LICENSE",
      "-rw-r--r-- 0/0 18 2023-11-14 22:13 a-1/completions/_rolecall",
      "-rwxr-xr-x 0/0 10 2023-11-14 22:13 a-1/rolecall",
      "",
    ]);
  });

  test.each(["a-1.tar.gz", "a-1.tar.xz"])("%s is the same in every folder and with every umask", async (name) => {
    expect(readFileSync(await archiveOnce(name, 0o077))).toEqual(readFileSync(await archiveOnce(name, 0)));
  });
});

describe.skipIf(!HAS_ZIP)("a zip archive (needs zip and unzip)", () => {
  test("has the files with fixed modes and times", async () => {
    const listing = run("unzip", "-Z", "-l", await archiveOnce("a-1.zip", 0o022)).stdout.toString();
    const files = listing.split("\n").flatMap((line) => {
      const [, mode, time, path] = /^(-[rwx-]+) .* (\d\S+ \S+) (\S+)$/.exec(line) ?? [];
      return path === undefined ? [] : [`${mode} ${time} ${path}`];
    });
    expect(files).toEqual([
      "-rw-r--r-- 23-Nov-14 22:13 a-1/LICENSE",
      "-rw-r--r-- 23-Nov-14 22:13 a-1/completions/_rolecall",
      "-rwxr-xr-x 23-Nov-14 22:13 a-1/rolecall",
    ]);
  });

  test("is the same in every folder and with every umask", async () => {
    expect(readFileSync(await archiveOnce("a-1.zip", 0o077))).toEqual(readFileSync(await archiveOnce("a-1.zip", 0)));
  });
});

test("a missing file is an error, and leaves nothing in the folder", async () => {
  const folder = makeFolder();
  const files = { rolecall: { copyOf: join(folder, "missing") } };
  for (const name of ["a-1.tar.gz", "a-1.tar.xz", "a-1.zip"]) {
    await expect(writeArchives(folder, [name], files, TIME)).rejects.toThrow("missing");
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("SHA256SUMS lists every other file", () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "b"), "b");
  writeFileSync(join(folder, "a"), "");
  writeChecksums(folder);
  writeChecksums(folder);
  expect(readFileSync(join(folder, "SHA256SUMS"), "utf8")).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n" +
      "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b\n",
  );
});
