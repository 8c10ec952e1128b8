/** The C library's functions that Bun has no equal for, called through `bun:ffi`. */
import { dlopen, type Pointer, ptr, read } from "bun:ffi";
import { constants } from "node:os";

export interface LibC {
  /** Replaces the process. Returns only on failure: the error's name, such as `ENOENT`. */
  execve(file: string, argv: readonly string[], environment: readonly string[]): string;
  /** Lets a file descriptor survive `execve`. */
  keepOnExec(fd: number): void;
  /** Gives a signal back its default action. */
  resetSignal(signal: number): void;
  /**
   * Locks an open file for this process alone, without waiting.
   *
   * @returns false when another process has it locked.
   * @throws Error with a `code` such as `ENOLCK`.
   */
  lock(fd: number): boolean;
}

/** Of `flock`: for one process alone, and do not wait. */
const LOCK_EX_NB = 2 | 4;

/** `ioctl` with FIONCLEX rather than `fcntl`, because it needs no variable argument (which `bun:ffi` cannot pass). */
const PLATFORMS = {
  linux: { libraries: ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"], fionclex: 0x5450 },
  darwin: { libraries: ["libSystem.B.dylib"], fionclex: 0x20006602 },
} as const;

/** @throws Error on a platform that is neither Linux nor macOS, or without a C library under a known name. */
export function openLibC(): LibC {
  const platform = process.platform === "darwin" ? PLATFORMS.darwin : PLATFORMS.linux;
  const { symbols } = openFirst(platform.libraries);
  const errno = openErrno(platform.libraries);
  return {
    execve(file, argv, environment) {
      const path = cString(file);
      const args = cStringVector(argv);
      const variables = cStringVector(environment);
      symbols.execve(ptr(path), args.pointer, variables.pointer);
      return errno();
    },
    keepOnExec: (fd) => void symbols.ioctl(fd, BigInt(platform.fionclex)),
    resetSignal: (signal) => void symbols.signal(signal, null),
    lock(fd) {
      if (symbols.flock(fd, LOCK_EX_NB) === 0) return true;
      const code = errno();
      // The two names of one number; which is found first differs.
      if (code === "EWOULDBLOCK" || code === "EAGAIN") return false;
      throw Object.assign(new Error(`flock: ${code}`), { code });
    },
  };
}

function openFirst(libraries: readonly string[]) {
  return firstThatOpens(libraries, (library) =>
    dlopen(library, {
      execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
      ioctl: { args: ["i32", "u64"], returns: "i32" },
      signal: { args: ["i32", "ptr"], returns: "ptr" },
      flock: { args: ["i32", "i32"], returns: "i32" },
    }),
  );
}

/** Reads `errno`, whose address the two platforms give under different names. */
function openErrno(libraries: readonly string[]): () => string {
  const location = firstThatOpens(libraries, (library) =>
    process.platform === "darwin"
      ? dlopen(library, { __error: { args: [], returns: "ptr" } }).symbols.__error
      : dlopen(library, { __errno_location: { args: [], returns: "ptr" } }).symbols.__errno_location,
  );
  return () => {
    const address = location();
    return typeof address === "number" ? errorName(read.i32(address, 0)) : "UNKNOWN";
  };
}

function firstThatOpens<T>(libraries: readonly string[], open: (library: string) => T): T {
  let failure: unknown;
  for (const library of libraries) {
    try {
      return open(library);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function errorName(number: number): string {
  const found = Object.entries(constants.errno).find(([, value]) => value === number);
  return found?.[0] ?? `errno ${number}`;
}

function cString(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

/** A null-terminated array of C strings. Its memory lives as long as the result does. */
function cStringVector(texts: readonly string[]): {
  pointer: Pointer;
  vector: BigUint64Array;
  strings: readonly Uint8Array[];
} {
  const strings = texts.map(cString);
  const vector = new BigUint64Array([...strings.map((string) => BigInt(ptr(string))), 0n]);
  return { pointer: ptr(vector), vector, strings };
}
