/** What a release consists of besides the executables. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { SCRIPTS } from "../../src/completion/scripts.ts";
import { VERSION } from "../../src/domain/version.ts";
import type { ArchivedFiles } from "./archives.ts";
import { BUN, BUN_COMPONENTS } from "./bun_components.ts";
import { type Metafile, readBundledPackages } from "./bundled_packages.ts";
import { readDataSources } from "./data_sources.ts";
import { readLicenseTexts, thirdPartyLicenses } from "./licenses.ts";
import { lockedPackage } from "./runtimes.ts";
import { sbom } from "./sbom.ts";

export interface Documents {
  readonly licenses: string;
  readonly sbom: string;
}

/**
 * Returns the documents about what is in the executables.
 *
 * @param metafiles what Bun reported about each build.
 * @param time the time of the commit, in seconds since the epoch.
 */
export function documentsOf(root: string, metafiles: readonly Metafile[], commit: string, time: number): Documents {
  const packages = readBundledPackages(root, metafiles);
  const lockfile = readFileSync(join(root, "bun.lock"), "utf8");
  const { version: bunVersion } = lockedPackage(lockfile, "@oven/bun-linux-x64");
  const materials = {
    packages,
    dataSources: readDataSources(root),
    bun: BUN,
    bunVersion,
    bunComponents: BUN_COMPONENTS,
  };
  return {
    licenses: thirdPartyLicenses({ ...materials, texts: readLicenseTexts(root) }),
    sbom: sbom({ ...materials, version: VERSION, commit, time, imported: Object.keys(manifest.dependencies) }),
  };
}

/** Returns the files of an archive, and of a package for a Linux distribution, besides the executable. */
export function accompanyingFiles(root: string, licenses: string): ArchivedFiles {
  return {
    LICENSE: { copyOf: join(root, "LICENSE") },
    THIRD_PARTY_LICENSES: { text: licenses },
    "README.md": { copyOf: join(root, "README.md") },
    "rolecall.1": { copyOf: join(root, "docs", "rolecall.1") },
    "completions/rolecall.bash": { text: SCRIPTS.bash },
    "completions/_rolecall": { text: SCRIPTS.zsh },
    "completions/rolecall.fish": { text: SCRIPTS.fish },
  };
}
