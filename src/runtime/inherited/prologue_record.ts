/**
 * What the compiled program's prologue has noted before Bun started (scripts/prologue/x86_64.ts): the kernel's own
 * account of the process, untouched by Bun. Only Linux on x86-64 has a prologue; elsewhere there is no record.
 */
import { readIfExists } from "../read_if_exists.ts";

/** What the file in memory is called that the record is in. */
export const RECORD_NAME = "rolecall";

/** The files that the prologue copies, in this order, a NUL after each. */
export const RECORDED_FILES = [
  "/proc/self/status",
  "/proc/self/limits",
  "/proc/self/fdinfo/0",
  "/proc/self/fdinfo/1",
  "/proc/self/fdinfo/2",
] as const;

export interface PrologueRecord {
  readonly status: string;
  readonly limits: string;
  /** Of 0, 1 and 2, those that were closed. */
  readonly closedStreams: readonly number[];
  /** A descriptor of the working directory, where that was deleted; the process has left it. */
  readonly workingDirectory: number | undefined;
}

/**
 * @param path of the record: its descriptor under `/proc/self/fd`.
 * @returns undefined where it is not whole.
 */
export function readPrologueRecord(path: string): PrologueRecord | undefined {
  const bytes = readIfExists(path);
  if (bytes === undefined) return undefined;
  const parts: string[] = [];
  let start = 0;
  while (parts.length < RECORDED_FILES.length) {
    const end = bytes.indexOf(0, start);
    if (end === -1) return undefined;
    parts.push(bytes.toString("utf8", start, end));
    start = end + 1;
  }
  const [status = "", limits = "", ...streams] = parts;
  return {
    status,
    limits,
    closedStreams: [0, 1, 2].filter((fd) => streams[fd] === ""),
    workingDirectory: bytes.length >= start + 4 ? bytes.readInt32LE(start) : undefined,
  };
}
