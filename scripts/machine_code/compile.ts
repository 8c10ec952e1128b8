/** Compiles the C sources whose machine code is checked in. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** As in Node's `process.arch`. */
export type Cpu = "x64" | "arm64";

export const CPUS: readonly Cpu[] = ["x64", "arm64"];

/** Another version makes other code. These are the versions of Debian 12. */
export const COMPILER = { gcc: "12.2.0", binutils: "2.40" } as const;

/** The Debian package and the prefix of the programs. */
export const TOOLS: Readonly<Record<Cpu, { readonly packages: string; readonly prefix: string }>> = {
  x64: { packages: "gcc-12", prefix: "x86_64-linux-gnu-" },
  arm64: { packages: "gcc-12-aarch64-linux-gnu linux-libc-dev-arm64-cross", prefix: "aarch64-linux-gnu-" },
};

export interface Program {
  readonly folder: string;
  /** The C source, and other files that it needs. */
  readonly sources: readonly [string, ...string[]];
  readonly options: readonly string[];
  readonly optionsOf?: Readonly<Record<Cpu, readonly string[]>>;
  /** The section that is used; undefined if the whole file is. */
  readonly section?: string;
}

/** Options for code that needs no library, and runs on every CPU of the architecture. */
const COMMON_OPTIONS = [
  ...["-std=c11", "-Os", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fvisibility=hidden", "-nostdlib"],
  ...["-mgeneral-regs-only", "-fno-stack-protector", "-fno-stack-clash-protection", "-fno-jump-tables"],
  ...["-fno-asynchronous-unwind-tables", "-Wl,--build-id=none"],
];
const COMMON_OPTIONS_OF: Readonly<Record<Cpu, readonly string[]>> = {
  x64: ["-fcf-protection=none"],
  arm64: ["-mbranch-protection=none"],
};

/** scripts/prologue/prologue.c: code and constants that work at any address, without relocations. */
export const PROLOGUE: Program = {
  folder: "scripts/prologue",
  sources: ["prologue.c", "machine.h", "layout.ld"],
  options: ["-fpie", "-static", "-Wl,-T,layout.ld"],
  // With the tiny code model, addresses are relative to the instruction, not to its page.
  optionsOf: { x64: [], arm64: ["-mcmodel=tiny"] },
  section: ".code",
};

/** src/runtime/native/addon.c: a shared object. */
export const ADDON: Program = {
  folder: "src/runtime/native",
  sources: ["addon.c"],
  options: ["-fpic", "-shared", "-fno-plt", "-s", "-Wl,--hash-style=sysv,-z,noseparate-code,-z,norelro"],
};

/** Whether the compiler for the CPU is installed in the right version. */
export function hasCompiler(cpu: Cpu): boolean {
  const { prefix } = TOOLS[cpu];
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
export function compile(program: Program, cpu: Cpu): Uint8Array {
  const { prefix } = TOOLS[cpu];
  const cwd = join(ROOT, program.folder);
  const output = mkdtempSync(join(tmpdir(), "rolecall-machine-code-"));
  try {
    const [linked, section] = [join(output, "linked"), join(output, "section")];
    const options = [
      ...COMMON_OPTIONS,
      ...COMMON_OPTIONS_OF[cpu],
      ...program.options,
      ...(program.optionsOf?.[cpu] ?? []),
    ];
    run(cwd, `${prefix}gcc-12`, [...options, "-o", linked, program.sources[0]]);
    if (program.section === undefined) return new Uint8Array(readFileSync(linked));
    run(cwd, `${prefix}objcopy`, ["-O", "binary", "-j", program.section, linked, section]);
    return new Uint8Array(readFileSync(section));
  } finally {
    rmSync(output, { recursive: true });
  }
}

function run(cwd: string, program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

/** The SHA-256 hash of the sources, so that a change that was not compiled is noticed without the compiler. */
export function hashOfSources({ folder, sources }: Program): string {
  const hash = createHash("sha256");
  for (const name of sources) hash.update(readFileSync(join(ROOT, folder, name)));
  return hash.digest("hex");
}
