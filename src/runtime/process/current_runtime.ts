/** Which runtime this is, and what it can do. The parts that only one of them has are loaded only there. */
import type { Runtime } from "./runtime.ts";

export async function currentRuntime(): Promise<Runtime> {
  if (process.versions.bun !== undefined && process.platform !== "win32") {
    return (await import("./bun_runtime.ts")).bunRuntime();
  }
  return (await import("./child_runtime.ts")).childRuntime();
}
