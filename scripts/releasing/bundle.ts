/** Bundles rolecall as JavaScript modules, for Node 22 or later. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";

export interface Bundling {
  /** The folder of the source. */
  readonly root: string;
  /** The folder to write, with `main.mjs` in it. What it contained is removed. */
  readonly outdir: string;
  /** The commit that `--version` names. */
  readonly commit: string;
}

/**
 * Writes the bundle. Without `--splitting`, `bun:ffi` would be imported at the start, which fails under Node.
 *
 * @throws Error if Bun fails. Bun has written the reason to standard error then.
 */
export function bundle({ root, outdir, commit }: Bundling): void {
  rmSync(outdir, { recursive: true, force: true });
  runBuild(root, [
    ...["--target=node", "--format=esm", "--minify", "--splitting"],
    ...["--entry-naming", "[name].mjs", "--chunk-naming", "[name]-[hash].mjs"],
    ...["--define", `BUILD_COMMIT=${JSON.stringify(commit)}`, "--outdir", outdir, "src/main.ts"],
  ]);
}

/** Bundles a module and what it imports to one file, such as a script of the npm package. */
export function bundleFile(root: string, source: string, format: "cjs" | "esm", outfile: string): void {
  runBuild(root, ["--target=node", `--format=${format}`, "--outfile", outfile, source]);
}

function runBuild(root: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, ["build", ...args], { cwd: root, encoding: "utf8" });
  if (status === 0) return;
  process.stderr.write(stderr);
  throw new Error(`bun build ${args.join(" ")} failed`);
}
