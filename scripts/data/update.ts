/**
 * Writes src/domain/data/ from the newest botocore and AWS CLI. With --check, compares it with the result for the
 * versions that its files name. Downloads the packages with pip into a temporary folder, and runs no code of theirs.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { versionsIn } from "./generated_file.ts";
import { dataFiles, type PackageData } from "./tables.ts";

const FOLDER = "src/domain/data";
const PACKAGES = ["botocore", "awscli"];
/** How long pip may wait for the package index. */
const PIP_TIMEOUT_SECONDS = 15;

class DownloadError extends Error {}

function main(isCheck: boolean): number {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-data-"));
  try {
    download(isCheck ? recordedRequirements() : PACKAGES, folder);
    const files = generate(folder);
    return isCheck ? compare(files) : write(files);
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    // The tests find an edit by hand without the index.
    console.error(`${isCheck ? "skipped: " : ""}${error.message}`);
    return isCheck ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `botocore==1.2.3` for each package, as the files name them. */
function recordedRequirements(): string[] {
  const versions = versionsIn(readFileSync(`${FOLDER}/config_keys.ts`, "utf8"));
  return PACKAGES.map((name) => `${name}==${versions[name]}`);
}

/** @throws DownloadError with pip's own reason. */
function download(requirements: readonly string[], folder: string): void {
  const limits = ["--disable-pip-version-check", "--retries", "1", "--timeout", String(PIP_TIMEOUT_SECONDS)];
  const wheels = ["--no-deps", "--only-binary", ":all:", "--dest", folder];
  const pip = spawnSync("python3", ["-m", "pip", "download", "--quiet", ...limits, ...wheels, ...requirements], {
    encoding: "utf8",
  });
  if (pip.status === 0) return;
  const reason = pip.error?.message ?? pip.stderr.trim().split("\n").at(-1);
  throw new DownloadError(`could not download ${requirements.join(" and ")}: ${reason}`);
}

function generate(folder: string): Readonly<Record<string, string>> {
  const data: PackageData = JSON.parse(run("python3", ["scripts/data/read_packages.py", folder]));
  const files = Object.entries(dataFiles(data, format)).map(([name, text]) => [`${FOLDER}/${name}`, text] as const);
  return Object.fromEntries(files);
}

/** As `biome ci` wants it. */
function format(code: string): string {
  return run("biome", ["format", "--stdin-file-path=generated.ts"], code);
}

function run(program: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
  return stdout;
}

function write(files: Readonly<Record<string, string>>): number {
  for (const [path, text] of Object.entries(files)) {
    const isChanged = text !== readIfExists(path);
    if (isChanged) writeFileSync(path, text);
    console.log(`${path}: ${isChanged ? "updated" : "unchanged"}`);
  }
  return 0;
}

function compare(files: Readonly<Record<string, string>>): number {
  const different = Object.entries(files).filter(([path, text]) => text !== readIfExists(path));
  for (const [path] of different) console.error(`${path} is not what scripts/update-data generates`);
  if (different.length > 0) return 1;
  console.log(`${FOLDER} matches ${recordedRequirements().join(" and ")}`);
  return 0;
}

function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

process.exitCode = main(process.argv.slice(2).includes("--check"));
