/** Loads the addon that makes system calls, under Bun or Node. */
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePrivateFolder } from "../private_folder.ts";
import { addonFor, type SystemCall } from "./addon.ts";

/** The numbers of the system calls, by Node's `process.arch`: syscalls(2). */
const NUMBERS = {
  x64: {
    close: 3,
    rtSigaction: 13,
    rtSigprocmask: 14,
    ioctl: 16,
    socket: 41,
    sendto: 44,
    execve: 59,
    flock: 73,
    fchdir: 81,
    prlimit64: 302,
  },
  arm64: {
    close: 57,
    rtSigaction: 134,
    rtSigprocmask: 135,
    ioctl: 29,
    socket: 198,
    sendto: 206,
    execve: 221,
    flock: 32,
    fchdir: 50,
    prlimit64: 261,
  },
} as const;

/** Makes a system call by its name. A negative result is the number of the error. */
export type NamedSystemCall = (name: keyof (typeof NUMBERS)["x64"], ...args: readonly number[]) => number;

/**
 * Loads the addon.
 *
 * @returns undefined on another platform, and if no folder for temporary files allows its files to be executed.
 */
export function openAddon(): NamedSystemCall | undefined {
  const { arch, platform } = process;
  if (platform !== "linux" || (arch !== "x64" && arch !== "arm64")) return undefined;
  const systemCall = load(addonFor(arch));
  if (systemCall === undefined) return undefined;
  const numbers = NUMBERS[arch];
  return (name, ...args) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args;
    return systemCall(numbers[name], a, b, c, d, e, f);
  };
}

function load(addon: Uint8Array): SystemCall | undefined {
  for (const parent of [process.env.XDG_RUNTIME_DIR, tmpdir(), "/dev/shm", "/var/tmp"]) {
    if (!parent) continue;
    try {
      return loadFrom(parent, addon);
    } catch {
      // It cannot be written, or is mounted with the option noexec.
    }
  }
  return undefined;
}

/** Loads the addon from a private file. The file is needed only until it is mapped. */
function loadFrom(parent: string, addon: Uint8Array): SystemCall {
  const folder = makePrivateFolder(parent, new Map());
  try {
    const file = join(folder, "system_call.node");
    writeFileSync(file, addon, { mode: 0o600, flag: "wx" });
    const loaded: { exports: unknown } = { exports: {} };
    process.dlopen(loaded, file);
    if (typeof loaded.exports !== "function") throw new Error("the addon did not export a function");
    return loaded.exports as SystemCall;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
