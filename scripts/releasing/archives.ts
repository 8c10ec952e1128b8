/** The archives of a release. The same files give the same bytes on a machine with the same tools. */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
 * @throws Error if a tool is missing or fails: GNU tar, gzip, xz or zip.
 */
export function writeArchives(folder: string, names: readonly string[], files: ArchivedFiles, time: number): string[] {
  mkdirSync(folder, { recursive: true });
  const stage = mkdtempSync(join(folder, ".stage-"));
  try {
    return names.map((name) => {
      const top = name.replace(/\.(?:tar\.[gx]z|zip)$/, "");
      const paths = stageFiles(stage, top, files, time);
      const archive = join(folder, name);
      rmSync(archive, { force: true });
      if (name.endsWith(".zip")) zip(stage, paths, archive);
      else tar(stage, top, archive, time);
      return archive;
    });
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** Copies the files below `stage/top`. Returns their paths below `stage`, sorted. */
function stageFiles(stage: string, top: string, files: ArchivedFiles, time: number): string[] {
  return Object.entries(files)
    .map(([path, file]) => {
      const staged = join(stage, top, path);
      mkdirSync(dirname(staged), { recursive: true });
      if ("text" in file) writeFileSync(staged, file.text);
      else copyFileSync(file.copyOf, staged);
      chmodSync(staged, "isExecutable" in file && file.isExecutable ? 0o755 : 0o644);
      utimesSync(staged, time, time);
      return join(top, path);
    })
    .sort();
}

function tar(stage: string, top: string, archive: string, time: number): void {
  const compressor = archive.endsWith(".xz") ? "xz -9 -T1" : "gzip -9 -n";
  run(stage, "tar", [
    ...["--create", "--format=ustar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner"],
    // The modes of folders depend on the umask of the machine.
    ...["--mode=u+rwX,go+rX,go-w", `--mtime=@${time}`, `--use-compress-program=${compressor}`],
    ...["--file", archive, top],
  ]);
}

/** The format has local times, so the zone is fixed. `-X` leaves out owners and precise times, `-D` the folders. */
function zip(stage: string, paths: readonly string[], archive: string): void {
  run(stage, "zip", ["-q", "-9", "-X", "-D", archive, ...paths]);
}

function run(folder: string, program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, {
    cwd: folder,
    env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
    stdio: ["ignore", 2, 2],
  });
  if (error !== undefined) throw new Error(`cannot run ${program}: ${error.message}`);
  if (status !== 0) throw new Error(`${program} failed`);
}
