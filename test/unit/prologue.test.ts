/** The compiled prologue: its machine code is that of its source, and agrees with what reads its record. */
import { describe, expect, test } from "bun:test";
import { compile, hasCompiler, hashOfSources, TOOLS } from "../../scripts/prologue/compile.ts";
import type { Machine } from "../../scripts/prologue/elf.ts";
import { MACHINE_CODE, SOURCE_HASH } from "../../scripts/prologue/machine_code.ts";
import { RECORD_NAME, RECORDED_FILES } from "../../src/runtime/inherited/prologue_record.ts";

test("the machine code was compiled after the last change of the source", () => {
  expect(SOURCE_HASH).toBe(hashOfSources());
});

const MACHINES: readonly Machine[] = ["x86-64", "aarch64"];

for (const machine of MACHINES) {
  const code = Buffer.from(MACHINE_CODE[machine].replace(/\s/g, ""), "hex");

  describe(`the prologue for ${machine}`, () => {
    test.skipIf(!hasCompiler(machine))(`is what the compiler makes of its source (${TOOLS[machine].packages})`, () => {
      expect(code.equals(compile(machine))).toBe(true);
    });

    test("writes the record that rolecall reads", () => {
      const text = code.toString("latin1");
      expect(text).toContain(`\0${RECORD_NAME}\0`);
      expect(text).toContain(RECORDED_FILES.map((file) => `${file}\0`).join(""));
    });
  });
}
