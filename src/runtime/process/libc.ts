/** Functions of the C library that Bun does not offer, called through `bun:ffi`. */
import { dlopen, ptr, read } from "bun:ffi";
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
import { errorName } from "./runtime.ts";

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

const IS_DARWIN = process.platform === "darwin";

/**
 * The C library. On Linux its name is enough, both with glibc and with musl: the dynamic loader returns the library that
 * the process has loaded already, and searches for no file.
 */
const LIBRARY = IS_DARWIN ? "/usr/lib/libSystem.B.dylib" : "libc.so.6";

/** @throws Error if the process may not have new executable memory. */
export function openLibC(): LibC {
  const { symbols } = dlopen(LIBRARY, {
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
  const errno = openErrno();
  return {
    execve(file, argv, environment) {
      const path = cString(new TextEncoder().encode(file));
      const args = cStringVector(argv);
      const variables = cStringVector(environment);
      symbols.execve(ptr(path), args.pointer, variables.pointer);
      return errno();
    },
    keepOnExec: (fd) => void symbols.ioctl(fd, BigInt(IS_DARWIN ? FIONCLEX.darwin : FIONCLEX.linux)),
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

/** Returns a function that reads `errno`. The function with its address has a different name on each platform. */
function openErrno(): () => string {
  const location = IS_DARWIN
    ? dlopen(LIBRARY, { __error: { args: [], returns: "ptr" } }).symbols.__error
    : dlopen(LIBRARY, { __errno_location: { args: [], returns: "ptr" } }).symbols.__errno_location;
  return () => {
    const address = location();
    return typeof address === "number" ? errorName(read.i32(address, 0)) : "UNKNOWN";
  };
}
