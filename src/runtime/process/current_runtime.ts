/** Detects the runtime. The code for each runtime is only loaded under that runtime. */
import type { Runtime } from "./runtime.ts";

export async function currentRuntime(): Promise<Runtime> {
  if (process.versions.bun !== undefined && process.platform !== "win32") {
    return (await import("./bun_runtime.ts")).bunRuntime();
  }
  return (await import("./child_runtime.ts")).childRuntime();
}
