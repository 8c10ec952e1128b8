/** What this machine has; where something is missing, the tests that need it are skipped and counted. */
import { spawnSync } from "node:child_process";
import { findCommand } from "../../src/runtime/process/find_command.ts";

export function isInstalled(program: string): boolean {
  return "file" in findCommand(program, process.env.PATH);
}

/** Whether there is a Python that knows pseudo-terminals. */
export const HAS_PTY = spawnSync("python3", ["-c", "import pty"]).status === 0;

/** Nothing is forbidden to this user. */
export const IS_ROOT = process.getuid?.() === 0;

/** Where the tools for networks are, which a user's own PATH may lack. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What a program in a network of its own is to be started with. */
export const NETWORK_ENVIRONMENT = { PATH: SYSTEM_PATH };

/** Whether this user may make a network of its own, in which the metadata's own addresses can be used. */
export const HAS_NETWORK_NAMESPACES =
  spawnSync("unshare", ["-rn", "ip", "link", "set", "lo", "up"], { env: NETWORK_ENVIRONMENT }).status === 0;
