/** Rewrites the files that contain machine code. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ADDON, COMPILER, CPUS, compile, hasCompiler, hashOfSources, PROLOGUE, TOOLS } from "./machine_code/compile.ts";

const BYTES_PER_LINE = 32;

const missing = CPUS.filter((cpu) => !hasCompiler(cpu)).map((cpu) => TOOLS[cpu].packages);
if (missing.length > 0) {
  console.error(
    `GCC ${COMPILER.gcc} and binutils ${COMPILER.binutils} are needed: on Debian 12, install ${missing.join(" ")}`,
  );
  process.exit(1);
}

for (const program of [PROLOGUE, ADDON]) {
  const codes = CPUS.map((cpu) => {
    const digits = compile(program, cpu).toHex();
    const lines = digits.match(new RegExp(`.{1,${2 * BYTES_PER_LINE}}`, "g")) ?? [];
    return `  ${cpu}: \`\n${lines.map((line) => `    ${line}\n`).join("")}  \`,\n`;
  });
  writeFileSync(
    fileURLToPath(new URL(`../${program.folder}/machine_code.ts`, import.meta.url)),
    `/**
 * The machine code of ${program.sources[0]}, in hexadecimal. ./scripts/compile-machine-code generates this file.
 *
 * Compiler: GCC ${COMPILER.gcc} with GNU binutils ${COMPILER.binutils}, as in Debian 12
 * (${CPUS.map((cpu) => TOOLS[cpu].packages).join(" ")}).
 */

/** The SHA-256 hash of ${program.sources.join(", ")}. */
export const SOURCE_HASH = "${hashOfSources(program)}";

/** By the CPU, as in Node's \`process.arch\`. */
export const MACHINE_CODE: Readonly<Record<"x64" | "arm64", string>> = {
${codes.join("")}};
`,
  );
}
