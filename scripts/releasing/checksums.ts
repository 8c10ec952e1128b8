/** SHA-256 checksums, as sha256sum(1) prints and verifies them. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Returns the checksum of a file in hexadecimal digits. */
export function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** Writes SHA256SUMS, with a line for every other file of the folder. */
export function writeChecksums(folder: string): void {
  const names = readdirSync(folder).filter((name) => name !== "SHA256SUMS");
  const lines = names.sort().map((name) => `${sha256(join(folder, name))}  ${name}\n`);
  writeFileSync(join(folder, "SHA256SUMS"), lines.join(""));
}
