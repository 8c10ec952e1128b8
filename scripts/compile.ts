/** Compiles rolecall to a self-contained executable. Every build uses the settings that are listed here. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addPrologue } from "./prologue/add.ts";
import { startChunk } from "./start_chunk.ts";

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

/** Returns the settings of `Bun.build`, which then writes the executable to `outfile`. */
export function buildSettings({
  root,
  outfile,
  target,
  commit,
  runtime,
}: Omit<Compilation, "metafile">): BuildSettings {
  return {
    entrypoints: [join(root, "src", "main.ts")],
    root,
    metafile: true,
    // Bytecode and minification halve the time to load the AWS SDK. With splitting, a dynamic import loads nothing early.
    ...{ bytecode: true, format: "esm", minify: true, splitting: true },
    plugins: [startChunk(root)],
    // Of the SDK, the ES modules, of which only the used parts are bundled, and the files for browsers, which do not load
    // node:crypto, node:stream and node:zlib.
    conditions: ["module", "browser"],
    define: {
      "process.env.NODE_ENV": '"production"',
      // src/domain/version.ts uses them.
      BUILD_TARGET: JSON.stringify(target),
      BUILD_COMMIT: JSON.stringify(commit),
    },
    compile: {
      outfile,
      ...(runtime === undefined ? {} : { target: runtime.target, executablePath: runtime.executable }),
      // A start is too short to compile functions to machine code. src/runtime/process/jit_policy.ts restores the default.
      jitPolicy: 5,
      // The working directory must not influence a credential tool.
      ...{ autoloadDotenv: false, autoloadBunfig: false, autoloadTsconfig: false, autoloadPackageJson: false },
    },
  };
}

/** `Bun.BuildConfig`, whose types do not know all names of targets. */
export type BuildSettings = Omit<Bun.BuildConfig, "compile"> & {
  readonly compile: Omit<Bun.CompileBuildOptions, "target"> & { readonly target?: string };
};

const RUN_BUILD = fileURLToPath(new URL("run_build.ts", import.meta.url));

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
    const { status } = spawnSync(process.execPath, [RUN_BUILD, JSON.stringify({ ...compilation, outfile: built })], {
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
