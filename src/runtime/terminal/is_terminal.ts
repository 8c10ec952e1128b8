/** Whether a standard stream is a terminal. */
import { fstatSync } from "node:fs";

/**
 * Returns the same as isatty(3), and loads node:tty only if the kind of device does not tell: loading it takes as long as
 * starting Bun. A pseudo-terminal counts as a terminal even if the program that shows it has ended.
 *
 * `process.stderr.isTTY` is no alternative: that stream opens a file descriptor, which COMMAND of `exec` would inherit.
 *
 * @param fd a file descriptor, which may be closed.
 */
export function isTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice()) return false;
    return isTerminalDevice(stat.rdev, process.platform) ?? process.getBuiltinModule("node:tty").isatty(fd);
  } catch {
    return false;
  }
}

/**
 * Whether a character device is a terminal, by Linux's list of devices
 * (https://www.kernel.org/doc/html/latest/admin-guide/devices.html).
 *
 * @param device the device's number, as stat(2) encodes it.
 * @param platform as `process.platform`.
 * @returns undefined if the number does not tell.
 */
export function isTerminalDevice(device: number, platform: string): boolean | undefined {
  if (platform !== "linux") return undefined;
  const major = (device >> 8) & 0xfff;
  if (major === MEMORY_DEVICES) return false;
  return major >= PSEUDO_TERMINALS.first && major <= PSEUDO_TERMINALS.last ? true : undefined;
}

/** /dev/null, /dev/zero and the like. */
const MEMORY_DEVICES = 1;

/** /dev/pts/N. */
const PSEUDO_TERMINALS = { first: 136, last: 143 };
