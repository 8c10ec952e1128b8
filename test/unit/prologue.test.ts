/** The hand-assembled prologue: the bytes of the listing are disassembled and compared with its instructions. */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X86_64 } from "../../scripts/prologue/x86_64.ts";
import { assemble, type Listing } from "../../src/runtime/native/listing.ts";

const OBJDUMP = Bun.which("objdump");
const CAN_DISASSEMBLE = OBJDUMP !== null && Bun.spawnSync([OBJDUMP, "--info"]).stdout.toString().includes("x86-64");

interface ListedInstruction {
  readonly label: string | undefined;
  readonly instruction: string;
}

/** Returns the listing's instructions, without their bytes. */
function listedInstructions({ code }: Listing): ListedInstruction[] {
  return code.split("\n").flatMap((line) => {
    const match = /^\s*(?:(\w+):\s+)?(?:(?:[0-9a-f]{2}|[.>]\w+) )+\s*([^;]*)/.exec(line);
    return match === null ? [] : [{ label: match[1], instruction: (match[2] ?? "").trim() }];
  });
}

interface DisassembledInstruction {
  readonly address: number;
  readonly instruction: string;
}

/** Disassembles the bytes, including the data. */
function disassemble(bytes: Uint8Array): DisassembledInstruction[] {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-prologue-"));
  const file = join(folder, "code");
  writeFileSync(file, bytes);
  const options = ["-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "--no-show-raw-insn"];
  const { stdout } = Bun.spawnSync([OBJDUMP ?? "", ...options, file]);
  rmSync(folder, { recursive: true });
  return [...stdout.toString().matchAll(/^\s*([0-9a-f]+):\s+(.*)$/gm)].map(([, address = "", instruction = ""]) => ({
    address: Number.parseInt(address, 16),
    instruction,
  }));
}

/** Normalizes an instruction: 32-bit numbers in decimal, no optional spaces. */
function normalize(instruction: string): string {
  return instruction
    .toLowerCase()
    .replace(/ ptr\b/g, "")
    .replace(/\s*,\s*/g, ",")
    .replace(/\s+/g, " ")
    .replace(/-?\b(?:0x[0-9a-f]+|\d+)\b/g, (number) =>
      String((number.startsWith("-") ? -Number(number.slice(1)) : Number(number)) >>> 0),
    )
    .trim();
}

describe.skipIf(!CAN_DISASSEMBLE)("the prologue for x86-64 (needs objdump)", () => {
  const code = assemble(X86_64, 0);
  const instructions = listedInstructions(X86_64);
  const disassembled = OBJDUMP === null ? [] : disassemble(code).slice(0, instructions.length);
  const labels = new Map<string, number>([["entry", 0]]);
  instructions.forEach(({ label }, index) => {
    if (label !== undefined) labels.set(label, disassembled[index]?.address ?? -1);
  });
  const textAt = (address: number) => {
    const rest = code.subarray(address);
    return new TextDecoder().decode(rest.subarray(0, rest.indexOf(0)));
  };

  test("has the bytes of its instructions", () => {
    expect(instructions.length).toBeGreaterThan(100);
    const expected = instructions.map(({ instruction }) => {
      // Jumps have a label as their target, and `lea` loads the address of a string.
      const [, jump, label = ""] = /^(j\w+) (\w+)$/.exec(instruction) ?? [];
      if (jump !== undefined) return `${jump} ${labels.get(label)}`;
      const [, register, text = ""] = /^lea (\w+), \[([a-z]+)\]$/.exec(instruction) ?? [];
      return register === undefined ? normalize(instruction) : `lea ${register} "${X86_64.data[text]?.[0]}"`;
    });
    const actual = disassembled.map(({ instruction }) => {
      const [, register, address = ""] = /^lea\s+(\w+),\[rip\+\w+\]\s+# 0x(\w+)$/.exec(instruction) ?? [];
      return register === undefined
        ? normalize(instruction)
        : `lea ${register} "${textAt(Number.parseInt(address, 16))}"`;
    });
    expect(actual).toEqual(expected);
  });

  test("restores the stack pointer", () => {
    const moved = instructions.map(({ instruction }) => {
      const [, sign, by] = /^(add|sub) rsp, (\d+)$/.exec(instruction) ?? [];
      if (sign !== undefined) return sign === "add" ? Number(by) : -Number(by);
      if (instruction.startsWith("push ")) return -8;
      return instruction.startsWith("pop ") ? 8 : 0;
    });
    expect(moved.reduce((sum, by) => sum + by, 0)).toBe(0);
  });
});
