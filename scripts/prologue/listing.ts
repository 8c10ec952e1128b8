/**
 * A listing of machine code, assembled by hand and laid out for people: label, bytes, instruction, remark. Only the
 * distances between labels are left to the program.
 */

export interface Listing {
  /**
   * A line an instruction. Among its bytes `.label` stands for the distance to the label in one byte, `>label` in four,
   * both counted from the end of the instruction.
   */
  readonly code: string;
  /** By label: texts, each ended by a NUL; they follow the code. */
  readonly data: Readonly<Record<string, readonly string[]>>;
}

/**
 * @param entry where the label `entry` is: a distance from the listing's first byte.
 * @returns the bytes of code and data.
 * @throws Error for a label that is not there, or one too far away for its one byte.
 */
export function assemble(listing: Listing, entry: number): Uint8Array {
  const instructions = listing.code.split("\n").flatMap(readLine);
  const labels = new Map<string, number>([["entry", entry]]);
  let size = 0;
  for (const { label, parts } of instructions) {
    if (label !== undefined) labels.set(label, size);
    size += parts.reduce((sum, part) => sum + part.size, 0);
  }
  const texts: string[] = [];
  for (const [label, strings] of Object.entries(listing.data)) {
    labels.set(label, size + new TextEncoder().encode(texts.join("")).length);
    texts.push(...strings.map((text) => `${text}\0`));
  }
  const code: number[] = [];
  for (const { parts } of instructions) {
    const end = code.length + parts.reduce((sum, part) => sum + part.size, 0);
    for (const part of parts) code.push(...bytesOf(part, end, labels));
  }
  return Uint8Array.from([...code, ...new TextEncoder().encode(texts.join(""))]);
}

interface Part {
  readonly size: 1 | 4;
  readonly byte?: number;
  readonly target?: string;
}

interface Instruction {
  readonly label: string | undefined;
  readonly parts: readonly Part[];
}

function readLine(line: string): Instruction[] {
  const match = /^\s*(?:(\w+):\s+)?((?:(?:[0-9a-f]{2}|[.>]\w+) )+)/.exec(line);
  if (match === null) {
    if (line.trim() !== "") throw new Error(`no instruction: ${line}`);
    return [];
  }
  const parts = (match[2] ?? "").trim().split(" ").map(readPart);
  return [{ label: match[1], parts }];
}

function readPart(text: string): Part {
  if (text.startsWith(".")) return { size: 1, target: text.slice(1) };
  if (text.startsWith(">")) return { size: 4, target: text.slice(1) };
  return { size: 1, byte: Number.parseInt(text, 16) };
}

function bytesOf({ size, byte, target }: Part, end: number, labels: ReadonlyMap<string, number>): readonly number[] {
  if (target === undefined) return [byte ?? 0];
  const at = labels.get(target);
  if (at === undefined) throw new Error(`no label ${target}`);
  const distance = at - end;
  const most = size === 1 ? 0x7f : 0x7fffffff;
  if (distance > most || distance < -most - 1) throw new Error(`${target} is too far away`);
  return [...new Uint8Array(Int32Array.of(distance).buffer)].slice(0, size);
}
