/** The C library's functions that Bun has no equal for, called through `bun:ffi`. */
import { dlopen, type Pointer, ptr, read } from "bun:ffi";
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
  limitOpenFiles(soft: bigint, hard: bigint): void;
}

/** Linux's numbers. */
const SIG_SETMASK = 2;
const RLIMIT_NOFILE = 7;
/** Bytes of a `sigset_t`, with glibc and musl alike. */
const SIGNAL_SET_SIZE = 128;
const SIG_IGN = 1;
const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

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
    limitOpenFiles(soft, hard) {
      symbols.setrlimit(RLIMIT_NOFILE, ptr(BigUint64Array.of(soft, hard)));
    },
  };
}

function openFirst(libraries: readonly string[]) {
  return firstThatOpens(libraries, (library) =>
    dlopen(library, {
      execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
      ioctl: { args: ["i32", "u64"], returns: "i32" },
      close: { args: ["i32"], returns: "i32" },
      fchdir: { args: ["i32"], returns: "i32" },
      sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
      setrlimit: { args: ["i32", "ptr"], returns: "i32" },
      // The handler is a pointer to the C library; here it is one of two numbers.
      signal: { args: ["i32", "u64"], returns: "u64" },
      socket: { args: ["i32", "i32", "i32"], returns: "i32" },
      sigprocmask: { args: ["i32", "ptr", "ptr"], returns: "i32" },
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

function cString(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes, 0]);
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
