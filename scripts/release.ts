/** Builds a release, and checks that every build gives the same bytes: scripts/release describes the arguments. */
import { statSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sourceCommit } from "./compile.ts";
import { buildTarget } from "./releasing/build.ts";
import { rebuildElsewhere } from "./releasing/reproduce.ts";
import { installRuntime } from "./releasing/runtimes.ts";
import { sha256 } from "./releasing/sha256.ts";
import { TARGETS, targetNamed } from "./releasing/targets.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { executables: { type: "boolean" }, check: { type: "boolean" }, commit: { type: "string" } },
});
const targets = positionals.length === 0 ? TARGETS : positionals.map(targetNamed);
const commit = values.commit ?? sourceCommit(ROOT);

for (const target of targets) {
  const executable = buildTarget({ root: ROOT, target, runtime: installRuntime(ROOT, target), commit });
  console.log(`${sha256(executable)}  ${relative(ROOT, executable)}  ${statSync(executable).size} bytes`);
}
if (values.check) {
  const different = rebuildElsewhere(ROOT, targets, commit);
  for (const { name } of different) console.error(`dist/${name}: a build in another folder gives other bytes`);
  if (different.length > 0) process.exit(1);
  console.log(`reproducible: ${targets.map(({ name }) => name).join(", ")}`);
}
