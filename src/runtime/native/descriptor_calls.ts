/** The system calls for which file descriptors are enough. Unlike those with pointers, Node can make them, too. */
import { errorName } from "../process/runtime.ts";
import type { NamedSystemCall } from "./open_addon.ts";

/** LOCK_EX | LOCK_NB of flock(2). */
const LOCK_EX_NB = 2 | 4;
/** ioctl_tty(2): clears close-on-exec. */
const FIONCLEX = 0x5450;

export interface DescriptorCalls {
  /** These two are as in `LibC`. */
  keepOnExec(fd: number): void;
  lock(fd: number): boolean;
}

export function descriptorCalls(call: NamedSystemCall): DescriptorCalls {
  return {
    keepOnExec: (fd) => void call("ioctl", fd, FIONCLEX),
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
