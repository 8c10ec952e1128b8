/** Compiles rolecall to a self-contained executable. Every build uses the flags that are listed here. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { addPrologue } from "./prologue/add.ts";

/**
 * The working directory must not influence a credential tool, so a compiled program loads no configuration from there.
 * Bytecode and minification halve the time to load the AWS SDK. With splitting, a dynamic import loads nothing early.
 * Of the SDK, the conditions choose the ES modules, of which only the used parts are bundled, and the files for browsers,
 * which do not load node:crypto, node:stream and node:zlib. A start is too short for functions to be compiled to machine
 * code; src/runtime/process/jit_policy.ts restores the default for long runs.
 */
const FLAGS = [
  ...["--compile", "--bytecode", "--format=esm", "--minify", "--splitting"],
  ...["--conditions=module", "--conditions=browser"],
  "--compile-jit-policy=5",
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
];

export interface Compilation {
  /** The folder of the source. */
  readonly root: string;
  /** The executable to write. Its name becomes part of its bytes. */
  readonly outfile: string;
  /** What `--version` names, such as `linux-x64-musl`. */
  readonly target: string;
  /** The commit that `--version` names. */
  readonly commit: string;
  /** To compile for another machine: Bun's name of the target, and Bun's executable for it. */
  readonly runtime?: { readonly target: string; readonly executable: string };
  /** A file for the list of what was bundled, in the format of esbuild. */
  readonly metafile?: string;
}

/** Returns the arguments of `bun`, which then writes the executable to `outfile`. */
export function compileArguments({ outfile, target, commit, runtime, metafile }: Compilation): string[] {
  return [
    "build",
    ...FLAGS,
    ...(runtime === undefined ? [] : [`--target=${runtime.target}`, `--compile-executable-path=${runtime.executable}`]),
    // src/domain/version.ts uses them.
    ...["--define", `BUILD_TARGET=${JSON.stringify(target)}`, "--define", `BUILD_COMMIT=${JSON.stringify(commit)}`],
    ...(metafile === undefined ? [] : [`--metafile=${metafile}`]),
    ...["--outfile", outfile, "src/main.ts"],
  ];
}

/**
 * Compiles the executable, adds the prologue if there is one for its platform, and replaces `outfile` with it.
 *
 * @throws Error if Bun fails. Bun has written the reason to standard error then.
 */
export function compile(compilation: Compilation): void {
  mkdirSync(dirname(compilation.outfile), { recursive: true });
  const folder = mkdtempSync(join(dirname(compilation.outfile), ".compile-"));
  try {
    const built = join(folder, basename(compilation.outfile));
    const { status } = spawnSync(process.execPath, compileArguments({ ...compilation, outfile: built }), {
      cwd: compilation.root,
      // Standard output belongs to the program that the caller runs next.
      stdio: ["ignore", 2, 2],
    });
    if (status !== 0) throw new Error(`cannot compile ${compilation.outfile}`);
    addPrologue(built);
    renameSync(built, compilation.outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Returns the commit of the source, with `-dirty` appended if a file differs from it; `unknown` if the folder is not a
 * Git checkout.
 */
export function sourceCommit(root: string): string {
  const git = (...args: string[]) => spawnSync("git", ["-C", root, ...args], { encoding: "utf8" });
  const { status, stdout } = git("rev-parse", "HEAD");
  if (status !== 0) return "unknown";
  return stdout.trim() + (git("status", "--porcelain").stdout === "" ? "" : "-dirty");
}

/**
 * Returns the time of the source in seconds since the epoch: SOURCE_DATE_EPOCH
 * (https://reproducible-builds.org/specs/source-date-epoch/) or else the time of the commit.
 *
 * @throws Error if there is neither.
 */
export function sourceTime(root: string, environment: Readonly<Record<string, string | undefined>>): number {
  const text =
    environment.SOURCE_DATE_EPOCH ??
    spawnSync("git", ["-C", root, "log", "-1", "--format=%ct"], { encoding: "utf8" }).stdout?.trim();
  if (text === undefined || !/^\d+$/.test(text)) {
    throw new Error("set SOURCE_DATE_EPOCH to the time of the source: this is not a Git checkout");
  }
  return Number(text);
}

/** Returns the name of this machine's target, such as `linux-x64-musl`. */
export function hostTarget(): string {
  const isMusl = process.platform === "linux" && readFileSync("/proc/self/maps", "utf8").includes("/ld-musl-");
  const system = process.platform === "win32" ? "windows" : process.platform;
  return `${system}-${process.arch}${isMusl ? "-musl" : ""}`;
}
