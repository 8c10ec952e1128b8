/** Reads files that some systems do not have, such as those of /proc. */
import { readFileSync } from "node:fs";

/** @returns undefined if the file does not exist or cannot be read. */
export function readIfExists(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
