/**
 * Synchronous writes to the standard streams and the terminal. Node's streams would make the file non-blocking, also for
 * the other processes that share it.
 */
import { writeSync } from "node:fs";
import { systemErrorCode } from "../../text/system_error.ts";

/**
 * Writes the whole text before it returns. If another process has made the file non-blocking, it retries after EAGAIN.
 *
 * @param fd 1 for standard output, 2 for standard error, or the terminal's.
 * @throws the system's error, with a `code` such as `EPIPE`.
 */
export function writeAll(fd: number, text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (systemErrorCode(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
