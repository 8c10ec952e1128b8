/** Node 22 or later and package managers, for the tests of the npm packages and of the JavaScript bundle. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Its path; undefined if it is not installed and cannot be. */
export const NODE_22: string | undefined = findNode();

function findNode(): string | undefined {
  const { status, stdout } = spawnSync(join(ROOT, "scripts/node-22"), { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** The folder with the packages of test/node_tools; undefined if they are not installed and cannot be. */
export function packageManagers(): string | undefined {
  const folder = join(ROOT, "test/node_tools");
  const packages = join(folder, "node_modules");
  // Unless scripts/node-22 has installed Node there, Node is not needed.
  const install = ["install", "--cwd", folder, "--frozen-lockfile", "--ignore-scripts", "--omit=optional"];
  if (!existsSync(packages)) spawnSync(join(ROOT, "node_modules/.bin/bun"), install);
  return existsSync(join(packages, "pnpm")) ? packages : undefined;
}
