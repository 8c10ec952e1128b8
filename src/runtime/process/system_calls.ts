/**
 * The functions of `LibC` as system calls, for a process that may not have new executable memory, so that `bun:ffi` fails.
 * Linux only.
 */
import { ptr } from "bun:ffi";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addonFor, type SystemCall } from "../native/addon.ts";
import { makePrivateFolder } from "../private_folder.ts";
import {
  AF_UNIX,
  cString,
  cStringVector,
  FIONCLEX,
  LOCK_EX_NB,
  RLIMIT_NOFILE,
  SIG_IGN,
  SIG_SETMASK,
  SOCK_DGRAM_CLOEXEC,
  unixAddress,
} from "./c_memory.ts";
import { errorName, type LibC } from "./libc.ts";

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

/** The kernel's signal set has 64 bits, unlike the C library's. */
const SIGNAL_SET_BYTES = 8;

/** @returns undefined on another platform, and if no folder for temporary files allows its files to be executed. */
export function openSystemCalls(): LibC | undefined {
  const { arch, platform } = process;
  if (platform !== "linux" || (arch !== "x64" && arch !== "arm64")) return undefined;
  const systemCall = loadAddon(addonFor(arch));
  if (systemCall === undefined) return undefined;
  const numbers = NUMBERS[arch];
  const call = (name: keyof typeof numbers, ...args: readonly number[]): number => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args;
    return systemCall(numbers[name], a, b, c, d, e, f);
  };
  return {
    execve(file, argv, environment) {
      const path = cString(new TextEncoder().encode(file));
      const args = cStringVector(argv);
      const variables = cStringVector(environment);
      return errorName(-call("execve", ptr(path), args.pointer, variables.pointer));
    },
    keepOnExec: (fd) => void call("ioctl", fd, FIONCLEX.linux),
    closeFile: (fd) => void call("close", fd),
    changeDirectory: (fd) => void call("fchdir", fd),
    setSignal(signal, action) {
      // struct sigaction of the kernel: the handler, flags, restorer and mask.
      const newAction = BigUint64Array.of(action === "ignore" ? BigInt(SIG_IGN) : 0n, 0n, 0n, 0n);
      call("rtSigaction", signal, ptr(newAction), 0, SIGNAL_SET_BYTES);
    },
    blockSignals: (signals) =>
      void call("rtSigprocmask", SIG_SETMASK, ptr(BigUint64Array.of(signals)), 0, SIGNAL_SET_BYTES),
    sendDatagram(path, text) {
      const socket = call("socket", AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
      if (socket < 0) return;
      const address = unixAddress(path);
      const message = new TextEncoder().encode(text);
      call("sendto", socket, ptr(message), message.length, 0, ptr(address), address.length);
      call("close", socket);
    },
    setOpenFilesLimit: (soft, hard) => void call("prlimit64", 0, RLIMIT_NOFILE, ptr(BigUint64Array.of(soft, hard)), 0),
    lock(fd) {
      const result = call("flock", fd, LOCK_EX_NB);
      if (result === 0) return true;
      const code = errorName(-result);
      // Two names for the same number.
      if (code === "EWOULDBLOCK" || code === "EAGAIN") return false;
      throw Object.assign(new Error(`flock: ${code}`), { code });
    },
  };
}

function loadAddon(addon: Uint8Array): SystemCall | undefined {
  for (const parent of [process.env.XDG_RUNTIME_DIR, tmpdir(), "/dev/shm", "/var/tmp"]) {
    if (!parent) continue;
    try {
      return loadAddonFrom(parent, addon);
    } catch {
      // It cannot be written, or is mounted with the option noexec.
    }
  }
  return undefined;
}

/** Loads the addon from a private file. The file is needed only until it is mapped. */
function loadAddonFrom(parent: string, addon: Uint8Array): SystemCall {
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
