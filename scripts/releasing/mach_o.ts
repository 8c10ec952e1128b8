/**
 * Ad-hoc signatures of macOS executables: they have a hash of each page, and no certificate. macOS on arm64 starts no
 * executable without one. Bun appends the program to its own executable, and leaves the old signature in the x64 file.
 *
 * The formats are those of Apple's headers mach-o/loader.h (little-endian) and kern/cs_blobs.h (big-endian).
 */
import { createHash } from "node:crypto";
import { roundUp, viewOf } from "../binary.ts";

const MACH_O_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;

const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const CODE_DIRECTORY_SLOT = 0;
/** The version of the code directory that has the fields of the executable segment. */
const WITH_EXECUTABLE_SEGMENT = 0x20400;
const CODE_DIRECTORY_BYTES = 88;
const AD_HOC = 0x2;
/** As linkers set it: the signature has neither requirements nor a place for a certificate. */
const LINKER_SIGNED = 0x20000;
const SHA256 = 2;
const SHA256_BYTES = 32;
const PAGE_BITS = 12;
const MAIN_BINARY = 1n;

/** An embedded signature with one blob: magic, length, count; then type and offset of the blob. */
const SUPER_BLOB_BYTES = 20;
/** The alignment of the signature, and the unit of its size. */
const ALIGNMENT = 16;
/** The largest page of the systems that load the file: that of arm64. */
const MEMORY_PAGE_BYTES = 0x4000;

/**
 * Replaces the signature of the executable with a new one.
 *
 * @param file a 64-bit Mach-O file whose last part is its signature.
 * @throws Error if the file is anything else.
 */
export function signAdHoc(file: Uint8Array, identifier: string): Uint8Array {
  const { signature, linkEdit, text } = layoutOf(file);
  const codeLimit = signature.offset;
  if (codeLimit + signature.size !== file.length) throw new Error("the signature is not the last part of the file");
  if (codeLimit % ALIGNMENT !== 0) throw new Error("the signature is not aligned");

  const name = new TextEncoder().encode(`${identifier}\0`);
  const directoryBytes = CODE_DIRECTORY_BYTES + name.length + Math.ceil(codeLimit / 2 ** PAGE_BITS) * SHA256_BYTES;
  const size = roundUp(SUPER_BLOB_BYTES + directoryBytes, ALIGNMENT);
  const signed = new Uint8Array(codeLimit + size);
  signed.set(file.subarray(0, codeLimit));

  // The load commands are hashed, so they change first.
  const view = viewOf(signed);
  view.setUint32(signature.command + 12, size, true);
  const linkEditBytes = codeLimit + size - linkEdit.fileOffset;
  view.setBigUint64(linkEdit.command + 32, BigInt(roundUp(linkEditBytes, MEMORY_PAGE_BYTES)), true);
  view.setBigUint64(linkEdit.command + 48, BigInt(linkEditBytes), true);

  const hashes = pageHashes(signed.subarray(0, codeLimit), PAGE_BITS);
  signed.set(superBlob(codeDirectory({ name, codeLimit, text, hashes })), codeLimit);
  return signed;
}

export interface VerifiedSignature {
  readonly identifier: string;
  readonly isAdHoc: boolean;
  /** The number of pages, each with a hash. */
  readonly pages: number;
}

/**
 * Verifies an ad-hoc signature: that it covers the whole file, and each page's hash.
 *
 * @throws Error that says what is wrong.
 */
export function verifySignature(file: Uint8Array): VerifiedSignature {
  const { signature, linkEdit, text } = layoutOf(file);
  const check = (isTrue: boolean, problem: string) => {
    if (!isTrue) throw new Error(problem);
  };
  check(signature.offset + signature.size === file.length, "the signature is not the last part of the file");
  check(linkEdit.fileOffset + linkEdit.fileSize === file.length, "__LINKEDIT does not end with the file");
  check(linkEdit.memorySize >= linkEdit.fileSize, "__LINKEDIT is larger in the file than in memory");

  const directory = findCodeDirectory(file.subarray(signature.offset));
  const view = viewOf(directory);
  check(view.getUint32(8) >= WITH_EXECUTABLE_SEGMENT, "the code directory is too old");
  check(view.getUint32(32) === signature.offset, "the code directory does not cover all code");
  check(view.getUint8(36) === SHA256_BYTES && view.getUint8(37) === SHA256, "the hashes are not SHA-256");
  check(
    view.getBigUint64(64) === BigInt(text.fileOffset) && view.getBigUint64(72) === BigInt(text.fileSize),
    "the executable segment is not __TEXT",
  );

  const hashes = pageHashes(file.subarray(0, signature.offset), view.getUint8(39));
  check(view.getUint32(28) === hashes.length, "the number of hashes is not that of the pages");
  const hashOffset = view.getUint32(16);
  check(hashOffset + hashes.length * SHA256_BYTES <= directory.length, "the code directory has too few hashes");
  const wrong = hashes.flatMap((hash, page) => {
    const recorded = directory.subarray(hashOffset + page * SHA256_BYTES, hashOffset + (page + 1) * SHA256_BYTES);
    return hash.equals(recorded) ? [] : [page];
  });
  check(wrong.length === 0, `${wrong.length} pages have another hash, the first of them page ${wrong[0]}`);

  const name = directory.subarray(view.getUint32(20));
  return {
    identifier: new TextDecoder().decode(name.subarray(0, name.indexOf(0))),
    isAdHoc: (view.getUint32(12) & AD_HOC) !== 0,
    pages: hashes.length,
  };
}

