/** Adds the prologue to a compiled program, if there is one for its platform: `bun scripts/prologue/add.ts FILE`. */
import { readFileSync, writeFileSync } from "node:fs";
import { assemble } from "../../src/runtime/native/listing.ts";
import { readElf, withSegment } from "./elf.ts";
import { X86_64 } from "./x86_64.ts";

const [file = ""] = process.argv.slice(2);
const program = readFileSync(file);
const executable = readElf(program);
if (executable?.machine === "x86-64") {
  writeFileSync(file, withSegment(program, assemble(X86_64, executable.entry - executable.freeAddress)));
} else {
  console.error("no prologue added: it exists only for Linux on x86-64");
}
