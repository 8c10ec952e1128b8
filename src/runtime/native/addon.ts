/**
 * A Node-API addon with one function, for Linux: it makes a system call. `bun:ffi` compiles its calls at run time, which
 * fails if the process may not have new executable memory (`MemoryDenyWriteExecute=yes` of systemd, a limit of the
 * address space, `BUN_JSC_useJIT=0`). The code of an addon is mapped from a file, which is still allowed.
 */
import { MACHINE_CODE } from "./machine_code.ts";

/** Makes a system call with up to six arguments. A negative result is the number of the error. */
export type SystemCall = (...numbers: readonly [number, number, number, number, number, number, number]) => number;

/** Returns the addon, a shared object: the content of a file for `process.dlopen`. */
export function addonFor(cpu: "x64" | "arm64"): Uint8Array {
  return Buffer.from(MACHINE_CODE[cpu].replace(/\s/g, ""), "hex");
}
