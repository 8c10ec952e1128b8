/** Adds a segment and sections to an ELF executable, elf(5). The offsets are those of 64-bit, little-endian files. */
import { roundUp, viewOf } from "../binary.ts";
import type { Cpu } from "../machine_code/compile.ts";

/** Constants of the ELF format. */
const MACHINES: Readonly<Record<number, Cpu>> = { 62: "x64", 183: "arm64" };
const FILE_HEADER = { entry: 24, programHeaders: 32, sectionHeaders: 40, counts: 54, sectionCount: 60 } as const;
const PROGRAM_HEADER_BYTES = 56;
const SECTION_HEADER_BYTES = 64;
const SEGMENT = { load: 1, interpreter: 3, note: 4, programHeaders: 6 } as const;
const SECTION = { programData: 1, note: 7, withoutData: 8 } as const;
const SECTION_FLAGS = { writable: 1, allocated: 2, executable: 4 } as const;
const READ_AND_EXECUTE = 5;

/** In the file, the segment starts at a multiple of this, so that it shares no page with other data. */
const PAGE_BYTES = 0x1000;

/** Functions start at a multiple of this. */
const CODE_ALIGNMENT = 16;

export interface Executable {
  readonly cpu: Cpu;
  /** The address of the entry point. */
  readonly entry: number;
  /** The path of the dynamic loader. */
  readonly interpreter: string;
}

/** Code that is added as a segment. */
export interface AddedCode {
  readonly sectionName: string;
  /** @param address the address at which the code is loaded. */
  readonly bytes: (address: number) => Uint8Array;
  /** The new entry point, relative to the first byte. */
  readonly entry: number;
}

/** Data that the program reads, although no section contains it. */
export interface ForgottenWord {
  readonly sectionName: string;
  /** The section whose address the word contains. */
  readonly pointsTo: string;
}

/** @returns undefined if the file is not a dynamically linked ELF executable for a CPU that has a prologue. */
export function readExecutable(file: Uint8Array): Executable | undefined {
  const view = viewOf(file);
  const isElf = file.length > 64 && view.getUint32(0) === 0x7f454c46 && view.getUint16(4) === 0x0201;
  const cpu = isElf ? MACHINES[view.getUint16(18, true)] : undefined;
  if (cpu === undefined) return undefined;
  const interpreter = readSegments(view).find(({ type }) => type === SEGMENT.interpreter);
  if (interpreter === undefined) return undefined;
  return { cpu, entry: readWord(view, FILE_HEADER.entry), interpreter: readText(file, interpreter.offset) };
}

/**
 * Adds the code as a segment with a section of its own, and starts the program there.
 *
 * The table of program headers can only grow into the data that follows it. This is the path of the dynamic loader and
 * the notes, which are found through program headers and so can be elsewhere: they move behind the code.
 *
 * The word gets a section, too. Tools such as strip(1) copy sections, and would lose the word without one.
 *
 * @throws Error if the file is not laid out as expected.
 */
