/** Reading a file whole, whatever it turns out to be: a pipe that nobody writes to, a device without an end. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { systemErrorCode } from "../text/system_error.ts";

/** Bytes. No file that is meant for rolecall comes near it. */
const LARGEST = 16 * 1024 * 1024;
/** Milliseconds that whoever writes a pipe may say nothing. */
const LONGEST_SILENCE = 15_000;
const BETWEEN_LOOKS = 5;

/**
 * A file's bytes, or undefined when there is no such file. A pipe that nobody has open for writing is empty.
 *
 * @throws the system's error, with a `code` such as `EACCES`; `EFBIG` for more than 16 MiB, `ETIMEDOUT` for a pipe or
 *   terminal from which nothing comes.
 */
export function readWholeFile(path: string): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return readToEnd(file);
  } finally {
    closeSync(file);
  }
}

function readToEnd(file: number): Uint8Array {
  const { size } = fstatSync(file);
  const chunks: Uint8Array[] = [];
  let total = 0;
  // A byte more than there should be, so that the end is seen without another chunk.
  for (let room = Math.min(size, LARGEST) + 1; ; room = 65_536) {
    const chunk = new Uint8Array(room);
    const count = readChunk(file, chunk);
    if (count === 0) return Buffer.concat(chunks, total);
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > LARGEST) throw Object.assign(new Error("larger than 16 MiB"), { code: "EFBIG" });
  }
}

/** (It waits without an event loop: whoever reads a file here needs it before anything else.) */
function readChunk(file: number, chunk: Uint8Array): number {
  for (let waited = 0; ; waited += BETWEEN_LOOKS) {
    try {
      return readSync(file, chunk);
    } catch (error) {
      if (systemErrorCode(error) !== "EAGAIN") throw error;
      if (waited >= LONGEST_SILENCE) throw Object.assign(new Error("nothing came"), { code: "ETIMEDOUT" });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_LOOKS);
    }
  }
}
