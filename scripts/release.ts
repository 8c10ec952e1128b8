/** Builds a release, and checks that every build gives the same bytes: scripts/release describes the arguments. */
import { copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { VERSION } from "../src/domain/version.ts";
import { sourceCommit, sourceTime } from "./compile.ts";
import { type ArchivedFiles, archiveNames, writeArchives } from "./releasing/archives.ts";
import { type BuiltTarget, buildTarget } from "./releasing/build.ts";
import { sha256, writeChecksums } from "./releasing/checksums.ts";
import { homebrewFormula } from "./releasing/homebrew.ts";
import { hasLinuxPackages, installNfpm, writeLinuxPackage } from "./releasing/linux_packages.ts";
import { accompanyingFiles, documentsOf } from "./releasing/release_files.ts";
import { rebuildElsewhere } from "./releasing/reproduce.ts";
import { installRuntime } from "./releasing/runtimes.ts";
import { TARGETS, type Target, targetNamed } from "./releasing/targets.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const RELEASE = join(ROOT, "dist", "release");

const { values, targets } = readArguments();
const commit = values.commit ?? sourceCommit(ROOT);

const built = targets.map((target) => {
  const runtime = values.runtime ?? installRuntime(ROOT, target);
  const result = buildTarget({ root: ROOT, target, runtime, commit });
  report(result.executable);
  return result;
});
if (values.check) {
  const different = rebuildElsewhere(ROOT, targets, commit);
  for (const { name } of different) console.error(`dist/${name}: a build in another folder gives other bytes`);
  if (different.length > 0) process.exit(1);
  console.log(`reproducible: ${targets.map(({ name }) => name).join(", ")}`);
}
if (!values.executables) await writeRelease(built);

/** Reads the command line. An invalid one ends the program with exit code 2. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        executables: { type: "boolean" },
        check: { type: "boolean" },
        commit: { type: "string" },
        runtime: { type: "string" },
      },
    });
    const targets = positionals.length === 0 ? TARGETS : positionals.map(targetNamed);
    if (values.runtime !== undefined && targets.length !== 1) throw new Error("--runtime is for one target");
    return { values, targets };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}`);
    console.error("The comment at the top of scripts/release describes the arguments.");
    process.exit(2);
  }
}

/** Writes the archives, the documents and the checksums to `dist/release`. */
async function writeRelease(builds: readonly BuiltTarget[]): Promise<void> {
  const time = sourceTime(ROOT, process.env);
  const metafiles = builds.map(({ metafile }) => metafile);
  const { licenses, sbom } = documentsOf(ROOT, metafiles, commit, time);
  rmSync(RELEASE, { recursive: true, force: true });
  mkdirSync(RELEASE, { recursive: true });
  writeFileSync(join(RELEASE, "THIRD_PARTY_LICENSES"), licenses);
  writeFileSync(join(RELEASE, "rolecall.cdx.json"), sbom);
  copyFileSync(join(ROOT, "install.sh"), join(RELEASE, "install.sh"));
  const writeBuild = async ({ target, executable }: BuiltTarget) => {
    const files = {
      [target.executable]: { copyOf: executable, isExecutable: true },
      ...accompanyingFiles(ROOT, licenses),
    };
    (await writeArchives(RELEASE, archiveNames(VERSION, target), files, time)).forEach(report);
    writePackages(target, files, time);
  };
  // As many at a time as there are processors: xz needs a minute and 0.7 GB of memory for each.
  const waiting = [...builds];
  const writeNext = async (): Promise<void> => {
    for (let build = waiting.shift(); build !== undefined; build = waiting.shift()) await writeBuild(build);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, writeNext));
  const formula = homebrewFormula(VERSION, RELEASE);
  if (formula === undefined) console.log("skipped: rolecall.rb needs the archives for macOS and Linux with glibc");
  else writeFileSync(join(RELEASE, "rolecall.rb"), formula);
  writeChecksums(RELEASE);
}

/** Writes the packages of a target, if nfpm can be installed. */
function writePackages(target: Target, files: ArchivedFiles, time: number): void {
  if (!hasLinuxPackages(target)) return;
  const nfpm = installNfpm(ROOT);
  if ("problem" in nfpm) {
    console.log(`skipped: the packages for ${target.name}: ${nfpm.problem}`);
    return;
  }
  for (const format of ["deb", "rpm"] as const) {
    report(writeLinuxPackage(nfpm.program, RELEASE, { target, version: VERSION, format, files, time }));
  }
}

function report(file: string): void {
  console.log(`${sha256(file)}  ${relative(ROOT, file)}  ${statSync(file).size} bytes`);
}
