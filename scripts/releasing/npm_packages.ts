/**
 * The npm packages: one for each target, which has the program, and the main package, which depends on all of them. npm
 * installs only the one for its own platform (the fields `os`, `cpu` and `libc`).
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { MAIN_PACKAGE, packageName } from "../../npm/names.ts";
import manifest from "../../package.json" with { type: "json" };
import { bundle, bundleFile } from "./bundle.ts";
import { makeTar, type TarEntry } from "./tar.ts";
import { TARGETS, type Target } from "./targets.ts";

export interface NpmPacking {
  /** The folder of the source. */
  readonly root: string;
  /** The folder with TARGET/rolecall for each target, and release/THIRD_PARTY_LICENSES. The packages are written to npm/. */
  readonly dist: string;
  readonly targets: readonly Target[];
  /** The commit that `--version` of the bundle names. */
  readonly commit: string;
}

/**
 * Packs the packages.
 *
 * @returns the paths of the tarballs, in the order in which they have to be published.
 * @throws Error if a file of the release is missing.
 */
export function packNpmPackages({ root, dist, targets, commit }: NpmPacking): readonly string[] {
  const out = join(dist, "npm");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const legal = [
    entry("LICENSE", readFileSync(join(root, "LICENSE"))),
    entry("THIRD_PARTY_LICENSES", readBuilt(join(dist, "release", "THIRD_PARTY_LICENSES"))),
  ];
  const write = (target: Target | undefined, entries: readonly TarEntry[]) => {
    const file = join(out, `${MAIN_PACKAGE}-${manifest.version}${target === undefined ? "" : `-${target.name}`}.tgz`);
    writeFileSync(file, gzipSync(makeTar([...entries, ...legal])));
    return file;
  };
  const programs = targets.map((target) => write(target, platformPackage(dist, target)));
  return [...programs, write(undefined, mainPackage(root, commit))];
}

function readBuilt(file: string): Uint8Array {
  if (!existsSync(file)) throw new Error(`${file} does not exist: run ./scripts/release`);
  return readFileSync(file);
}

/** npm expects all files in a folder of this name. */
function entry(name: string, content: string | Uint8Array, mode: TarEntry["mode"] = 0o644): TarEntry {
  return { name: `package/${name}`, content: Buffer.from(content), mode };
}

const { version, license, repository } = manifest;
/** Yarn must not leave the files in a .zip file, in which Node cannot find modules. */
const COMMON = { version, license, repository, preferUnplugged: true };

function platformPackage(dist: string, target: Target): readonly TarEntry[] {
  const program = readBuilt(join(dist, target.name, target.executable));
  const name = packageName(target);
  const description = `The program for ${target.name} of the package ${MAIN_PACKAGE}`;
  const fields = {
    name,
    ...COMMON,
    description,
    os: [target.os],
    cpu: [target.cpu],
    ...(target.libc === undefined ? {} : { libc: [target.libc] }),
  };
  return [
    entry("package.json", json(fields)),
    entry("README.md", `# ${name}\n\n${description}. Install \`${MAIN_PACKAGE}\`.\n`),
    entry(`bin/${target.executable}`, program, 0o755),
  ];
}

function mainPackage(root: string, commit: string): readonly TarEntry[] {
  const work = mkdtempSync(join(tmpdir(), "rolecall-npm-"));
  try {
    bundle({ root, outdir: join(work, "js"), commit });
    // Node loads CommonJS faster.
    bundleFile(root, "npm/launcher.ts", "cjs", join(work, "lib/launcher.cjs"));
    bundleFile(root, "npm/install.ts", "esm", join(work, "lib/install.mjs"));
    const built = ["lib", "js"].flatMap((folder) =>
      readdirSync(join(work, folder))
        .sort()
        .map((name) => entry(`${folder}/${name}`, readFileSync(join(work, folder, name)))),
    );
    const source = (name: string) => readFileSync(join(root, name));
    return [
      entry("package.json", json(mainManifest())),
      entry("README.md", source("README.md")),
      entry("bin/rolecall", source("npm/rolecall.cjs"), 0o755),
      ...built,
    ];
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Without `engines`: the program needs no Node, and what needs Node says which one. */
function mainManifest() {
  const { description } = manifest;
  return {
    name: MAIN_PACKAGE,
    ...COMMON,
    description,
    bin: { rolecall: "bin/rolecall" },
    scripts: { postinstall: "node lib/install.mjs" },
    optionalDependencies: Object.fromEntries(TARGETS.map((target) => [packageName(target), version])),
  };
}

function json(fields: object): string {
  return `${JSON.stringify(fields, null, 2)}\n`;
}
