/**
 * The functions of `LibC` as system calls, for a process that may not have new executable memory, so that `bun:ffi` fails.
 * Linux only.
 */
import { ptr } from "bun:ffi";
import { descriptorCalls } from "../native/descriptor_calls.ts";
import { openAddon } from "../native/open_addon.ts";
import {
  AF_UNIX,
  cString,
  cStringVector,
  RLIMIT_NOFILE,
  SIG_IGN,
  SIG_SETMASK,
  SOCK_DGRAM_CLOEXEC,
  unixAddress,
} from "./c_memory.ts";
import type { LibC } from "./libc.ts";
import { errorName } from "./runtime.ts";

/** The kernel's signal set has 64 bits, unlike the C library's. */
const SIGNAL_SET_BYTES = 8;

/** @returns undefined if there is no addon for this platform, or it cannot be loaded. */
export function openSystemCalls(): LibC | undefined {
  const call = openAddon();
  if (call === undefined) return undefined;
  return {
    execve(file, argv, environment) {
      const path = cString(new TextEncoder().encode(file));
      const args = cStringVector(argv);
      const variables = cStringVector(environment);
      return errorName(-call("execve", ptr(path), args.pointer, variables.pointer));
    },
    ...descriptorCalls(call),
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
  };
}