interface Segment {
  /** The position of its load command. */
  readonly command: number;
  readonly memorySize: number;
  readonly fileOffset: number;
  readonly fileSize: number;
}

interface Layout {
  readonly signature: { readonly command: number; readonly offset: number; readonly size: number };
  readonly linkEdit: Segment;
  readonly text: Segment;
}

function layoutOf(file: Uint8Array): Layout {
  const view = viewOf(file);
  if (file.length < HEADER_BYTES || view.getUint32(0, true) !== MACH_O_64) {
    throw new Error("this is not a 64-bit Mach-O file");
  }
  const segments = new Map<string, Segment>();
  let signature: Layout["signature"] | undefined;
  let command = HEADER_BYTES;
  for (let count = view.getUint32(16, true); count > 0; count--) {
    const kind = view.getUint32(command, true);
    if (kind === LC_SEGMENT_64) segments.set(segmentName(file, command), readSegment(view, command));
    if (kind === LC_CODE_SIGNATURE) {
      signature = { command, offset: view.getUint32(command + 8, true), size: view.getUint32(command + 12, true) };
    }
    command += view.getUint32(command + 4, true);
  }
  const linkEdit = segments.get("__LINKEDIT");
  const text = segments.get("__TEXT");
  if (signature === undefined || linkEdit === undefined || text === undefined) {
    throw new Error("the file has no signature, no __LINKEDIT or no __TEXT");
  }
  return { signature, linkEdit, text };
}

function segmentName(file: Uint8Array, command: number): string {
  return new TextDecoder().decode(file.subarray(command + 8, command + 24)).replace(/\0+$/, "");
}

function readSegment(view: DataView, command: number): Segment {
  const [memorySize = 0, fileOffset = 0, fileSize = 0] = [32, 40, 48].map((field) =>
    Number(view.getBigUint64(command + field, true)),
  );
  return { command, memorySize, fileOffset, fileSize };
}

function codeDirectory(contents: {
  /** The identifier, with the NUL that ends it. */
  readonly name: Uint8Array;
  readonly codeLimit: number;
  readonly text: Segment;
  readonly hashes: readonly Uint8Array[];
}): Uint8Array {
  const { name, codeLimit, text, hashes } = contents;
  const hashOffset = CODE_DIRECTORY_BYTES + name.length;
  const directory = new Uint8Array(hashOffset + hashes.length * SHA256_BYTES);
  const view = viewOf(directory);
  for (const [offset, value] of [
    [0, CODE_DIRECTORY],
    [4, directory.length],
    [8, WITH_EXECUTABLE_SEGMENT],
    [12, AD_HOC | LINKER_SIGNED],
    [16, hashOffset],
    [20, CODE_DIRECTORY_BYTES],
    [28, hashes.length],
    [32, codeLimit],
  ] as const) {
    view.setUint32(offset, value);
  }
  view.setUint8(36, SHA256_BYTES);
  view.setUint8(37, SHA256);
  view.setUint8(39, PAGE_BITS);
  view.setBigUint64(64, BigInt(text.fileOffset));
  view.setBigUint64(72, BigInt(text.fileSize));
  view.setBigUint64(80, MAIN_BINARY);
  directory.set(name, CODE_DIRECTORY_BYTES);
  hashes.forEach((hash, page) => {
    directory.set(hash, hashOffset + page * SHA256_BYTES);
  });
  return directory;
}

function superBlob(directory: Uint8Array): Uint8Array {
  const blob = new Uint8Array(SUPER_BLOB_BYTES + directory.length);
  const view = viewOf(blob);
  [EMBEDDED_SIGNATURE, blob.length, 1, CODE_DIRECTORY_SLOT, SUPER_BLOB_BYTES].forEach((value, index) => {
    view.setUint32(index * 4, value);
  });
  blob.set(directory, SUPER_BLOB_BYTES);
  return blob;
}

function findCodeDirectory(signature: Uint8Array): Uint8Array {
  const view = viewOf(signature);
  if (view.getUint32(0) !== EMBEDDED_SIGNATURE) throw new Error("the signature has another format");
  for (let index = 0; index < view.getUint32(8); index++) {
    const entry = 12 + index * 8;
    const start = view.getUint32(entry + 4);
    if (view.getUint32(entry) !== CODE_DIRECTORY_SLOT || view.getUint32(start) !== CODE_DIRECTORY) continue;
    const directory = signature.subarray(start, start + view.getUint32(start + 4));
    if (directory.length >= CODE_DIRECTORY_BYTES) return directory;
  }
  throw new Error("the signature has no code directory");
}

function pageHashes(code: Uint8Array, pageBits: number): Buffer[] {
  const bytes = 2 ** pageBits;
  return Array.from({ length: Math.ceil(code.length / bytes) }, (_, page) =>
    createHash("sha256")
      .update(code.subarray(page * bytes, (page + 1) * bytes))
      .digest(),
  );
}
