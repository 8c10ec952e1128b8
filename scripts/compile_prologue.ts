/** Rewrites scripts/prologue/machine_code.ts. */
import { writeFileSync } from "node:fs";
import { COMPILER, compile, hasCompiler, hashOfSources, TOOLS } from "./prologue/compile.ts";
import type { Machine } from "./prologue/elf.ts";

const MACHINES: readonly Machine[] = ["x86-64", "aarch64"];
const BYTES_PER_LINE = 32;

const missing = MACHINES.filter((machine) => !hasCompiler(machine)).map((machine) => TOOLS[machine].packages);
if (missing.length > 0) {
  console.error(
    `GCC ${COMPILER.gcc} and binutils ${COMPILER.binutils} are needed: on Debian 12, install ${missing.join(" ")}`,
  );
  process.exit(1);
}

const codes = MACHINES.map((machine) => {
  const lines = compile(machine)
    .toHex()
    .match(new RegExp(`.{1,${2 * BYTES_PER_LINE}}`, "g"));
  return `  ${/^\w+$/.test(machine) ? machine : JSON.stringify(machine)}: \`\n${lines?.map((line) => `    ${line}\n`).join("")}  \`,\n`;
});

writeFileSync(
  new URL("prologue/machine_code.ts", import.meta.url),
  `/**
 * The machine code of prologue.c, in hexadecimal. ./scripts/compile-prologue generates this file.
 *
 * Compiler: GCC ${COMPILER.gcc} with GNU binutils ${COMPILER.binutils}, as in Debian 12
 * (${MACHINES.map((machine) => TOOLS[machine].packages).join(" ")}).
 */
import type { Machine } from "./elf.ts";

/** The SHA-256 hash of prologue.c, machine.h and layout.ld. */
export const SOURCE_HASH = "${hashOfSources()}";

export const MACHINE_CODE: Readonly<Record<Machine, string>> = {
${codes.join("")}};
`,
);
