/**
 * File locks of the kernel: flock(2), or LockFileEx of Windows. The kernel releases a lock when its process ends, however it ends. The locks also
 * work between containers, where process ids and host names do not identify a process.
 */
import { closeSync, fstatSync, ftruncateSync, writeSync } from "node:fs";
import type { LockedFile } from "../domain/effects.ts";

/**
 * Locks a file without waiting.
 *
 * @param fd the open file, which is closed with the lock, or at once if there is none.
 * @param path its path.
 * @returns undefined if another process has the lock.
 * @throws the system's error, with a `code`, if the file system has no locks.
 */
export type TryLock = (fd: number, path: string) => LockedFile | undefined;

/**
 * Locks a file with a function of the C library.
 *
 * @param lock locks an open file without waiting; returns false if another process has the lock.
 * @throws the system's error, with a `code`, if the file system has no locks.
 */
export function lockWith(lock: (fd: number) => boolean, fd: number): LockedFile | undefined {
  let isLocked = false;
  try {
    isLocked = lock(fd);
    if (!isLocked) return undefined;
    return { inode: fstatSync(fd).ino, descriptor: fd, write: (text) => rewrite(fd, text), close: () => closeSync(fd) };
  } finally {
    if (!isLocked) closeSync(fd);
  }
}

/**
 * Locks a file by its path, while the descriptor stays open for what is written to it. If the path has come to lead to
 * another file, that has another inode number, and the caller tries again.
 *
 * @param lock locks the file at a path without waiting; returns undefined if another process has the lock.
 */
export function lockPathWith(
  lock: (path: string) => { close(): void } | undefined,
  fd: number,
  path: string,
): LockedFile | undefined {
  let locked: { close(): void } | undefined;
  try {
    locked = lock(path);
    if (locked === undefined) return undefined;
    const { close } = locked;
    let isOpen = true;
    return {
      inode: fstatSync(fd).ino,
      descriptor: undefined,
      write: (text) => rewrite(fd, text),
      close() {
        if (!isOpen) return;
        isOpen = false;
        close();
        closeSync(fd);
      },
    };
  } finally {
    if (locked === undefined) closeSync(fd);
  }
}

/** Writes through the descriptor: another file may have the name by now. */
function rewrite(fd: number, text: string): void {
  ftruncateSync(fd, 0);
  writeSync(fd, text, 0);
}

/** The part of Deno's API that is needed here; `node:fs` has no locks. */
interface DenoApi {
  openSync(path: string, options: Readonly<Record<string, boolean | number>>): DenoFile;
}

interface DenoFile {
  tryLockSync(exclusive: boolean): boolean;
  statSync(): { readonly dev: number; readonly ino: number | null };
  close(): void;
}

/** Returns Deno's way to lock a file; undefined under another runtime. */
export function denoLocks(): TryLock | undefined {
  const { Deno: deno } = globalThis as { readonly Deno?: DenoApi };
  if (deno === undefined) return undefined;
  return (fd, path) => {
    let file: DenoFile | undefined;
    let isLocked = false;
    const close = () => {
      file?.close();
      closeSync(fd);
    };
    try {
      file = deno.openSync(path, { read: true, write: true });
      // Deno opens the file that has the name now, which may be another one.
      const [opened, checked] = [file.statSync(), fstatSync(fd)];
      if (opened.ino !== checked.ino || opened.dev !== checked.dev) return undefined;
      isLocked = file.tryLockSync(true);
      if (!isLocked) return undefined;
      return { inode: opened.ino ?? undefined, descriptor: undefined, write: (text) => rewrite(fd, text), close };
    } finally {
      if (!isLocked) close();
    }
  };
}
