/** Reads whole files with bounds on size and time: a path may lead to a silent pipe or to an endless device. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { systemErrorCode } from "../text/system_error.ts";

/** Far more than any file that rolecall reads needs. */
const MAX_BYTES = 16 * 1024 * 1024;
/** How long a pipe or terminal may send nothing. */
const MAX_SILENCE_MS = 15_000;
const POLL_MS = 5;

/**
 * Returns a file's bytes, or undefined if it does not exist. A pipe that no process has open for writing is empty.
 *
 * @throws the system's error, with a `code` such as `EACCES`; `EFBIG` for more than 16 MiB, `ETIMEDOUT` if a pipe or
 *   terminal sends nothing for 15 seconds.
 */
export function readWholeFile(path: string): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return readToEnd(fd);
  } finally {
    closeSync(fd);
  }
}

function readToEnd(fd: number): Uint8Array {
  const { size } = fstatSync(fd);
  const chunks: Uint8Array[] = [];
  let total = 0;
  // One byte more than the size: a read that does not fill the buffer then needs no second buffer to find the end.
  for (let capacity = Math.min(size, MAX_BYTES) + 1; ; capacity = 65_536) {
    const chunk = new Uint8Array(capacity);
    const count = readChunk(fd, chunk);
    if (count === 0) return Buffer.concat(chunks, total);
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > MAX_BYTES) throw Object.assign(new Error("larger than 16 MiB"), { code: "EFBIG" });
  }
}

/** Waits synchronously: the caller cannot go on without the file, and nothing else is running. */
function readChunk(fd: number, chunk: Uint8Array): number {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      return readSync(fd, chunk);
    } catch (error) {
      if (systemErrorCode(error) !== "EAGAIN") throw error;
      if (waitedMs >= MAX_SILENCE_MS) throw Object.assign(new Error("no data received"), { code: "ETIMEDOUT" });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    }
  }
}
