/**
 * The functions of `LibC` as system calls, for a process that may not have new executable memory, so that `bun:ffi` fails.
 * Linux on x86-64 only.
 */
import { ptr } from "bun:ffi";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAddon } from "../native/addon.ts";
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

/** Their numbers on x86-64. */
const CLOSE = 3;
const RT_SIGACTION = 13;
const RT_SIGPROCMASK = 14;
const IOCTL = 16;
const SOCKET = 41;
const SENDTO = 44;
const EXECVE = 59;
const FLOCK = 73;
const FCHDIR = 81;
const PRLIMIT64 = 302;

/** The kernel's signal set has 64 bits, unlike the C library's. */
const SIGNAL_SET_BYTES = 8;

/** Makes a system call. The result is negative if it failed: the number of the error. */
type SystemCall = (number: number, ...args: readonly number[]) => number;

/** @returns undefined on another platform, and if no folder for temporary files allows its files to be executed. */
export function openSystemCalls(): LibC | undefined {
  const systemCall = loadAddon();
  if (systemCall === undefined) return undefined;
  const call: SystemCall = (number, ...args) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args;
    return systemCall(number, a, b, c, d, e, f);
  };
  return {
    execve(file, argv, environment) {
      const path = cString(new TextEncoder().encode(file));
      const args = cStringVector(argv);
      const variables = cStringVector(environment);
      return errorName(-call(EXECVE, ptr(path), args.pointer, variables.pointer));
    },
    keepOnExec: (fd) => void call(IOCTL, fd, FIONCLEX.linux),
    closeFile: (fd) => void call(CLOSE, fd),
    changeDirectory: (fd) => void call(FCHDIR, fd),
    setSignal(signal, action) {
      // struct sigaction of the kernel: the handler, flags, restorer and mask.
      const newAction = BigUint64Array.of(action === "ignore" ? BigInt(SIG_IGN) : 0n, 0n, 0n, 0n);
      call(RT_SIGACTION, signal, ptr(newAction), 0, SIGNAL_SET_BYTES);
    },
    blockSignals: (signals) =>
      void call(RT_SIGPROCMASK, SIG_SETMASK, ptr(BigUint64Array.of(signals)), 0, SIGNAL_SET_BYTES),
    sendDatagram(path, text) {
      const socket = call(SOCKET, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
      if (socket < 0) return;
      const address = unixAddress(path);
      const message = new TextEncoder().encode(text);
      call(SENDTO, socket, ptr(message), message.length, 0, ptr(address), address.length);
      call(CLOSE, socket);
    },
    setOpenFilesLimit: (soft, hard) => void call(PRLIMIT64, 0, RLIMIT_NOFILE, ptr(BigUint64Array.of(soft, hard)), 0),
    lock(fd) {
      const result = call(FLOCK, fd, LOCK_EX_NB);
      if (result === 0) return true;
      const code = errorName(-result);
      // Two names for the same number.
      if (code === "EWOULDBLOCK" || code === "EAGAIN") return false;
      throw Object.assign(new Error(`flock: ${code}`), { code });
    },
  };
}

function loadAddon(): SystemCall | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  for (const parent of [process.env.XDG_RUNTIME_DIR, tmpdir(), "/dev/shm", "/var/tmp"]) {
    if (!parent) continue;
    try {
      return loadAddonFrom(parent);
    } catch {
      // It cannot be written, or is mounted with the option noexec.
    }
  }
  return undefined;
}

/** Loads the addon from a private file. The file is needed only until it is mapped. */
function loadAddonFrom(parent: string): SystemCall {
  const folder = makePrivateFolder(parent, new Map());
  try {
    const file = join(folder, "system_call.node");
    writeFileSync(file, makeAddon(), { mode: 0o600, flag: "wx" });
    const loaded: { exports: unknown } = { exports: {} };
    process.dlopen(loaded, file);
    if (typeof loaded.exports !== "function") throw new Error("the addon did not export a function");
    return loaded.exports as SystemCall;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
