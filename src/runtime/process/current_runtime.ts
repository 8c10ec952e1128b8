/** Detects the runtime. The code for each runtime is only loaded under that runtime. */
import type { Kernel32 } from "./kernel32.ts";
import type { Runtime } from "./runtime.ts";

let found: Promise<Runtime> | undefined;

export function currentRuntime(): Promise<Runtime> {
  found ??= findRuntime();
  return found;
}

async function findRuntime(): Promise<Runtime> {
  return (await findBunRuntime()) ?? (await import("./child_runtime.ts")).childRuntime();
}

async function findBunRuntime(): Promise<Runtime | undefined> {
  if (process.versions.bun === undefined) return undefined;
  if (process.platform !== "win32") return await (await import("./bun_runtime.ts")).openBunRuntime();
  const kernel = await findKernel32();
  return kernel === undefined ? undefined : (await import("./windows_runtime.ts")).windowsRuntime(kernel);
}

/** @returns undefined if `bun:ffi` cannot be used. */
async function findKernel32(): Promise<Kernel32 | undefined> {
  try {
    return (await import("./kernel32.ts")).openKernel32();
  } catch {
    return undefined;
  }
}
