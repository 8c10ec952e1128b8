/** The targets of a release, and the runtimes that bun.lock pins for them. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSettings } from "../../../scripts/compile.ts";
import { lockedPackage, projectOf } from "../../../scripts/releasing/runtimes.ts";
import { TARGETS, targetNamed } from "../../../scripts/releasing/targets.ts";

const LOCKFILE = readFileSync(fileURLToPath(new URL("../../../bun.lock", import.meta.url)), "utf8");

test.each([
  ["linux-x64", "linux", "x64", "glibc", "bun-linux-x64", "@oven/bun-linux-x64", "rolecall"],
  ["linux-arm64", "linux", "arm64", "glibc", "bun-linux-arm64", "@oven/bun-linux-aarch64", "rolecall"],
  ["linux-x64-musl", "linux", "x64", "musl", "bun-linux-x64-musl", "@oven/bun-linux-x64-musl", "rolecall"],
  ["linux-arm64-musl", "linux", "arm64", "musl", "bun-linux-arm64-musl", "@oven/bun-linux-aarch64-musl", "rolecall"],
  ["darwin-arm64", "darwin", "arm64", undefined, "bun-darwin-arm64", "@oven/bun-darwin-aarch64", "rolecall"],
  ["darwin-x64", "darwin", "x64", undefined, "bun-darwin-x64", "@oven/bun-darwin-x64", "rolecall"],
  ["windows-x64", "win32", "x64", undefined, "bun-windows-x64", "@oven/bun-windows-x64", "rolecall.exe"],
  ["windows-arm64", "win32", "arm64", undefined, "bun-windows-arm64", "@oven/bun-windows-aarch64", "rolecall.exe"],
])("the target %s", (name, os, cpu, libc, bunTarget, runtimePackage, executable) => {
  const expected = { name, os, cpu, ...(libc === undefined ? {} : { libc }), bunTarget, runtimePackage, executable };
  expect<object>(targetNamed(name)).toEqual(expected);
});

test("an unknown target is an error that lists the known ones", () => {
  expect(() => targetNamed("linux-arm")).toThrow(
    'unknown target "linux-arm": choose from linux-x64, linux-arm64, linux-x64-musl, linux-arm64-musl, darwin-arm64, ' +
      "darwin-x64, windows-x64, windows-arm64",
  );
});

describe("the runtime of every target", () => {
  test.each(TARGETS)("$name is pinned by bun.lock with a hash", ({ runtimePackage }) => {
    const { bun } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")).devDependencies;
    const locked = lockedPackage(LOCKFILE, runtimePackage);
    expect([locked.name, locked.version]).toEqual([runtimePackage, bun]);
    const { manifest, lockfile } = projectOf(locked);
    const dependencies = { [runtimePackage]: bun };
    expect(JSON.parse(manifest)).toEqual({ name: "runtime", private: true, dependencies });
    const { workspaces, packages } = JSON.parse(lockfile);
    expect(workspaces).toEqual({ "": { name: "runtime", dependencies } });
    expect(Object.keys(packages)).toEqual([runtimePackage]);
    expect(LOCKFILE).toContain(packages[runtimePackage][3]);
  });

  test.each([
    ["that the lockfile does not have", '"@oven/bun-linux-x64": ["@oven/bun-linux-x64@1.0.0", "", {}, ""],'],
    ["without a hash", '"@oven/bun-plan9-x64": ["@oven/bun-plan9-x64@1.0.0", "", { "os": "plan9" }],'],
    [
      "with a weak hash",
      '"@oven/bun-plan9-x64": ["@oven/bun-plan9-x64@1.0.0", "", {}, "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="],',
    ],
  ])("%s is an error", (_, lockfile) => {
    expect(() => lockedPackage(lockfile, "@oven/bun-plan9-x64")).toThrow("bun.lock does not pin @oven/bun-plan9-x64");
  });
});

describe("the settings of the compiler", () => {
  const compilation = { root: "/src", outfile: "/out/rolecall", target: "linux-arm64", commit: "1a2b" };
  const settings = buildSettings(compilation);

  test("for this machine name no runtime", () => {
    expect(settings.compile).not.toContainAnyKeys(["target", "executablePath"]);
    expect(settings.compile.outfile).toBe("/out/rolecall");
    expect(settings.define).toMatchObject({ BUILD_TARGET: '"linux-arm64"', BUILD_COMMIT: '"1a2b"' });
  });

  test("for another machine differ only in the runtime", () => {
    const runtime = { target: "bun-linux-arm64", executable: "/runtimes/bun" };
    const { target, executablePath, ...others } = buildSettings({ ...compilation, runtime }).compile;
    expect([target, executablePath]).toEqual(["bun-linux-arm64", "/runtimes/bun"]);
    expect(others).toEqual(settings.compile);
  });

  test("load no configuration from the working directory of the program", () => {
    expect(settings.compile).toMatchObject({
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    });
  });
});
