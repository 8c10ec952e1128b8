/**
 * Locks of files that the kernel keeps (`flock`): they end with their holder, however that ends, and hold across
 * containers, whose process ids and host names say nothing to each other.
 */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import type { LockedFile } from "../domain/effects.ts";

/** Makes the file, for its owner only, where it is not there; undefined when another process has it locked. */
export type TryLock = (path: string) => LockedFile | undefined;

/**
 * @param lock locks an open file without waiting; false when another process has it.
 * @throws the system's error, with a `code`: the file cannot be opened, or its file system has no locks.
 */
export function lockWith(lock: (fd: number) => boolean, path: string): LockedFile | undefined {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  let locked = false;
  try {
    locked = lock(fd);
    return locked ? { inode: fstatSync(fd).ino, descriptor: fd, close: () => closeSync(fd) } : undefined;
  } finally {
    if (!locked) closeSync(fd);
  }
}

/** The part of Deno's own files that is needed here: `node:fs` has no locks. */
interface DenoFile {
  tryLockSync(exclusive: boolean): boolean;
  statSync(): { readonly ino: number | null };
  close(): void;
}

interface DenoFiles {
  openSync(path: string, how: Readonly<Record<string, boolean | number>>): DenoFile;
}

/** Locks files where the runtime is Deno; undefined elsewhere. */
export function denoLocks(): TryLock | undefined {
  const { Deno: files } = globalThis as { readonly Deno?: DenoFiles };
  if (files === undefined) return undefined;
  return (path) => {
    const file = files.openSync(path, { read: true, write: true, create: true, mode: 0o600 });
    let locked = false;
    try {
      locked = file.tryLockSync(true);
      return locked
        ? { inode: file.statSync().ino ?? undefined, descriptor: undefined, close: () => file.close() }
        : undefined;
    } finally {
      if (!locked) file.close();
    }
  };
}
