/** Ad-hoc signatures of macOS executables, on a small file of the same structure. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { signAdHoc, verifySignature } from "../../../scripts/releasing/mach_o.ts";

/** The start of the signature: two pages and a part of a third. */
const CODE_BYTES = 2 * 4096 + 1600;
/** The positions of the load commands: __TEXT, __LINKEDIT, the signature. */
const TEXT = 32;
const LINK_EDIT = TEXT + 72;
const SIGNATURE = LINK_EDIT + 72;

/** An executable whose code was changed after it was signed. */
function unsignedExecutable(): Uint8Array {
  const file = new Uint8Array(CODE_BYTES + 64);
  const view = new DataView(file.buffer);
  const segment = (command: number, name: string, fileOffset: number, fileSize: number) => {
    view.setUint32(command, 0x19, true);
    view.setUint32(command + 4, 72, true);
    file.set(new TextEncoder().encode(name), command + 8);
    for (const [field, value] of [
      [32, 0x4000],
      [40, fileOffset],
      [48, fileSize],
    ] as const) {
      view.setBigUint64(command + field, BigInt(value), true);
    }
  };
  view.setUint32(0, 0xfeedfacf, true);
  view.setUint32(16, 3, true);
  segment(TEXT, "__TEXT", 0, 4096);
  segment(LINK_EDIT, "__LINKEDIT", 8192, CODE_BYTES + 64 - 8192);
  [0x1d, 16, CODE_BYTES, 64].forEach((value, index) => {
    view.setUint32(SIGNATURE + index * 4, value, true);
  });
  for (let index = SIGNATURE + 16; index < CODE_BYTES; index++) file[index] = index % 251;
  return file;
}

/** The file with the byte at an offset changed. */
function changed(file: Uint8Array, offset: number): Uint8Array {
  const copy = file.slice();
  copy[offset] = (copy[offset] ?? 0) ^ 1;
  return copy;
}

const SIGNED = signAdHoc(unsignedExecutable(), "rolecall");
/** Where the code directory begins. */
const DIRECTORY = CODE_BYTES + 20;

describe("signAdHoc", () => {
  test("keeps the code, apart from the sizes in the load commands", () => {
    const original = unsignedExecutable();
    const differences = [...original.subarray(0, CODE_BYTES).keys()].filter(
      (index) => original[index] !== SIGNED[index],
    );
    const sizes = [SIGNATURE + 12, SIGNATURE + 13, LINK_EDIT + 48, LINK_EDIT + 49];
    expect(differences.filter((index) => !sizes.includes(index))).toEqual([]);
    expect(differences).toContain(SIGNATURE + 12);
  });

  test("writes the hash of each page, and that of the rest", () => {
    const hashes = DIRECTORY + new DataView(SIGNED.buffer).getUint32(DIRECTORY + 16);
    for (const [page, end] of [4096, 8192, CODE_BYTES].entries()) {
      const hash = createHash("sha256").update(SIGNED.subarray(page * 4096, end));
      expect(Buffer.from(SIGNED.subarray(hashes + page * 32, hashes + (page + 1) * 32)).toString("hex")).toBe(
        hash.digest("hex"),
      );
    }
    expect(SIGNED.length % 16).toBe(0);
  });

  test("gives the same bytes for a file that is signed already", () => {
    expect(signAdHoc(SIGNED, "rolecall")).toEqual(SIGNED);
  });

  test.each([
    ["another format", new Uint8Array(100), "this is not a 64-bit Mach-O file"],
    ["an empty file", new Uint8Array(), "this is not a 64-bit Mach-O file"],
    ["no room for a signature", changed(unsignedExecutable(), SIGNATURE), "the file has no signature"],
    ["data after the signature", new Uint8Array([...SIGNED, 0]), "the signature is not the last part of the file"],
  ])("rejects %s", (_, file, message) => {
    expect(() => signAdHoc(file, "rolecall")).toThrow(message);
  });
});

describe("verifySignature", () => {
  test("accepts what signAdHoc wrote", () => {
    expect(verifySignature(SIGNED)).toEqual({ identifier: "rolecall", isAdHoc: true, pages: 3 });
  });

  test.each([
    ["an unsigned file", unsignedExecutable(), "the signature has another format"],
    [
      "a changed load command",
      changed(SIGNED, LINK_EDIT + 72 - 4),
      "1 pages have another hash, the first of them page 0",
    ],
    ["a changed first page", changed(SIGNED, 4095), "1 pages have another hash, the first of them page 0"],
    ["a changed second page", changed(SIGNED, 4096), "1 pages have another hash, the first of them page 1"],
    ["a changed last page", changed(SIGNED, CODE_BYTES - 1), "1 pages have another hash, the first of them page 2"],
    ["a changed hash", changed(SIGNED, DIRECTORY + 88 + 9), "1 pages have another hash, the first of them page 0"],
    ["another code limit", changed(SIGNED, DIRECTORY + 35), "the code directory does not cover all code"],
    ["another number of hashes", changed(SIGNED, DIRECTORY + 31), "the number of hashes is not that of the pages"],
    ["another kind of hash", changed(SIGNED, DIRECTORY + 37), "the hashes are not SHA-256"],
    ["another executable segment", changed(SIGNED, DIRECTORY + 79), "the executable segment is not __TEXT"],
    ["no code directory", changed(SIGNED, DIRECTORY), "the signature has no code directory"],
    ["a cut file", SIGNED.slice(0, -1), "the signature is not the last part of the file"],
    ["data after the signature", new Uint8Array([...SIGNED, 0]), "the signature is not the last part of the file"],
    ["a __LINKEDIT of another size", changed(SIGNED, LINK_EDIT + 49), "__LINKEDIT does not end with the file"],
  ])("rejects %s", (_, file, message) => {
    expect(() => verifySignature(file)).toThrow(message);
  });

  test("shows a signature that is not ad hoc", () => {
    const other = SIGNED.slice();
    other[DIRECTORY + 15] = 0;
    expect(verifySignature(other).isAdHoc).toBe(false);
  });
});