export function addCode(file: Uint8Array, code: AddedCode, word: ForgottenWord): Uint8Array {
  const view = viewOf(file);
  const segments = readSegments(view);
  const sections = readSections(file);
  const forgotten = findWord(view, sections, word);

  const tableAt = readWord(view, FILE_HEADER.programHeaders);
  const moved = findMovable(sections, tableAt + segments.length * PROGRAM_HEADER_BYTES);
  const loaded = segments.filter(({ type }) => type === SEGMENT.load);
  const alignment = Math.max(...loaded.map((segment) => segment.alignment));
  const end = Math.max(...loaded.map(({ address, sizeInMemory }) => address + sizeInMemory));

  // The table of sections is at the end. A new one is written behind the new segment.
  const oldTableAt = readWord(view, FILE_HEADER.sectionHeaders);
  if (oldTableAt + sections.length * SECTION_HEADER_BYTES !== file.length)
    throw new Error("the table of sections is not at the end of the file");
  const offset = roundUp(oldTableAt, PAGE_BYTES);
  // A segment's address and offset are the same modulo the alignment.
  const address = roundUp(end, alignment) + (offset % alignment);
  const bytes = code.bytes(address);
  const movedTo = offset + roundUp(bytes.length, CODE_ALIGNMENT);
  const segmentEnd = movedTo + moved.end - moved.start;

  const relocate = <Part extends Segment | Section>(part: Part): Part => {
    if (part.offset < moved.start || part.offset >= moved.end) return part;
    const offsetInFile = part.offset - moved.start + movedTo;
    return { ...part, offset: offsetInFile, address: address + offsetInFile - offset };
  };
  const isMovable = ({ type }: Segment) => type === SEGMENT.interpreter || type === SEGMENT.note;
  const newSegments = segments.map((segment) => {
    if (segment.type === SEGMENT.programHeaders) {
      const size = segment.size + PROGRAM_HEADER_BYTES;
      return { ...segment, size, sizeInMemory: size };
    }
    return isMovable(segment) ? relocate(segment) : segment;
  });
  newSegments.splice(newSegments.findLastIndex(({ type }) => type === SEGMENT.load) + 1, 0, {
    type: SEGMENT.load,
    flags: READ_AND_EXECUTE,
    offset,
    address,
    size: segmentEnd - offset,
    sizeInMemory: segmentEnd - offset,
    alignment,
  });
  const newSections: readonly Section[] = [
    ...sections.map(relocate),
    addedSection(code.sectionName, "executable", { offset, address, size: bytes.length }, CODE_ALIGNMENT),
    addedSection(word.sectionName, "writable", { ...forgotten, size: 8 }, 8),
  ];
  const names = encodeNames(newSections);
  const namesAt = segmentEnd;
  const sectionsAt = roundUp(namesAt + names.bytes.length, 8);

  const result = new Uint8Array(sectionsAt + newSections.length * SECTION_HEADER_BYTES);
  result.set(file.subarray(0, oldTableAt));
  result.fill(0, moved.start, moved.end);
  result.set(bytes, offset);
  result.set(file.subarray(moved.start, moved.end), movedTo);
  result.set(names.bytes, namesAt);
  const written = viewOf(result);
  const namesIndex = readCounts(view).namesIndex;
  for (const [index, segment] of newSegments.entries())
    writeSegment(written, tableAt + index * PROGRAM_HEADER_BYTES, segment);
  for (const [index, section] of newSections.entries()) {
    const place = index === namesIndex ? { ...section, offset: namesAt, size: names.bytes.length } : section;
    writeSection(written, sectionsAt + index * SECTION_HEADER_BYTES, place, names.offsets[index] ?? 0);
  }
  writeWord(written, FILE_HEADER.entry, address + code.entry);
  writeWord(written, FILE_HEADER.sectionHeaders, sectionsAt);
  written.setUint16(FILE_HEADER.counts + 2, newSegments.length, true);
  written.setUint16(FILE_HEADER.sectionCount, newSections.length, true);
  return result;
}

/** Returns the range of the file that must move, so that the table of program headers can have one more entry. */
function findMovable(sections: readonly Section[], tableEnd: number): { start: number; end: number } {
  const following = sections
    .filter(({ offset, flags }) => (flags & SECTION_FLAGS.allocated) !== 0 && offset >= tableEnd)
    .sort((a, b) => a.offset - b.offset);
  const next = following.find(({ name, type }) => name !== ".interp" && type !== SECTION.note);
  const start = following[0]?.offset;
  if (start === undefined || next === undefined || next.offset < tableEnd + PROGRAM_HEADER_BYTES)
    throw new Error("there is no room for another program header");
  return { start, end: next.offset };
}

/** Finds the word in the data that no section contains. */
function findWord(
  view: DataView,
  sections: readonly Section[],
  word: ForgottenWord,
): { offset: number; address: number } {
  const target = sections.find(({ name }) => name === word.pointsTo);
  const segment = readSegments(view).findLast(({ type }) => type === SEGMENT.load);
  if (target === undefined || segment === undefined) throw new Error(`the executable has no section ${word.pointsTo}`);
  const covered = sections.filter(
    ({ type, flags }) => type !== SECTION.withoutData && (flags & SECTION_FLAGS.allocated) !== 0,
  );
  const found: number[] = [];
  for (let offset = roundUp(segment.offset, 8); offset + 8 <= segment.offset + segment.size; offset += 8) {
    if (readWord(view, offset) !== target.address) continue;
    if (!covered.some((section) => section.offset <= offset && offset < section.offset + section.size))
      found.push(offset);
  }
  const [offset] = found;
  if (offset === undefined || found.length > 1)
    throw new Error(
      `expected one address of the section ${word.pointsTo} outside of all sections, found ${found.length}`,
    );
  return { offset, address: segment.address + offset - segment.offset };
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
  readonly sizeInMemory: number;
  readonly alignment: number;
}

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
}

