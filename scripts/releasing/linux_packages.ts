/** The packages for Debian, Fedora and the distributions that are made from them: .deb and .rpm. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { ArchivedFiles } from "./archives.ts";
import type { Target } from "./targets.ts";

/** nfpm, a Go program. */
const NFPM = "github.com/goreleaser/nfpm/v2/cmd/nfpm";
const NFPM_VERSION = "v2.48.0";

/** The oldest glibc that has every symbol that the executables use. A test reads them. */
export const OLDEST_GLIBC = "2.17";

export type PackageFormat = "deb" | "rpm";

/** Whether there are packages for the target: such distributions have glibc. */
export function hasLinuxPackages({ libc }: Target): boolean {
  return libc === "glibc";
}

/** Returns the file name of a package, as the tools of its format name it. */
export function packageName(version: string, { cpu }: Target, format: PackageFormat): string {
  return format === "deb"
    ? `rolecall_${version}_${cpu === "x64" ? "amd64" : "arm64"}.deb`
    : `rolecall-${version}-1.${cpu === "x64" ? "x86_64" : "aarch64"}.rpm`;
}

/** Where the files of an archive are installed, by their paths in it. A name that ends with `.gz` is compressed. */
const INSTALLED: Readonly<Record<string, Readonly<Record<PackageFormat, string>>>> = {
  rolecall: { deb: "/usr/bin/rolecall", rpm: "/usr/bin/rolecall" },
  "rolecall.1": { deb: "/usr/share/man/man1/rolecall.1.gz", rpm: "/usr/share/man/man1/rolecall.1.gz" },
  "completions/rolecall.bash": {
    deb: "/usr/share/bash-completion/completions/rolecall",
    rpm: "/usr/share/bash-completion/completions/rolecall",
  },
  "completions/_rolecall": {
    deb: "/usr/share/zsh/vendor-completions/_rolecall",
    rpm: "/usr/share/zsh/site-functions/_rolecall",
  },
  "completions/rolecall.fish": {
    deb: "/usr/share/fish/vendor_completions.d/rolecall.fish",
    rpm: "/usr/share/fish/vendor_completions.d/rolecall.fish",
  },
  LICENSE: { deb: "/usr/share/doc/rolecall/LICENSE", rpm: "/usr/share/licenses/rolecall/LICENSE" },
  THIRD_PARTY_LICENSES: {
    deb: "/usr/share/doc/rolecall/THIRD_PARTY_LICENSES",
    rpm: "/usr/share/licenses/rolecall/THIRD_PARTY_LICENSES",
  },
  "README.md": { deb: "/usr/share/doc/rolecall/README.md", rpm: "/usr/share/doc/rolecall/README.md" },
};

/** In the format of debian.org/doc/packaging-manuals/copyright-format/1.0. */
const COPYRIGHT = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: rolecall
Source: https://github.com/rolecall/rolecall

Files: *
Copyright: 2026 the authors of rolecall
License: Apache-2.0

License: Apache-2.0
 The text of the license is in /usr/share/common-licenses/Apache-2.0.
 The executable contains software of others. /usr/share/doc/rolecall/THIRD_PARTY_LICENSES has their copyright notices
 and licenses.
`;

/**
 * Installs nfpm below `.tmp`, unless it is there already.
 *
 * @param root the folder of the project.
 * @returns its path, or why it cannot be installed.
 */
export function installNfpm(root: string): { readonly program: string } | { readonly problem: string } {
  const folder = join(root, ".tmp", `nfpm-${NFPM_VERSION}`);
  const program = join(folder, "nfpm");
  if (existsSync(program)) return { program };
  const { status, error, stderr } = spawnSync("go", ["install", `${NFPM}@${NFPM_VERSION}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: "" },
    encoding: "utf8",
  });
  if (error !== undefined) return { problem: "needs Go" };
  return status === 0 ? { program } : { problem: `cannot install nfpm: ${stderr.trim().split("\n").at(-1)}` };
}

