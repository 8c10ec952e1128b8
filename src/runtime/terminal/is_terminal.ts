/** Whether a standard stream is a terminal. */
import { fstatSync } from "node:fs";

/**
 * Returns the same as isatty(3), and loads node:tty only for a character device: loading it takes half as long as starting Bun.
 *
 * `process.stderr.isTTY` is no alternative: that stream opens a file descriptor, which COMMAND of `exec` would inherit.
 *
 * @param fd a file descriptor, which may be closed.
 */
export function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(fd);
  } catch {
    return false;
  }
}
