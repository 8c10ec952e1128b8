/** Adding a segment to an executable, and letting it begin there. */

/** Names and offsets of the ELF format, 64 bits, little-endian: elf(5). */
const MACHINE_X86_64 = 62;
const SEGMENT_LOAD = 1;
const SEGMENT_NOTE = 4;
const READ_AND_EXECUTE = 5;
const PAGE = 0x1000;

export interface Executable {
  readonly machine: "x86-64" | "other";
  /** The address at which the program begins. */
  readonly entry: number;
  /** Where a segment that is added will be. */
  readonly freeAddress: number;
}

/** @returns undefined for a file that is no 64-bit ELF executable. */
export function readElf(file: Uint8Array): Executable | undefined {
  const view = viewOf(file);
  const isElf = view.byteLength > 64 && view.getUint32(0) === 0x7f454c46 && view.getUint16(4) === 0x0201;
  if (!isElf) return undefined;
  const ends = segments(view).map(({ address, sizeInMemory }) => address + sizeInMemory);
  return {
    machine: view.getUint16(18, true) === MACHINE_X86_64 ? "x86-64" : "other",
    entry: Number(view.getBigUint64(24, true)),
    freeAddress: roundUp(Math.max(...ends), PAGE),
  };
}

/**
 * The file with the code as one more segment, which takes the place of a note in the table of segments.
 *
 * @param code to be loaded at `freeAddress`, where the program begins from now on.
 * @throws Error for an executable that has no note to spare.
 */
export function withSegment(file: Uint8Array, code: Uint8Array): Uint8Array {
  const executable = readElf(file);
  const note = segments(viewOf(file)).findLast(({ type }) => type === SEGMENT_NOTE);
  if (executable === undefined || note === undefined) throw new Error("this executable has no note to spare");
  const offset = roundUp(file.length, PAGE);
  const whole = new Uint8Array(offset + code.length);
  whole.set(file);
  whole.set(code, offset);
  const view = viewOf(whole);
  view.setBigUint64(24, BigInt(executable.freeAddress), true);
  view.setUint32(note.at, SEGMENT_LOAD, true);
  view.setUint32(note.at + 4, READ_AND_EXECUTE, true);
  for (const [field, value] of [
    [8, offset],
    [16, executable.freeAddress],
    [24, executable.freeAddress],
    [32, code.length],
    [40, code.length],
    [48, PAGE],
  ] as const) {
    view.setBigUint64(note.at + field, BigInt(value), true);
  }
  return whole;
}

interface Segment {
  /** Where its entry in the table is. */
  readonly at: number;
  readonly type: number;
  readonly address: number;
  readonly sizeInMemory: number;
}

function segments(view: DataView): Segment[] {
  const table = Number(view.getBigUint64(32, true));
  const size = view.getUint16(54, true);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const at = table + index * size;
    return {
      at,
      type: view.getUint32(at, true),
      address: Number(view.getBigUint64(at + 16, true)),
      sizeInMemory: Number(view.getBigUint64(at + 40, true)),
    };
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
