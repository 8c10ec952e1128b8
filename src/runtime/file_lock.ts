/**
 * File locks of the kernel, flock(2). The kernel releases a lock when its process ends, however it ends. The locks also
 * work between containers, where process ids and host names do not identify a process.
 */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import type { LockedFile } from "../domain/effects.ts";

/** Locks a file, created with mode 0600 if it does not exist. Returns undefined if another process has the lock. */
export type TryLock = (path: string) => LockedFile | undefined;

/**
 * Locks a file with a function of the C library.
 *
 * @param lock locks an open file without waiting; returns false if another process has the lock.
 * @throws the system's error, with a `code`, if the file cannot be opened or its file system has no locks.
 */
export function lockWith(lock: (fd: number) => boolean, path: string): LockedFile | undefined {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  let isLocked = false;
  try {
    isLocked = lock(fd);
    return isLocked ? { inode: fstatSync(fd).ino, descriptor: fd, close: () => closeSync(fd) } : undefined;
  } finally {
    if (!isLocked) closeSync(fd);
  }
}

/** The part of Deno's API that is needed here; `node:fs` has no locks. */
interface DenoApi {
  openSync(path: string, options: Readonly<Record<string, boolean | number>>): DenoFile;
}

interface DenoFile {
  tryLockSync(exclusive: boolean): boolean;
  statSync(): { readonly ino: number | null };
  close(): void;
}

/** Returns Deno's way to lock a file; undefined under another runtime. */
export function denoLocks(): TryLock | undefined {
  const { Deno: deno } = globalThis as { readonly Deno?: DenoApi };
  if (deno === undefined) return undefined;
  return (path) => {
    const file = deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 });
    let isLocked = false;
    try {
      isLocked = file.tryLockSync(true);
      return isLocked
        ? { inode: file.statSync().ino ?? undefined, descriptor: undefined, close: () => file.close() }
        : undefined;
    } finally {
      if (!isLocked) file.close();
    }
  };
}
