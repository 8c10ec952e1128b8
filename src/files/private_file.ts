/** Files for their owner alone, who can use them whatever the umask. */
import { chmodSync, writeFileSync } from "node:fs";

/**
 * Writes a file that was not there.
 *
 * @throws the system's error, with a `code`: `EEXIST` where it is there. After another one it may be there in part.
 */
export function writePrivateFile(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  // A umask may take away what the owner needs.
  chmodSync(path, 0o600);
}

/** A free name beside the file, for what will be renamed into its place. */
export function temporaryBeside(path: string): string {
  return `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
}
