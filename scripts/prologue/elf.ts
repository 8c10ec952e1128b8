/** Adds a segment to an ELF executable, and makes the segment its entry point. */

/** Constants of the ELF format: elf(5). The offsets below are those of 64-bit, little-endian files. */
const MACHINE_X86_64 = 62;
const SEGMENT_LOAD = 1;
const SEGMENT_NOTE = 4;
const READ_AND_EXECUTE = 5;
const PAGE_BYTES = 0x1000;

export interface Executable {
  readonly machine: "x86-64" | "other";
  /** The address of the entry point. */
  readonly entry: number;
  /** The address at which an added segment is loaded. */
  readonly freeAddress: number;
}

/** @returns undefined if the file is not a 64-bit ELF executable. */
export function readElf(file: Uint8Array): Executable | undefined {
  const view = viewOf(file);
  const isElf = view.byteLength > 64 && view.getUint32(0) === 0x7f454c46 && view.getUint16(4) === 0x0201;
  if (!isElf) return undefined;
  const ends = segments(view).map(({ address, sizeInMemory }) => address + sizeInMemory);
  return {
    machine: view.getUint16(18, true) === MACHINE_X86_64 ? "x86-64" : "other",
    entry: Number(view.getBigUint64(24, true)),
    freeAddress: roundUp(Math.max(...ends), PAGE_BYTES),
  };
}

/**
 * Appends the code as a segment. Its entry in the program header table replaces that of a note, which the program does
 * not need.
 *
 * @param code the new entry point, loaded at `freeAddress`.
 * @throws Error if the executable has no note.
 */
export function withSegment(file: Uint8Array, code: Uint8Array): Uint8Array {
  const executable = readElf(file);
  const note = segments(viewOf(file)).findLast(({ type }) => type === SEGMENT_NOTE);
  if (executable === undefined || note === undefined) {
    throw new Error("the executable has no PT_NOTE segment to replace");
  }
  const offset = roundUp(file.length, PAGE_BYTES);
  const result = new Uint8Array(offset + code.length);
  result.set(file);
  result.set(code, offset);
  const view = viewOf(result);
  view.setBigUint64(24, BigInt(executable.freeAddress), true);
  view.setUint32(note.headerOffset, SEGMENT_LOAD, true);
  view.setUint32(note.headerOffset + 4, READ_AND_EXECUTE, true);
  for (const [field, value] of [
    [8, offset],
    [16, executable.freeAddress],
    [24, executable.freeAddress],
    [32, code.length],
    [40, code.length],
    [48, PAGE_BYTES],
  ] as const) {
    view.setBigUint64(note.headerOffset + field, BigInt(value), true);
  }
  return result;
}

interface Segment {
  /** The position of its entry in the program header table. */
  readonly headerOffset: number;
  readonly type: number;
  readonly address: number;
  readonly sizeInMemory: number;
}

function segments(view: DataView): Segment[] {
  const table = Number(view.getBigUint64(32, true));
  const size = view.getUint16(54, true);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const headerOffset = table + index * size;
    return {
      headerOffset,
      type: view.getUint32(headerOffset, true),
      address: Number(view.getBigUint64(headerOffset + 16, true)),
      sizeInMemory: Number(view.getBigUint64(headerOffset + 40, true)),
    };
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
