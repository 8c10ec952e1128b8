/** Writing to the standard streams, and to the terminal, at once and whole, without making them non-blocking for whoever shares them. */
import { writeSync } from "node:fs";
import { systemErrorCode } from "../../text/system_error.ts";

/**
 * @param fd 1 for standard output, 2 for standard error, or the terminal's.
 * @throws the system's error; EAGAIN, from a stream that another program made non-blocking, is waited out.
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
