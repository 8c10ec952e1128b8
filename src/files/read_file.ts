/** Reads whole files with limits on size and time: a path may lead to a silent pipe or to an endless device. */
import { closeSync, constants, openSync, readSync } from "node:fs";
import { systemErrorCode } from "../text/system_error.ts";

/** Far more than any file that rolecall reads needs. */
const MAX_BYTES = 16 * 1024 * 1024;
/** How long a pipe or terminal may send nothing. */
const MAX_SILENCE_MS = 15_000;
const POLL_MS = 5;
/** Enough for most configurations. Their size is not asked for first, because that takes as long as reading them. */
const FIRST_BUFFER_BYTES = 8192;

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

/**
 * Returns the text of a file of rolecall's own, which is small and neither a link nor a pipe.
 *
 * @throws the system's error, with a `code`: `ENOENT`, `ELOOP` for a link, `EFBIG` for more than `maxBytes`.
 */
export function readRegularFile(path: string, maxBytes: number): string {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    return new TextDecoder().decode(readToEnd(fd, maxBytes));
  } finally {
    closeSync(fd);
  }
}

function readToEnd(fd: number, maxBytes = MAX_BYTES): Uint8Array {
  let buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  for (let length = 0; ; ) {
    const count = readChunk(fd, buffer.subarray(length));
    if (count === 0) return buffer.subarray(0, length);
    length += count;
    if (length > maxBytes) throw tooLarge(maxBytes);
    if (length < buffer.length) continue;
    const larger = new Uint8Array(2 * length);
    larger.set(buffer);
    buffer = larger;
  }
}

function tooLarge(maxBytes: number): Error {
  return Object.assign(new Error(`larger than ${maxBytes} bytes`), { code: "EFBIG" });
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
