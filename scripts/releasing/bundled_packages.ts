/** The npm packages whose code is in the executable, read from what Bun reports about builds. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier. */
  readonly license: string;
  /** The text of its LICENSE file; undefined if it has none. */
  readonly licenseText: string | undefined;
  /** The text of its NOTICE file. */
  readonly notice: string | undefined;
  /** The SHA-512 of the package, in hexadecimal digits: the hash of bun.lock. */
  readonly sha512: string;
  /** The names of the packages that it depends on. */
  readonly dependencies: readonly string[];
}

/** The part of a metafile, Bun's report about a build, that is read here: for each file of the output, what is in it. */
export interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs?: Readonly<Record<string, { bytesInOutput: number }>> }>>;
}

/** Returns the folders of the packages that gave at least one byte to the output, sorted. */
export function bundledFolders(metafiles: readonly Metafile[]): string[] {
  const outputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs));
  const folders = outputs.flatMap(({ inputs = {} }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => {
      const folder = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
      return folder === undefined || bytesInOutput === 0 ? [] : [folder];
    }),
  );
  return [...new Set(folders)].sort();
}

/**
 * Reads the packages that the metafiles list.
 *
 * @param root the folder of the project, which the paths of the metafiles begin at.
 * @throws Error if a package has no licence, or bun.lock has no hash of it.
 */
export function readBundledPackages(root: string, metafiles: readonly Metafile[]): BundledPackage[] {
  const lockfile = readFileSync(join(root, "bun.lock"), "utf8");
  return bundledFolders(metafiles).map((folder) => {
    const {
      name,
      version,
      license,
      dependencies = {},
    } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    if (typeof license !== "string") throw new Error(`${folder}/package.json has no license`);
    return {
      name,
      version,
      license,
      licenseText: readOne(join(root, folder), /^(licen[cs]e|copying)/i),
      notice: readOne(join(root, folder), /^notice/i),
      sha512: lockedHash(lockfile, name, version),
      dependencies: Object.keys(dependencies).sort(),
    };
  });
}

/** Returns the SHA-512 that bun.lock has for a version of a package, in hexadecimal digits. */
export function lockedHash(lockfile: string, name: string, version: string): string {
  const line = lockfile.split("\n").find((text) => text.includes(`: ["${name}@${version}", `)) ?? "";
  const hash = /"sha512-([\w+/]{86}==)"\],?$/.exec(line)?.[1];
  if (hash === undefined) throw new Error(`bun.lock has no hash of ${name} ${version}`);
  return Buffer.from(hash, "base64").toString("hex");
}

function readOne(folder: string, pattern: RegExp): string | undefined {
  const file = existsSync(folder) ? readdirSync(folder).find((name) => pattern.test(name)) : undefined;
  return file === undefined ? undefined : readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
}
