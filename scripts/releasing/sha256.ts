/** Hashes of files. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Returns the SHA-256 of a file in hexadecimal digits, as sha256sum(1) prints it. */
export function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
