/**
 * The record that the compiled program's prologue writes before Bun starts (scripts/prologue/prologue.c): what /proc
 * says about the process before Bun changes its state. Only programs for Linux have a prologue, and so a record.
 */
import { readIfExists } from "../read_if_exists.ts";

/** The name of the record's memfd_create(2) file. */
export const RECORD_NAME = "rolecall";

/**
 * The files that the prologue copies into the record, in this order, each followed by a NUL. Then it lists the file
 * descriptors that are open, in decimal digits, each followed by a NUL, and ends the list with another NUL.
 */
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
  /** The file descriptors that were open, with that of the record. Empty if /proc was not readable. */
  readonly fileDescriptors: readonly number[];
  /** Those of 0, 1 and 2 that were closed. */
  readonly closedStreams: readonly number[];
  /** A file descriptor of the working directory, if that was deleted. The prologue has then changed to "/". */
  readonly workingDirectory: number | undefined;
}

/**
 * Parses the record.
 *
 * @param path of the record's file descriptor, below `/proc/self/fd`.
 * @returns undefined if the record is incomplete.
 */
export function readPrologueRecord(path: string): PrologueRecord | undefined {
  const bytes = readIfExists(path);
  if (bytes === undefined) return undefined;
  const texts: string[] = [];
  let start = 0;
  // The list has ended at the first empty text after the files.
  while (texts.length <= RECORDED_FILES.length || texts.at(-1) !== "") {
    const end = bytes.indexOf(0, start);
    if (end === -1) return undefined;
    texts.push(bytes.toString("utf8", start, end));
    start = end + 1;
  }
  const [status = "", limits = "", ...streams] = texts.splice(0, RECORDED_FILES.length);
  return {
    status,
    limits,
    fileDescriptors: texts.slice(0, -1).map(Number),
    closedStreams: [0, 1, 2].filter((fd) => streams[fd] === ""),
    workingDirectory: bytes.length >= start + 4 ? bytes.readInt32LE(start) : undefined,
  };
}
