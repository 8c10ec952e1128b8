/** Detects the runtime. The code for each runtime is only loaded under that runtime. */
import type { Kernel32 } from "./kernel32.ts";
import type { LibC } from "./libc.ts";
import type { Runtime } from "./runtime.ts";

let found: Promise<Runtime> | undefined;

export function currentRuntime(): Promise<Runtime> {
  found ??= findRuntime();
  return found;
}

async function findRuntime(): Promise<Runtime> {
  if (process.versions.bun !== undefined && process.platform === "win32") {
    const kernel = await findKernel32();
    if (kernel !== undefined) return (await import("./windows_runtime.ts")).windowsRuntime(kernel);
  }
  const libc = process.versions.bun === undefined || process.platform === "win32" ? undefined : await findLibC();
  if (libc !== undefined) return (await import("./bun_runtime.ts")).bunRuntime(libc);
  return (await import("./child_runtime.ts")).childRuntime();
}

/** @returns undefined if Bun cannot call the C library, and rolecall cannot make system calls either. */
async function findLibC(): Promise<LibC | undefined> {
  try {
    return (await import("./libc.ts")).openLibC();
  } catch {
    return (await import("./system_calls.ts")).openSystemCalls();
  }
}

/** @returns undefined if `bun:ffi` cannot be used. */
async function findKernel32(): Promise<Kernel32 | undefined> {
  try {
    return (await import("./kernel32.ts")).openKernel32();
  } catch {
    return undefined;
  }
}
