/** What the README says that each build for Linux needs, read from the executables. */
import { beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OLDEST_GLIBC } from "../../scripts/releasing/linux_packages.ts";
import { TARGETS } from "../../scripts/releasing/targets.ts";
import { isInstalled } from "../support/machine.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LINUX = TARGETS.filter(({ os }) => os === "linux");

describe.skipIf(!isInstalled("readelf"))("executables for Linux", () => {
  beforeAll(() => {
    const names = LINUX.map(({ name }) => name);
    const { status, stderr } = spawnSync(process.execPath, ["scripts/release.ts", "--executables", ...names], {
      cwd: ROOT,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
  });

  const readelf = (target: string, option: string) => {
    const file = join(ROOT, "dist", target, "rolecall");
    return spawnSync("readelf", ["--wide", option, file], { encoding: "utf8", maxBuffer: 1 << 28 }).stdout;
  };
  const librariesOf = (target: string) =>
    [...readelf(target, "--dynamic").matchAll(/\(NEEDED\)\s+Shared library: \[(.*?)\]/g)].map(([, name = ""]) => name);

  for (const { name, libc } of LINUX) {
    if (libc === "glibc") {
      test(`${name} needs glibc ${OLDEST_GLIBC}, and no other library`, () => {
        const versions = [...readelf(name, "--version-info").matchAll(/Name: GLIBC_(\d+\.\d+)/g)].map(
          ([, v = ""]) => v,
        );
        const [newest] = versions.sort((a, b) => Number(b.split(".")[1]) - Number(a.split(".")[1]));
        expect(newest).toBe(OLDEST_GLIBC);
        expect(librariesOf(name).filter((library) => !/^(?:ld-linux|lib(?:c|m|dl|pthread)\.so)/.test(library))).toEqual(
          [],
        );
      });
    } else {
      test(`${name} needs musl and libstdc++`, () => {
        const others = librariesOf(name).filter(
          (library) => !/^(?:libc\.musl-|ld-musl-|libc\.so|libgcc_s)/.test(library),
        );
        expect(others).toEqual(["libstdc++.so.6"]);
      });
    }
  }

  test("the README says so", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    expect(readme).toContain(`| glibc ${OLDEST_GLIBC} or later`);
    expect(readme).toContain("| musl, libstdc++ of GCC 12 or later");
  });
});