export interface LinuxPackage {
  readonly target: Target;
  readonly version: string;
  readonly format: PackageFormat;
  /** The executable, and the other files by their paths in an archive. */
  readonly files: ArchivedFiles;
  /** The modification time of every file, in seconds since the epoch. */
  readonly time: number;
}

/**
 * Writes a package. The same input gives the same bytes.
 *
 * @param nfpm the program.
 * @param folder for the package.
 * @returns the path of the package.
 * @throws Error if nfpm fails.
 */
export function writeLinuxPackage(nfpm: string, folder: string, linuxPackage: LinuxPackage): string {
  const { target, version, format, time } = linuxPackage;
  const stage = mkdtempSync(join(tmpdir(), "rolecall-package-"));
  try {
    const config = join(stage, "nfpm.json");
    writeFileSync(config, JSON.stringify(configOf(stage, linuxPackage)));
    const path = join(folder, packageName(version, target, format));
    const { status, error, stderr } = spawnSync(
      nfpm,
      ["package", "--config", config, "--packager", format, "--target", path],
      { env: { ...process.env, SOURCE_DATE_EPOCH: String(time) }, encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`cannot write ${path}: ${error?.message ?? stderr.trim()}`);
    return path;
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** The configuration of nfpm. Texts are written to the stage first. */
function configOf(stage: string, { target, version, format, files, time }: LinuxPackage): object {
  const mtime = new Date(time * 1000).toISOString();
  const staged = (path: string, data: string | Uint8Array) => {
    const file = join(stage, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, data);
    return file;
  };
  const content = (src: string, dst: string, mode: number) => ({ src, dst, file_info: { mode, mtime } });
  const contents = Object.entries(files).map(([path, file]) => {
    const dst = INSTALLED[path]?.[format];
    if (dst === undefined) throw new Error(`linux_packages.ts does not say where ${path} is installed`);
    const isExecutable = "isExecutable" in file && file.isExecutable === true;
    const source = "text" in file ? staged(path, file.text) : file.copyOf;
    const src = dst.endsWith(".gz") ? staged(`${path}.gz`, gzipSync(readFileSync(source), { level: 9 })) : source;
    return content(src, dst, isExecutable ? 0o755 : 0o644);
  });
  return {
    name: "rolecall",
    arch: target.cpu === "x64" ? "amd64" : "arm64",
    platform: "linux",
    version,
    version_schema: "semver",
    section: "utils",
    priority: "optional",
    maintainer: "the authors of rolecall <https://github.com/rolecall/rolecall>",
    description:
      "Find AWS credentials, assume roles, and run commands with them\n" +
      "rolecall finds AWS credentials as the AWS CLI does, assumes the role that\n" +
      "a profile names, and hands the result to a command, a shell, another SDK\n" +
      "or a container.",
    homepage: "https://github.com/rolecall/rolecall",
    license: "Apache-2.0",
    mtime,
    contents: format === "deb" ? [...contents, ...debianDocuments(staged, content, version, mtime)] : contents,
    overrides: {
      deb: { depends: [`libc6 (>= ${OLDEST_GLIBC})`] },
      rpm: { depends: [`glibc >= ${OLDEST_GLIBC}`] },
    },
    // Without it, the package would contain the name of the machine that it was built on.
    rpm: { group: "Applications/System", buildhost: "reproducible" },
  };
}

/** What Debian expects in each package. */
function debianDocuments(
  staged: (path: string, data: string | Uint8Array) => string,
  content: (src: string, dst: string, mode: number) => object,
  version: string,
  mtime: string,
): object[] {
  const date = new Date(mtime).toUTCString().replace("GMT", "+0000");
  const changelog =
    `rolecall (${version}) stable; urgency=medium\n\n` +
    "  * See https://github.com/rolecall/rolecall/blob/main/CHANGELOG.md\n\n" +
    ` -- the authors of rolecall <https://github.com/rolecall/rolecall>  ${date}\n`;
  return [
    content(staged("copyright", COPYRIGHT), "/usr/share/doc/rolecall/copyright", 0o644),
    content(staged("changelog.gz", gzipSync(changelog, { level: 9 })), "/usr/share/doc/rolecall/changelog.gz", 0o644),
  ];
}
