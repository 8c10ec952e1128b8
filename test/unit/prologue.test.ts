/** The hand-assembled prologue: a disassembler reads the bytes as its listing says. */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assemble, type Listing } from "../../scripts/prologue/listing.ts";
import { X86_64 } from "../../scripts/prologue/x86_64.ts";

const OBJDUMP = Bun.which("objdump");
const KNOWS_X86_64 = OBJDUMP !== null && Bun.spawnSync([OBJDUMP, "--info"]).stdout.toString().includes("x86-64");

interface Written {
  readonly label: string | undefined;
  readonly instruction: string;
}

/** A listing's instructions, as they are written for people. */
function written({ code }: Listing): Written[] {
  return code.split("\n").flatMap((line) => {
    const match = /^\s*(?:(\w+):\s+)?(?:(?:[0-9a-f]{2}|[.>]\w+) )+\s*([^;]*)/.exec(line);
    return match === null ? [] : [{ label: match[1], instruction: (match[2] ?? "").trim() }];
  });
}

interface Read {
  readonly address: number;
  readonly instruction: string;
}

/** What the disassembler makes of the bytes, data and all. */
function disassembled(bytes: Uint8Array): Read[] {
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

/** One way to write an instruction: numbers of 32 bits in decimal, no spaces that say nothing. */
function plain(instruction: string): string {
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

describe.skipIf(!KNOWS_X86_64)("the prologue for x86-64 (needs objdump)", () => {
  const code = assemble(X86_64, 0);
  const instructions = written(X86_64);
  const read = OBJDUMP === null ? [] : disassembled(code).slice(0, instructions.length);
  const labels = new Map<string, number>([["entry", 0]]);
  instructions.forEach(({ label }, index) => {
    if (label !== undefined) labels.set(label, read[index]?.address ?? -1);
  });
  const textAt = (address: number) => {
    const rest = code.subarray(address);
    return new TextDecoder().decode(rest.subarray(0, rest.indexOf(0)));
  };

  test("is what its listing says, instruction by instruction", () => {
    expect(instructions.length).toBeGreaterThan(100);
    const asWritten = instructions.map(({ instruction }) => {
      // A jump goes to a label, and `lea` takes a text's address.
      const [, jump, label = ""] = /^(j\w+) (\w+)$/.exec(instruction) ?? [];
      if (jump !== undefined) return `${jump} ${labels.get(label)}`;
      const [, register, text = ""] = /^lea (\w+), \[([a-z]+)\]$/.exec(instruction) ?? [];
      return register === undefined ? plain(instruction) : `lea ${register} "${X86_64.data[text]?.[0]}"`;
    });
    const asRead = read.map(({ instruction }) => {
      const [, register, address = ""] = /^lea\s+(\w+),\[rip\+\w+\]\s+# 0x(\w+)$/.exec(instruction) ?? [];
      return register === undefined ? plain(instruction) : `lea ${register} "${textAt(Number.parseInt(address, 16))}"`;
    });
    expect(asRead).toEqual(asWritten);
  });

  test("leaves the stack as it found it", () => {
    const moved = instructions.map(({ instruction }) => {
      const [, sign, by] = /^(add|sub) rsp, (\d+)$/.exec(instruction) ?? [];
      if (sign !== undefined) return sign === "add" ? Number(by) : -Number(by);
      if (instruction.startsWith("push ")) return -8;
      return instruction.startsWith("pop ") ? 8 : 0;
    });
    expect(moved.reduce((sum, by) => sum + by, 0)).toBe(0);
  });
});
