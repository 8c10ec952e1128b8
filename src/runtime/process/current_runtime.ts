/** Detects the runtime. The code for each runtime is only loaded under that runtime. */
import type { LibC } from "./libc.ts";
import type { Runtime } from "./runtime.ts";

let found: Promise<Runtime> | undefined;

export function currentRuntime(): Promise<Runtime> {
  found ??= findRuntime();
  return found;
}

async function findRuntime(): Promise<Runtime> {
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
