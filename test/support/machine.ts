/** What is available on this machine. Tests that need something else are skipped, and counted as skipped. */
import { spawnSync } from "node:child_process";
import { findCommand } from "../../src/runtime/process/find_command.ts";

export function isInstalled(program: string): boolean {
  return "file" in findCommand(program, process.env);
}

/** Whether Python can open pseudo-terminals here. */
export const HAS_PTY = spawnSync("python3", ["-c", "import pty"]).status === 0;

/** File permissions do not apply to root. */
export const IS_ROOT = process.getuid?.() === 0;

/** Includes the folders of network tools, which may be missing in a user's own PATH. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The environment for a program in a new network namespace. */
export const NETWORK_ENVIRONMENT = { PATH: SYSTEM_PATH };

/** Whether this user can create network namespaces, in which the real addresses of metadata services are usable. */
export const HAS_NETWORK_NAMESPACES =
  spawnSync("unshare", ["-rn", "ip", "link", "set", "lo", "up"], { env: NETWORK_ENVIRONMENT }).status === 0;

/** Whether this user can create mount namespaces, in which folders can be made read-only. */
export const HAS_MOUNT_NAMESPACES =
  spawnSync("unshare", ["-rm", "sh", "-c", "mount --bind /dev/shm /dev/shm && mount -o remount,ro,bind /dev/shm"])
    .status === 0;

/** The user-mode emulator of QEMU for x86-64 programs. */
export const QEMU_X86_64 = ["qemu-x86_64-static", "qemu-x86_64"].find(isInstalled);
