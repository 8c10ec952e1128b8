/**
 * Puts everything that `exec` needs into one chunk of the executable: loading 60 small chunks takes as long as running
 * them.
 *
 * Bun makes a chunk for each set of files that the same entry points and dynamic imports load. So this plugin makes every
 * file that is loaded later import the files of the start, too. They are loaded by then, so that changes nothing else.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BunPlugin, Transpiler } from "bun";

/** What `exec` loads, each file with everything that it imports. */
const START = ["cli/run.ts", "runtime/process/bun_runtime.ts"];

/** What runs without the start, each file with everything that it imports. */
const QUICK = ["main.ts", "runtime/process/detach.ts"];

const SPECIFIER = "rolecall:start";

/** @param root the folder of the source. */
export function startChunk(root: string): BunPlugin {
  const folder = join(root, "src");
  const start = START.map((file) => join(folder, file));
  return {
    name: "start chunk",
    setup(build) {
      const unchanged = importedBy([...start, ...QUICK.map((file) => join(folder, file))]);
      for (const file of start) unchanged.delete(file);
      build.onResolve({ filter: /^rolecall:start$/ }, () => ({ path: SPECIFIER, namespace: "start" }));
      build.onLoad({ filter: /.*/, namespace: "start" }, () => ({
        contents: start.map((file) => `import ${JSON.stringify(file)};\n`).join(""),
        loader: "ts",
      }));
      build.onLoad({ filter: /\.ts$/, namespace: "file" }, ({ path }) => {
        if (!path.startsWith(join(folder, "/")) || unchanged.has(path)) return undefined;
        return { contents: `${readFileSync(path, "utf8")}\nimport "${SPECIFIER}";\n`, loader: "ts" };
      });
    },
  };
}

/** Returns the files and everything that they import, without types, dynamic imports and packages. */
function importedBy(files: readonly string[]): Set<string> {
  const transpiler = new Transpiler({ loader: "ts" });
  const found = new Set(files);
  for (const file of found) {
    for (const { kind, path } of transpiler.scanImports(readFileSync(file, "utf8"))) {
      if (kind === "import-statement" && /^\..*\.ts$/.test(path)) found.add(join(dirname(file), path));
    }
  }
  return found;
}
