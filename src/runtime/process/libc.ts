/** The C library's functions that Bun has no equal for, called through `bun:ffi`. */
import { dlopen, type Pointer, ptr, read } from "bun:ffi";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

export interface LibC {
  /** Replaces the process. Returns only on failure: the error's name, such as `ENOENT`. */
  execve(file: string, argv: readonly Uint8Array[], environment: readonly Uint8Array[]): string;
  /** Lets a file descriptor survive `execve`. */
  keepOnExec(fd: number): void;
  closeFile(fd: number): void;
  /** Goes to the folder that the descriptor stands for. */
  changeDirectory(fd: number): void;
  setSignal(signal: number, action: "default" | "ignore"): void;
  /** Of this thread; as a set of bits, the first of which is signal 1. Linux only. */
  blockSignals(signals: bigint): void;
  /**
   * Sends a datagram to a Unix socket; nobody there is no error. Linux only.
   *
   * @param path one that begins with `@` is in the abstract namespace.
   */
  sendDatagram(path: string, text: string): void;
  /** Linux only. */
  setOpenFilesLimit(soft: bigint, hard: bigint): void;
  /**
   * Locks an open file for this process alone, without waiting.
   *
   * @returns false when another process has it locked.
   * @throws Error with a `code` such as `ENOLCK`.
   */
  lock(fd: number): boolean;
}

/** Linux's numbers. */
const SIG_SETMASK = 2;
const RLIMIT_NOFILE = 7;
/** Bytes of a `sigset_t`, with glibc and musl alike. */
const SIGNAL_SET_SIZE = 128;
const SIG_IGN = 1;
const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
/** Of `flock`: for one process alone, and do not wait. */
const LOCK_EX_NB = 2 | 4;

/** `ioctl` with FIONCLEX rather than `fcntl`, because it needs no variable argument (which `bun:ffi` cannot pass). */
const PLATFORMS = {
  linux: { library: loadedLibC, fionclex: 0x5450 },
  darwin: { library: () => "/usr/lib/libSystem.B.dylib", fionclex: 0x20006602 },
} as const;

/** @throws Error on a platform that is neither Linux nor macOS, or where the C library is not found. */
export function openLibC(): LibC {
  const platform = process.platform === "darwin" ? PLATFORMS.darwin : PLATFORMS.linux;
  const library = platform.library();
  const { symbols } = dlopen(library, {
    execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
    ioctl: { args: ["i32", "u64"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
    fchdir: { args: ["i32"], returns: "i32" },
    flock: { args: ["i32", "i32"], returns: "i32" },
    sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
    setrlimit: { args: ["i32", "ptr"], returns: "i32" },
    // The handler is a pointer to the C library; here it is one of two numbers.
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
    keepOnExec: (fd) => void symbols.ioctl(fd, BigInt(platform.fionclex)),
    closeFile: (fd) => void symbols.close(fd),
    changeDirectory: (fd) => void symbols.fchdir(fd),
    setSignal: (signal, action) => void symbols.signal(signal, action === "ignore" ? SIG_IGN : 0),
    blockSignals(signals) {
      const set = new BigUint64Array(SIGNAL_SET_SIZE / 8);
      set[0] = signals;
      symbols.sigprocmask(SIG_SETMASK, ptr(set), null);
    },
    sendDatagram(path, text) {
      const socket = symbols.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
      if (socket < 0) return;
      const name = new TextEncoder().encode(path);
      if (path.startsWith("@")) name[0] = 0;
      // sockaddr_un: the family, and the path.
      const address = Uint8Array.from([AF_UNIX, 0, ...name]);
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
      // The two names of one number; which is found first differs.
      if (code === "EWOULDBLOCK" || code === "EAGAIN") return false;
      throw Object.assign(new Error(`flock: ${code}`), { code });
    },
  };
}

/**
 * The C library that this process already has, by its whole path. By its name alone Bun would in the end look for it in
 * the working directory, where a hostile checkout could have one.
 */
function loadedLibC(): string {
  const paths = readFileSync("/proc/self/maps", "utf8").matchAll(/ (\/\S*)$/gm);
  for (const [, path] of paths) if (path !== undefined && isLibC(path)) return path;
  throw new Error("the C library is not among the files of /proc/self/maps");
}

/** @param path glibc's `libc.so.6` or `libc-2.31.so`; musl's `ld-musl-x86_64.so.1` or `libc.musl-x86_64.so.1`. */
function isLibC(path: string): boolean {
  return /\/(?:libc\.so\.6|libc-[\d.]+\.so|ld-musl-[^/]+|libc\.musl-[^/]+)$/.test(path);
}

/** Reads `errno`, whose address the two platforms give under different names. */
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

function errorName(number: number): string {
  const found = Object.entries(constants.errno).find(([, value]) => value === number);
  return found?.[0] ?? `errno ${number}`;
}

function cString(bytes: Uint8Array): Uint8Array {
  const string = new Uint8Array(bytes.length + 1);
  string.set(bytes);
  return string;
}

/** A null-terminated array of C strings. Its memory lives as long as the result does. */
function cStringVector(texts: readonly Uint8Array[]): {
  pointer: Pointer;
  vector: BigUint64Array;
  strings: readonly Uint8Array[];
} {
  const strings = texts.map(cString);
  const vector = new BigUint64Array([...strings.map((string) => BigInt(ptr(string))), 0n]);
  return { pointer: ptr(vector), vector, strings };
}
