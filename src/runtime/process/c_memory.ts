/** Values in memory as the C library and the kernel read them. */
import { type Pointer, ptr } from "bun:ffi";

export function cString(bytes: Uint8Array): Uint8Array {
  const string = new Uint8Array(bytes.length + 1);
  string.set(bytes);
  return string;
}

/** Makes a null-terminated array of C strings. Keep the result for as long as C code uses the pointer. */
export function cStringVector(texts: readonly Uint8Array[]): {
  pointer: Pointer;
  vector: BigUint64Array;
  strings: readonly Uint8Array[];
} {
  const strings = texts.map(cString);
  const vector = new BigUint64Array([...strings.map((string) => BigInt(ptr(string))), 0n]);
  return { pointer: ptr(vector), vector, strings };
}

/** Makes a `struct sockaddr_un` for a Unix socket: the family in two bytes, then the path. */
export function unixAddress(path: string): Uint8Array {
  const name = new TextEncoder().encode(path);
  if (path.startsWith("@")) name[0] = 0;
  return Uint8Array.from([AF_UNIX, 0, ...name]);
}

/** Constants of Linux. */
export const AF_UNIX = 1;
export const SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
export const SIG_SETMASK = 2;
export const SIG_IGN = 1;
export const RLIMIT_NOFILE = 7;
/** LOCK_EX | LOCK_NB, on every platform. */
export const LOCK_EX_NB = 2 | 4;
/** The ioctl FIONCLEX. It is used rather than fcntl(2), because it needs no variadic argument, which `bun:ffi` lacks. */
export const FIONCLEX = { linux: 0x5450, darwin: 0x20006602 } as const;
