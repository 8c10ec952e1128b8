/** Node 22 or later, for the tests of the npm packages and of the JavaScript bundle. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Its path; undefined if it is not installed and cannot be. */
export const NODE_22: string | undefined = findNode();

function findNode(): string | undefined {
  const script = fileURLToPath(new URL("../../scripts/node-22", import.meta.url));
  const { status, stdout } = spawnSync(script, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
