/** Adds the compiled prologue (prologue.c) to a program that `bun build --compile` made for Linux. */
import { readFileSync, writeFileSync } from "node:fs";
import { addCode, type Executable, readExecutable } from "./elf.ts";
import { MACHINE_CODE } from "./machine_code.ts";

/** The machine code starts with `settings` of machine.h, two numbers of 8 bytes. The entry point follows. */
const SETTINGS_BYTES = 16;

/**
 * Bun adds its data as the section `.bun`, and keeps its address in the place that the section had before, which is in no
 * section any more.
 */
const BUN_ADDRESS = { sectionName: ".bun_address", pointsTo: ".bun" };

/**
 * Adds the prologue to the file, if there is one for its platform; else says that there is none.
 *
 * @throws Error if Bun lays out programs in another way than expected.
 */
export function addPrologue(file: string): void {
  const program = readFileSync(file);
  const executable = readExecutable(program);
  if (executable === undefined) {
    console.error("no prologue added: it exists only for Linux on x86-64 and arm64");
    return;
  }
  const code = {
    sectionName: ".prologue",
    entry: SETTINGS_BYTES,
    bytes: (address: number) => withSettings(executable, address),
  };
  writeFileSync(file, addCode(program, code, BUN_ADDRESS));
}

/** Returns the machine code with its settings, to be loaded at the address. */
function withSettings({ cpu, entry, interpreter }: Executable, address: number): Uint8Array {
  const code = Uint8Array.fromHex(MACHINE_CODE[cpu].replace(/\s/g, ""));
  const view = new DataView(code.buffer);
  view.setBigInt64(0, BigInt(entry - address), true);
  view.setBigInt64(8, interpreter.includes("musl") ? 0n : 1n, true);
  return code;
}
