/** The executable is a well-formed ELF file: binutils and gdb read it, and what they write still runs. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOOLS } from "../../scripts/machine_code/compile.ts";
import { readExecutable } from "../../scripts/prologue/elf.ts";
import { isInstalled } from "../support/machine.ts";
import { HAS_PROLOGUE, IS_EMULATED, makeHome, SUBJECT_ARGV } from "../support/subject.ts";

const [PROGRAM = ""] = SUBJECT_ARGV;
const CPU = HAS_PROLOGUE ? readExecutable(readFileSync(PROGRAM))?.cpu : undefined;

/** The tools of this machine handle only files for its own CPU. */
const PREFIX = CPU === undefined || CPU === process.arch ? "" : TOOLS[CPU].prefix;

// On disk: the copies are large.
const folder = mkdtempSync(join(tmpdir(), "rolecall-elf-"));
const home = makeHome({
  credentials: "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret/example\n",
  env: { AWS_EC2_METADATA_DISABLED: "true" },
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  home.remove();
});

describe.skipIf(!HAS_PROLOGUE)("the executable", () => {
  test.skipIf(!isInstalled("readelf"))(
    "has a segment and a section for the prologue, without a warning of readelf",
    async () => {
      const { stdout, stderr } = await home.runProgram(["readelf", "-lSW", PROGRAM]);
      expect(stderr).toBe("");
      const entry = Number(/Entry point (0x[\da-f]+)/.exec(stdout)?.[1]);
      const [, address, size] = /\.prologue +PROGBITS +([\da-f]+) [\da-f]+ ([\da-f]+) 00 +AX/.exec(stdout) ?? [];
      const start = Number.parseInt(address ?? "", 16);
      expect(entry).toBeGreaterThan(start);
      expect(entry).toBeLessThan(start + Number.parseInt(size ?? "", 16));
      // Every note is still there, and the segment of the prologue is one of its own.
      expect(stdout.match(/^ +NOTE /gm)?.length).toBe(1);
      expect(stdout.match(/^ +LOAD /gm)?.length).toBe(4);
      expect(stdout).toMatch(/^ +\d+ +\.interp .*\.note\.gnu\.build-id \.prologue/m);
    },
  );

  test.skipIf(!isInstalled(`${PREFIX}objdump`))("is disassembled by objdump", async () => {
    const { stdout, stderr, exitCode } = await home.runProgram([`${PREFIX}objdump`, "-h", PROGRAM]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(stdout).toContain(".prologue");
  });

  test.skipIf(!isInstalled("gdb") || IS_EMULATED)("stops at a breakpoint of gdb at the entry point", async () => {
    const { stdout } = await home.runProgram(["readelf", "-hW", PROGRAM]);
    const entry = Number(/Entry point address: +(0x[\da-f]+)/.exec(stdout)?.[1]);
    const commands = [`break *${entry}`, "run --version", "continue"].flatMap((command) => ["-ex", command]);
    const debugged = await home.runProgram(["gdb", "-nx", "-batch", ...commands, PROGRAM]);
    expect(debugged.stderr).not.toContain("section");
    expect(debugged.stdout).toContain(`Breakpoint 1, 0x${entry.toString(16).padStart(16, "0")} in ?? ()\n`);
    expect(debugged.stdout).toContain("\nrolecall ");
  });

  const WRITERS: readonly (readonly [name: string, argv: (to: string) => readonly string[]])[] = [
    ["strip --strip-debug", (to) => [`${PREFIX}strip`, "--strip-debug", "-o", to, PROGRAM]],
    ["strip", (to) => [`${PREFIX}strip`, "-o", to, PROGRAM]],
    ["objcopy", (to) => [`${PREFIX}objcopy`, PROGRAM, to]],
    ["eu-strip", (to) => ["eu-strip", "-o", to, PROGRAM]],
  ];
  for (const [name, argv] of WRITERS) {
    const [program = ""] = argv("");
    test.skipIf(!isInstalled(program))(`runs after ${name}`, async () => {
      const copy = join(folder, name.replaceAll(" ", ""));
      const written = await home.runProgram(argv(copy));
      expect([written.exitCode, written.stderr]).toEqual([0, ""]);
      const outcome = await home.runProgram([copy, "exec", "--", "sh", "-c", 'echo "$AWS_ACCESS_KEY_ID"']);
      expect([outcome.exitCode, outcome.stdout, outcome.stderr]).toEqual([0, "AKIAEXAMPLE\n", ""]);
      rmSync(copy);
    });
  }
});
