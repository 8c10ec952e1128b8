/**
 * Logs what the source loads while `bun --preload` runs it: one line for each file of src/, and for each package and
 * built-in module. `LOADED_LOG` is the file to append to.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { plugin, Transpiler } from "bun";

const SOURCE = fileURLToPath(new URL("../../src/", import.meta.url));
const log = process.env.LOADED_LOG ?? "";
const transpiler = new Transpiler({ loader: "ts" });

function logLine(name: string): void {
  appendFileSync(log, `${name}\n`);
}

plugin({
  name: "log what is loaded",
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, "utf8");
      if (path.startsWith(SOURCE)) {
        logLine(path.slice(SOURCE.length));
        for (const { kind, path: imported } of transpiler.scanImports(contents)) {
          if (kind === "import-statement" && !imported.startsWith(".")) logLine(imported);
        }
      }
      return { contents, loader: "ts" };
    });
  },
});

const { getBuiltinModule } = process;
process.getBuiltinModule = ((name: string) => {
  logLine(name);
  return getBuiltinModule(name);
}) as typeof getBuiltinModule;
