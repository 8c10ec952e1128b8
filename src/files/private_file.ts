/** Creates files that only their owner can read and write, whatever the umask is. */
import { closeSync, constants, fsyncSync, lstatSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { systemErrorCode } from "../text/system_error.ts";
import type { OpenFolder } from "./open_folder.ts";
import { ownUid } from "./owner.ts";
import { withPrivateUmask } from "./private_umask.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * Creates a file with mode 0600 and writes it to the disk.
 *
 * @param path must not exist, not even as a symbolic link.
 * @param prepare changes the owner or the mode, before there is any text in the file.
 * @throws the system's error, with a `code`: `EEXIST` if the file exists. After any other error the file may be
 *   incomplete.
 */
export function writePrivateFile(path: string, text: string, prepare: (fd: number) => void = () => {}): void {
  createFile(path, (fd) => {
    prepare(fd);
    writeAllTo(fd, text);
    fsyncSync(fd);
  });
}

/** As `writePrivateFile`, for a file that the machine's next start does not need: does not wait for the disk. */
export function writeTemporaryFile(path: string, text: string): void {
  createFile(path, (fd) => writeAllTo(fd, text));
}

function createFile(path: string, write: (fd: number) => void): void {
  const fd = withPrivateUmask(() => openSync(path, NEW_FILE, 0o600));
  try {
    write(fd);
  } finally {
    closeSync(fd);
  }
}

/** Writes all of the text at the current position of an open file. */
export function writeAllTo(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

/** Returns an unused name for a file that is later renamed to `name`. The process id tells whether it is left over. */
export function temporaryName(name: string): string {
  return `${name}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
}

/** A write takes milliseconds. In a folder that containers share, a process id alone would not be enough. */
const LEFT_OVER_AFTER_MS = 5 * 60 * 1000;

/** Removes the temporary files of writers of the same file that were killed. */
export function removeLeftovers(folder: OpenFolder, name: string): void {
  const suffix = /^\.(\d+)\.[a-z0-9]*\.tmp$/;
  for (const other of namesIn(folder)) {
    const pid = other.startsWith(name) ? suffix.exec(other.slice(name.length))?.[1] : undefined;
    if (pid === undefined) continue;
    try {
      const stat = lstatSync(folder.at(other));
      const isOwn = stat.isFile() && (stat.uid === ownUid() || stat.uid === folder.stat.uid || ownUid() === undefined);
      const isOld = Date.now() - stat.mtimeMs > LEFT_OVER_AFTER_MS;
      if (isOwn && (isOld || !isRunning(Number(pid)))) rmSync(folder.at(other), { force: true });
    } catch {
      // Another process has removed it, or it stays: the new file can be written anyway.
    }
  }
}

/** In a folder that cannot be listed, files can still be written. */
function namesIn(folder: OpenFolder): readonly string[] {
  try {
    return readdirSync(folder.at("."));
  } catch {
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process of another user.
    return systemErrorCode(error) !== "ESRCH";
  }
}
