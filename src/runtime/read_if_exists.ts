/** The kernel's own files, which not every system has. */
import { readFileSync } from "node:fs";

/** @returns undefined for a file that is not there, or that may not be read. */
export function readIfExists(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
