/**
 * Bun's executables for other machines, from the npm packages that bun.lock names.
 *
 * `bun build --target` would download an executable itself: it ignores the registry that is configured, and verifies
 * no hash. `bun install` uses that registry and verifies the hash of the lockfile.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "./targets.ts";

interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** The entry of the package in bun.lock, with its hash. */
  readonly entry: string;
}

/**
 * Finds a package without dependencies in the text of bun.lock.
 *
 * @throws Error if the lockfile has no such package with a SHA-512 hash.
 */
export function lockedPackage(lockfile: string, name: string): LockedPackage {
  for (const line of lockfile.split("\n")) {
    const [, entry = "", found, version = ""] =
      /^\s*("([^"]+)": \["\2@([\d.]+)", "", \{[^{}]*\}, "sha512-[\w+/]{86}=="\]),?$/.exec(line) ?? [];
    if (found === name) return { name, version, entry };
  }
  throw new Error(`bun.lock does not pin ${name}`);
}

/** Returns the two files of a project whose only dependency is the package. */
export function projectOf({ name, version, entry }: LockedPackage): { manifest: string; lockfile: string } {
  const project = { name: "runtime", private: true, dependencies: { [name]: version } };
  const workspaces = JSON.stringify({ "": { name: project.name, dependencies: project.dependencies } });
  return {
    manifest: `${JSON.stringify(project)}\n`,
    lockfile: `{"lockfileVersion": 1, "configVersion": 1, "workspaces": ${workspaces}, "packages": {${entry}}}\n`,
  };
}

/**
 * Installs Bun's executable for the target below `.tmp/runtimes`, unless it is there already.
 *
 * @param root the folder of the project.
 * @returns the path of the executable.
 * @throws Error if the package cannot be downloaded, or its hash differs from that of bun.lock.
 */
export function installRuntime(root: string, target: Target): string {
  const locked = lockedPackage(readFileSync(join(root, "bun.lock"), "utf8"), target.runtimePackage);
  const { manifest, lockfile } = projectOf(locked);
  const folder = join(root, ".tmp", "runtimes", target.name);
  const executable = join(folder, "node_modules", locked.name, "bin", target.os === "win32" ? "bun.exe" : "bun");
  const installed = join(folder, "bun.lock");
  if (existsSync(executable) && readFileSync(installed, "utf8") === lockfile) return executable;

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), manifest);
  writeFileSync(installed, lockfile);
  const flags = ["--frozen-lockfile", "--ignore-scripts", "--cpu=*", "--os=*", "--libc=*"];
  // A cache of its own, because Bun verifies the hash only of what it downloads.
  const { status } = spawnSync(process.execPath, ["install", ...flags, `--cache-dir=${join(folder, "cache")}`], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0 || !existsSync(executable)) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`cannot install ${locked.name} ${locked.version}`);
  }
  return executable;
}