function addedSection(
  name: string,
  access: "executable" | "writable",
  place: { readonly offset: number; readonly address: number; readonly size: number },
  alignment: number,
): Section {
  const flags = SECTION_FLAGS.allocated | SECTION_FLAGS[access];
  return { name, type: SECTION.programData, flags, ...place, link: 0, info: 0, alignment, entrySize: 0 };
}

function readCounts(view: DataView): { segments: number; sections: number; namesIndex: number } {
  return {
    segments: view.getUint16(FILE_HEADER.counts + 2, true),
    sections: view.getUint16(FILE_HEADER.sectionCount, true),
    namesIndex: view.getUint16(FILE_HEADER.sectionCount + 2, true),
  };
}

function readSegments(view: DataView): Segment[] {
  const table = readWord(view, FILE_HEADER.programHeaders);
  return Array.from({ length: readCounts(view).segments }, (_, index) => {
    const at = table + index * PROGRAM_HEADER_BYTES;
    return {
      type: view.getUint32(at, true),
      flags: view.getUint32(at + 4, true),
      offset: readWord(view, at + 8),
      address: readWord(view, at + 16),
      size: readWord(view, at + 32),
      sizeInMemory: readWord(view, at + 40),
      alignment: readWord(view, at + 48),
    };
  });
}

function writeSegment(view: DataView, at: number, segment: Segment): void {
  view.setUint32(at, segment.type, true);
  view.setUint32(at + 4, segment.flags, true);
  writeWord(view, at + 8, segment.offset);
  writeWord(view, at + 16, segment.address);
  writeWord(view, at + 24, segment.address);
  writeWord(view, at + 32, segment.size);
  writeWord(view, at + 40, segment.sizeInMemory);
  writeWord(view, at + 48, segment.alignment);
}

function readSections(file: Uint8Array): Section[] {
  const view = viewOf(file);
  const table = readWord(view, FILE_HEADER.sectionHeaders);
  const { sections, namesIndex } = readCounts(view);
  const names = readWord(view, table + namesIndex * SECTION_HEADER_BYTES + 24);
  return Array.from({ length: sections }, (_, index) => {
    const at = table + index * SECTION_HEADER_BYTES;
    return {
      name: readText(file, names + view.getUint32(at, true)),
      type: view.getUint32(at + 4, true),
      flags: readWord(view, at + 8),
      address: readWord(view, at + 16),
      offset: readWord(view, at + 24),
      size: readWord(view, at + 32),
      link: view.getUint32(at + 40, true),
      info: view.getUint32(at + 44, true),
      alignment: readWord(view, at + 48),
      entrySize: readWord(view, at + 56),
    };
  });
}

function writeSection(view: DataView, at: number, section: Section, nameOffset: number): void {
  view.setUint32(at, nameOffset, true);
  view.setUint32(at + 4, section.type, true);
  writeWord(view, at + 8, section.flags);
  writeWord(view, at + 16, section.address);
  writeWord(view, at + 24, section.offset);
  writeWord(view, at + 32, section.size);
  view.setUint32(at + 40, section.link, true);
  view.setUint32(at + 44, section.info, true);
  writeWord(view, at + 48, section.alignment);
  writeWord(view, at + 56, section.entrySize);
}

/** Makes the table of the sections' names, and the offset of each name in it. */
function encodeNames(sections: readonly Section[]): { bytes: Uint8Array; offsets: readonly number[] } {
  let text = "";
  const offsets = sections.map(({ name }) => {
    text += `${name}\0`;
    return text.length - name.length - 1;
  });
  return { bytes: new TextEncoder().encode(text), offsets };
}

function readText(file: Uint8Array, offset: number): string {
  return new TextDecoder().decode(file.subarray(offset, file.indexOf(0, offset)));
}

function readWord(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function writeWord(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true);
}
