/** Packs the npm packages: scripts/npm-packages describes the arguments. */
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sourceCommit } from "./compile.ts";
import { packNpmPackages } from "./releasing/npm_packages.ts";
import { TARGETS, targetNamed } from "./releasing/targets.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dist: { type: "string" }, commit: { type: "string" } },
});
const targets = positionals.length === 0 ? TARGETS : positionals.map(targetNamed);
const dist = values.dist === undefined ? join(ROOT, "dist") : resolve(values.dist);
const commit = values.commit ?? sourceCommit(ROOT);

for (const file of packNpmPackages({ root: ROOT, dist, targets, commit })) console.log(relative(process.cwd(), file));
