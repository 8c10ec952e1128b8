/** The archives of a release. The same files give the same bytes with the same versions of Bun, xz and zip. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { makeTar, type TarEntry } from "./tar.ts";
import type { Target } from "./targets.ts";

/** A file of an archive: either its text, or the path of the file to copy. */
export type ArchivedFile = { readonly text: string } | { readonly copyOf: string; readonly isExecutable?: boolean };

/** The files by their paths in the archive. */
export type ArchivedFiles = Readonly<Record<string, ArchivedFile>>;

/** Returns the file names of a target's archives, without the folder. install.sh and the packages rely on them. */
export function archiveNames(version: string, { name, os }: Target): string[] {
  const base = `rolecall-${version}-${name}`;
  return os === "win32" ? [`${base}.zip`] : [`${base}.tar.gz`, `${base}.tar.xz`];
}

/**
 * Writes the archives of a target. Each contains one folder, which is named as the archive is.
 *
 * @param time the modification time of every file, in seconds since the epoch.
 * @returns the paths of the archives.
 * @throws Error if the program xz or zip is missing or fails.
 */
export async function writeArchives(
  folder: string,
  names: readonly string[],
  files: ArchivedFiles,
  time: number,
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const archives: string[] = [];
  for (const name of names) {
    const entries = entriesOf(name.replace(/\.(?:tar\.[gx]z|zip)$/, ""), files);
    const archive = join(folder, name);
    if (name.endsWith(".zip")) await writeZip(archive, entries, time);
    else if (name.endsWith(".xz")) await writeXz(archive, makeTar(entries, time));
    else writeFileSync(archive, gzipSync(makeTar(entries, time), { level: 9 }));
    archives.push(archive);
  }
  return archives;
}

/** Reads the files, and sorts them by their paths below the folder `top`. */
function entriesOf(top: string, files: ArchivedFiles): TarEntry[] {
  return Object.entries(files)
    .map(([path, file]): TarEntry => {
      const name = `${top}/${path}`;
      if ("text" in file) return { name, content: Buffer.from(file.text), mode: 0o644 };
      return { name, content: readFileSync(file.copyOf), mode: file.isExecutable ? 0o755 : 0o644 };
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** With one thread, because the bytes depend on whether there are several. */
async function writeXz(archive: string, content: Uint8Array): Promise<void> {
  const file = openSync(archive, "w");
  try {
    await run(dirname(archive), "xz", ["-9", "-T1"], content, file);
  } finally {
    closeSync(file);
  }
}

/** The format has local times, so the zone is fixed. `-X` leaves out owners and precise times, `-D` the folders. */
async function writeZip(archive: string, entries: readonly TarEntry[], time: number): Promise<void> {
  const stage = mkdtempSync(join(dirname(archive), ".stage-"));
  try {
    for (const { name, content, mode } of entries) {
      const file = join(stage, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      chmodSync(file, mode);
      utimesSync(file, time, time);
    }
    rmSync(archive, { force: true });
    await run(stage, "zip", ["-q", "-9", "-X", "-D", archive, ...entries.map(({ name }) => name)]);
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** @param output the file descriptor for standard output; by default, that of standard error. */
async function run(
  folder: string,
  program: string,
  args: readonly string[],
  input: Uint8Array = new Uint8Array(),
  output = 2,
): Promise<void> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
    stdio: ["pipe", output, 2],
  });
  const ended = once(child, "close");
  child.stdin?.end(input);
  const [status] = await ended;
  if (status !== 0) throw new Error(`${program} failed`);
}
