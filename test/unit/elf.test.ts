/** Executables that cannot get a prologue. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { addCode, readExecutable } from "../../scripts/prologue/elf.ts";

const CODE = { sectionName: ".prologue", entry: 0, bytes: () => new Uint8Array(16) };
const WORD = { sectionName: ".bun_address", pointsTo: ".bun" };

test("a file that is not an ELF executable has no prologue", () => {
  expect(readExecutable(new TextEncoder().encode("#!/bin/sh\n".repeat(20)))).toBeUndefined();
  expect(readExecutable(new Uint8Array(0))).toBeUndefined();
});

const IS_LINUX = process.platform === "linux";

test.skipIf(!IS_LINUX)("a program that Bun did not compile is refused", () => {
  const file = readFileSync("/bin/true");
  expect(readExecutable(file)?.interpreter).toStartWith("/");
  expect(() => addCode(file, CODE, WORD)).toThrow("the executable has no section .bun");
});

test.skipIf(!IS_LINUX)("a program whose data is laid out in another way is refused", () => {
  // In Bun itself, a section still contains the word.
  expect(() => addCode(readFileSync(process.execPath), CODE, WORD)).toThrow("outside of all sections, found 0");
});
