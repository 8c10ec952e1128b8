/** Compiles prologue.c for each machine: the machine code that machine_code.ts contains. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Machine } from "./elf.ts";

/** Another version makes other code. These are the versions of Debian 12. */
export const COMPILER = { gcc: "12.2.0", binutils: "2.40" } as const;

/** The Debian package and the prefix of the programs. */
export const TOOLS: Readonly<Record<Machine, { readonly packages: string; readonly prefix: string }>> = {
  "x86-64": { packages: "gcc-12", prefix: "x86_64-linux-gnu-" },
  aarch64: { packages: "gcc-12-aarch64-linux-gnu linux-libc-dev-arm64-cross", prefix: "aarch64-linux-gnu-" },
};

const SOURCES = ["prologue.c", "machine.h", "layout.ld"] as const;

const OPTIONS = [
  ...["-std=c11", "-Os", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fpie", "-fvisibility=hidden"],
  // Only instructions of every CPU of the architecture, and nothing that needs a library or variables.
  ...["-mgeneral-regs-only", "-fno-stack-protector", "-fno-stack-clash-protection", "-fno-jump-tables"],
  ...["-fno-asynchronous-unwind-tables", "-nostdlib", "-static", "-Wl,--build-id=none,-T,layout.ld"],
];

const MACHINE_OPTIONS: Readonly<Record<Machine, readonly string[]>> = {
  "x86-64": ["-fcf-protection=none"],
  // With the tiny code model, addresses are relative to the instruction, not to its page.
  aarch64: ["-mbranch-protection=none", "-mcmodel=tiny"],
};

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** Whether the compiler for the machine is installed in the right version. */
export function hasCompiler(machine: Machine): boolean {
  const { prefix } = TOOLS[machine];
  const gcc = spawnSync(`${prefix}gcc-12`, ["-dumpfullversion"], { encoding: "utf8" });
  const as = spawnSync(`${prefix}as`, ["--version"], { encoding: "utf8" });
  return (
    gcc.status === 0 &&
    as.status === 0 &&
    gcc.stdout.trim() === COMPILER.gcc &&
    / (\d+\.\d+)/.exec(as.stdout)?.[1] === COMPILER.binutils
  );
}

/** @throws Error with the compiler's messages. */
export function compile(machine: Machine): Uint8Array {
  const { prefix } = TOOLS[machine];
  const folder = mkdtempSync(join(tmpdir(), "rolecall-prologue-"));
  try {
    const [linked, code] = [join(folder, "linked"), join(folder, "code")];
    run(`${prefix}gcc-12`, [...OPTIONS, ...MACHINE_OPTIONS[machine], "-o", linked, "prologue.c"]);
    run(`${prefix}objcopy`, ["-O", "binary", "-j", ".code", linked, code]);
    return new Uint8Array(readFileSync(code));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd: FOLDER, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

/** The SHA-256 hash of the sources, so that a change that was not compiled is noticed without the compiler. */
export function hashOfSources(): string {
  const hash = createHash("sha256");
  for (const name of SOURCES) hash.update(readFileSync(join(FOLDER, name)));
  return hash.digest("hex");
}
