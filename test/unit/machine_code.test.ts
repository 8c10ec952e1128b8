/** The machine code that is checked in is that of its source. */
import { describe, expect, test } from "bun:test";
import {
  ADDON,
  CPUS,
  type Cpu,
  compile,
  hasCompiler,
  hashOfSources,
  PROLOGUE,
  type Program,
  TOOLS,
} from "../../scripts/machine_code/compile.ts";
import * as prologue from "../../scripts/prologue/machine_code.ts";
import { RECORD_NAME, RECORDED_FILES } from "../../src/runtime/inherited/prologue_record.ts";
import * as addon from "../../src/runtime/native/machine_code.ts";

interface GeneratedFile {
  readonly SOURCE_HASH: string;
  readonly MACHINE_CODE: Readonly<Record<Cpu, string>>;
}

const PROGRAMS: readonly (readonly [name: string, program: Program, generated: GeneratedFile])[] = [
  ["the prologue", PROLOGUE, prologue],
  ["the addon", ADDON, addon],
];

const toBytes = (digits: string) => Buffer.from(digits.replace(/\s/g, ""), "hex");

for (const [name, program, { MACHINE_CODE, SOURCE_HASH }] of PROGRAMS) {
  describe(`the machine code of ${name}`, () => {
    test("was compiled after the last change of the source", () => {
      expect(SOURCE_HASH).toBe(hashOfSources(program));
    });

    for (const cpu of CPUS) {
      test.skipIf(!hasCompiler(cpu))(`for ${cpu} is what the compiler makes (needs ${TOOLS[cpu].packages})`, () => {
        expect(toBytes(MACHINE_CODE[cpu]).equals(compile(program, cpu))).toBe(true);
      });
    }
  });
}

test.each([...CPUS])("the prologue for %s writes the record that rolecall reads", (cpu) => {
  const text = toBytes(prologue.MACHINE_CODE[cpu]).toString("latin1");
  expect(text).toContain(`\0${RECORD_NAME}\0`);
  expect(text).toContain(RECORDED_FILES.map((file) => `${file}\0`).join(""));
});
