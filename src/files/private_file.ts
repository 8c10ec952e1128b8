/** Creates files that only their owner can read and write, whatever the umask is. */
import { chmodSync, writeFileSync } from "node:fs";

/**
 * Creates a file with mode 0600.
 *
 * @throws the system's error, with a `code`: `EEXIST` if the file exists. After any other error the file may be
 *   incomplete.
 */
export function writePrivateFile(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  // The umask may have removed the owner's own rights.
  chmodSync(path, 0o600);
}

/** Returns an unused name in the same folder, for a file that is later renamed to `path`. */
export function temporaryBeside(path: string): string {
  return `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
}
