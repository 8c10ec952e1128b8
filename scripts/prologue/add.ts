/** Adds the prologue to a compiled program. */
import { readFileSync, writeFileSync } from "node:fs";
import { assemble } from "../../src/runtime/native/listing.ts";
import { readElf, withSegment } from "./elf.ts";
import { X86_64 } from "./x86_64.ts";

/** Adds the prologue to the file, if there is one for its platform; else says that there is none. */
export function addPrologue(file: string): void {
  const program = readFileSync(file);
  const executable = readElf(program);
  if (executable?.machine === "x86-64") {
    writeFileSync(file, withSegment(program, assemble(X86_64, executable.entry - executable.freeAddress)));
  } else {
    console.error("no prologue added: it exists only for Linux on x86-64");
  }
}
