/** The libraries that an executable for Linux needs: its C library, and for musl the C++ library. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "../releasing/targets.ts";

/** The libraries cannot be had, for the reason that the message says. */
export class MissingLibrariesError extends Error {}

/** The first release of Debian whose musl can load the C++ library: 1.2.4 added a kind of relocation (DT_RELR). */
const DEBIAN = "trixie";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

const PIP_REQUIREMENTS = "scripts/emulation/musl_libraries.txt";

/**
 * Downloads the libraries, unless they are there already.
 *
 * @param root the folder of the project.
 * @returns a folder to be added to `/usr/lib`.
 * @throws MissingLibrariesError if this machine cannot download them.
 */
export function installLibraries(root: string, target: Target): string {
  const folder = join(root, ".tmp", "emulation", target.name);
  const libraries = join(folder, "libraries");
  if (existsSync(libraries)) return libraries;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "lib"), { recursive: true });
  unpackPackage(folder, target.cpu === "x64" ? "amd64" : target.cpu, target.libc === "musl" ? "musl" : "libc6");
  for (const place of ["lib", join("usr", "lib")]) {
    const unpacked = join(folder, "unpacked", place);
    if (existsSync(unpacked)) cpSync(unpacked, join(folder, "lib"), { recursive: true, verbatimSymlinks: true });
  }
  if (target.libc === "musl") addMuslLibraries(root, folder, target);
  run("mv", [join(folder, "lib"), libraries]);
  return libraries;
}

/** Downloads a package and unpacks it, without a change of the system's own packages. apt verifies the signature. */
function unpackPackage(folder: string, architecture: string, name: string): void {
  const indexes = spawnSync("apt-get", ["indextargets", "--format", "$(REPO_URI) $(ORIGIN)", "Created-By: Packages"], {
    encoding: "utf8",
  });
  const mirror = /^(\S+) Debian$/m.exec(indexes.stdout ?? "")?.[1];
  if (mirror !== undefined) downloadFromDebian(folder, mirror, architecture, name);
  // Ubuntu has a musl that is new enough, but not the packages for other CPUs.
  else if (isOwnArchitecture(architecture)) run("apt-get", ["-qq", "download", name], folder);
  else throw new MissingLibrariesError("needs apt-get of Debian, or for this CPU of Ubuntu");
  const archive = readdirSync(folder).find((file) => file.endsWith(".deb")) ?? "";
  run("dpkg-deb", ["-x", join(folder, archive), join(folder, "unpacked")]);
}

function isOwnArchitecture(architecture: string): boolean {
  return spawnSync("dpkg", ["--print-architecture"], { encoding: "utf8" }).stdout?.trim() === architecture;
}

/** Downloads a package of another release of Debian, and perhaps for another CPU, with lists of its own. */
function downloadFromDebian(folder: string, mirror: string, architecture: string, name: string): void {
  const apt = join(folder, "apt");
  for (const name of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(apt, name), { recursive: true });
  writeFileSync(join(apt, "sources.list"), `deb [signed-by=${KEYRING}] ${mirror} ${DEBIAN} main\n`);
  writeFileSync(join(apt, "status"), "");
  const settings = {
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "",
    "Acquire::Languages": "none",
    "Dir::Etc::SourceList": join(apt, "sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State::Lists": join(apt, "lists"),
    "Dir::State::Status": join(apt, "status"),
    "Dir::Cache": join(apt, "cache"),
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  run("apt-get", ["-qq", ...options, "update"], folder);
  run("apt-get", ["-qq", ...options, "download", name], folder);
  rmSync(apt, { recursive: true });
}

/** Adds libstdc++ and the library that it needs, from a wheel that pip downloads and verifies. */
function addMuslLibraries(root: string, folder: string, { cpu }: Target): void {
  const machine = cpu === "x64" ? "x86_64" : "aarch64";
  const wheel = ["--only-binary", ":all:", "--no-deps", "--python-version", "3.12"];
  const options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--dest", folder, ...wheel];
  const platform = ["--platform", `musllinux_1_2_${machine}`, "-r", join(root, PIP_REQUIREMENTS)];
  run("python3", ["-m", "pip", "download", ...options, ...platform]);
  const file = readdirSync(folder).find((name) => name.endsWith(".whl")) ?? "";
  run("python3", ["-m", "zipfile", "-e", join(folder, file), join(folder, "wheel")]);
  const from = join(folder, "wheel", "greenlet.libs");
  const loader = `ld-musl-${machine}.so.1`;
  // Debian's musl looks in its own folder, others in /lib.
  const places = [join(folder, "lib"), join(folder, "lib", `${machine}-linux-musl`)];
  for (const name of readdirSync(from)) {
    const libraryName = name.startsWith("libstdc++") ? "libstdc++.so.6" : name;
    for (const place of places) cpSync(join(from, name), join(place, libraryName));
  }
  // On arm64 as Alpine Linux has it, where the loader is a file. Debian has a link to libc.so.
  if (cpu !== "arm64") return;
  const library = readFileSync(join(folder, "lib", `${machine}-linux-musl`, "libc.so"));
  rmSync(join(folder, "lib", loader));
  writeFileSync(join(folder, "lib", loader), library, { mode: 0o755 });
}

function run(program: string, args: readonly string[], cwd?: string): void {
  const { status, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split("\n").at(-1);
  throw new MissingLibrariesError(`${program} ${args.at(-1)} failed: ${reason}`);
}
