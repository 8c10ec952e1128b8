/** Functions of the C library that Bun does not offer, called through `bun:ffi`. */
import { dlopen, ptr, read } from "bun:ffi";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import {
  AF_UNIX,
  cString,
  cStringVector,
  FIONCLEX,
  LOCK_EX_NB,
  RLIMIT_NOFILE,
  SIG_IGN,
  SIG_SETMASK,
  SOCK_DGRAM_CLOEXEC,
  unixAddress,
} from "./c_memory.ts";

export interface LibC {
  /** Replaces the process. Returns only on failure, with the error's name, such as `ENOENT`. */
  execve(file: string, argv: readonly Uint8Array[], environment: readonly Uint8Array[]): string;
  /** Clears close-on-exec, so that the file descriptor stays open across `execve`. */
  keepOnExec(fd: number): void;
  closeFile(fd: number): void;
  /** Changes the working directory to that of the file descriptor. */
  changeDirectory(fd: number): void;
  setSignal(signal: number, action: "default" | "ignore"): void;
  /** Sets the signal mask of this thread: a bit set, whose lowest bit is signal 1. Linux only. */
  blockSignals(signals: bigint): void;
  /**
   * Sends a datagram to a Unix socket, and ignores errors. Linux only.
   *
   * @param path a path that starts with `@` is in the abstract namespace.
   */
  sendDatagram(path: string, text: string): void;
  /** Sets RLIMIT_NOFILE. Linux only. */
  setOpenFilesLimit(soft: bigint, hard: bigint): void;
  /**
   * Takes an exclusive lock on an open file, without waiting: flock(2).
   *
   * @returns false if another process has the lock.
   * @throws Error with a `code` such as `ENOLCK`.
   */
  lock(fd: number): boolean;
}

/** The size of `sigset_t`, both in glibc and musl. */
const SIGNAL_SET_BYTES = 128;

/** @throws Error if the C library is not found, or the process may not have new executable memory. */
export function openLibC(): LibC {
  const isDarwin = process.platform === "darwin";
  const library = isDarwin ? "/usr/lib/libSystem.B.dylib" : loadedLibC();
  const { symbols } = dlopen(library, {
    execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
    ioctl: { args: ["i32", "u64"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
    fchdir: { args: ["i32"], returns: "i32" },
    flock: { args: ["i32", "i32"], returns: "i32" },
    sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
    setrlimit: { args: ["i32", "ptr"], returns: "i32" },
    // The handler is a pointer in C; SIG_DFL and SIG_IGN are numbers.
    signal: { args: ["i32", "u64"], returns: "u64" },
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    sigprocmask: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  });
  const errno = openErrno(library);
  return {
    execve(file, argv, environment) {
      const path = cString(new TextEncoder().encode(file));
      const args = cStringVector(argv);
      const variables = cStringVector(environment);
      symbols.execve(ptr(path), args.pointer, variables.pointer);
      return errno();
    },
    keepOnExec: (fd) => void symbols.ioctl(fd, BigInt(isDarwin ? FIONCLEX.darwin : FIONCLEX.linux)),
    closeFile: (fd) => void symbols.close(fd),
    changeDirectory: (fd) => void symbols.fchdir(fd),
    setSignal: (signal, action) => void symbols.signal(signal, action === "ignore" ? SIG_IGN : 0),
    blockSignals(signals) {
      const set = new BigUint64Array(SIGNAL_SET_BYTES / 8);
      set[0] = signals;
      symbols.sigprocmask(SIG_SETMASK, ptr(set), null);
    },
    sendDatagram(path, text) {
      const socket = symbols.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
      if (socket < 0) return;
      const address = unixAddress(path);
      const message = new TextEncoder().encode(text);
      symbols.sendto(socket, ptr(message), BigInt(message.length), 0, ptr(address), address.length);
      symbols.close(socket);
    },
    setOpenFilesLimit(soft, hard) {
      symbols.setrlimit(RLIMIT_NOFILE, ptr(BigUint64Array.of(soft, hard)));
    },
    lock(fd) {
      if (symbols.flock(fd, LOCK_EX_NB) === 0) return true;
      const code = errno();
      // Two names for the same number.
      if (code === "EWOULDBLOCK" || code === "EAGAIN") return false;
      throw Object.assign(new Error(`flock: ${code}`), { code });
    },
  };
}

/**
 * Returns the full path of the C library that this process has loaded. If Bun got only its name, it would
 * search the working directory last, where a hostile checkout could put a library.
 */
function loadedLibC(): string {
  const paths = readFileSync("/proc/self/maps", "utf8").matchAll(/ (\/\S*)$/gm);
  for (const [, path] of paths) if (path !== undefined && isLibC(path)) return path;
  throw new Error("the C library is not listed in /proc/self/maps");
}

/**
 * Matches glibc's `libc.so.6` and `libc-2.31.so`, and musl's `ld-musl-x86_64.so.1` and `libc.musl-x86_64.so.1`. musl is
 * `libc.so` on Debian, Void Linux, Gentoo and OpenWrt, where the loader is a link to it.
 */
export function isLibC(path: string): boolean {
  return /\/(?:libc\.so(?:\.6)?|libc-[\d.]+\.so|ld-musl-[^/]+|libc\.musl-[^/]+)$/.test(path);
}

/** Returns a function that reads `errno`. The function with its address has a different name on each platform. */
function openErrno(library: string): () => string {
  const location =
    process.platform === "darwin"
      ? dlopen(library, { __error: { args: [], returns: "ptr" } }).symbols.__error
      : dlopen(library, { __errno_location: { args: [], returns: "ptr" } }).symbols.__errno_location;
  return () => {
    const address = location();
    return typeof address === "number" ? errorName(read.i32(address, 0)) : "UNKNOWN";
  };
}

export function errorName(number: number): string {
  const found = Object.entries(constants.errno).find(([, value]) => value === number);
  return found?.[0] ?? `errno ${number}`;
}
