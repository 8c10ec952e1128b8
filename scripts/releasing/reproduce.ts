/** Builds executables a second time, in another folder and another environment, to compare them. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "./checksums.ts";
import type { Target } from "./targets.ts";

/** Everything that a build reads, apart from node_modules. */
const SOURCES = ["src", "scripts", "package.json", "bun.lock", "bunfig.toml", "tsconfig.json"];

/** What a build must not depend on. */
const OTHER_ENVIRONMENT = { TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8", LC_ALL: "C", USER: "somebody" };

/**
 * Builds the targets from a copy of the source.
 *
 * @returns the targets whose executable differs from that in `dist/`.
 * @throws Error if the copy cannot be built.
 */
export function rebuildElsewhere(root: string, targets: readonly Target[], commit: string): Target[] {
  const temporary = mkdtempSync(join(tmpdir(), "rolecall-reproduce-"));
  try {
    const copy = join(temporary, "a folder with a longer name", "rolecall");
    for (const name of SOURCES) cpSync(join(root, name), join(copy, name), { recursive: true });
    mkdirSync(join(copy, ".tmp"));
    symlinkSync(join(root, ".tmp", "runtimes"), join(copy, ".tmp", "runtimes"));
    run(copy, "install", "--production", "--frozen-lockfile", "--ignore-scripts");
    const names = targets.map(({ name }) => name);
    run(copy, "scripts/release.ts", "--executables", `--commit=${commit}`, ...names);
    return targets.filter((target) => {
      const executable = join("dist", target.name, target.executable);
      return sha256(join(copy, executable)) !== sha256(join(root, executable));
    });
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function run(folder: string, ...args: readonly string[]): void {
  const { status } = spawnSync("/bin/sh", ["-c", 'umask 077 && exec "$@"', "sh", process.execPath, ...args], {
    cwd: folder,
    env: { ...process.env, ...OTHER_ENVIRONMENT },
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error(`bun ${args[0]} failed in ${folder}`);
}
