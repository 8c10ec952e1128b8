/**
 * Turns an assembler listing into machine code. The listing already contains the bytes of each instruction; only the
 * distances between labels are computed.
 */

export interface Listing {
  /**
   * One instruction per line: label, bytes, instruction, remark. A line that starts with `;` is a comment. Among the
   * bytes, `.label` is the distance to the label in one byte and `>label` in four, both from the instruction's end.
   */
  readonly code: string;
  /** NUL-terminated strings, by label. They follow the code. */
  readonly data: Readonly<Record<string, readonly string[]>>;
}

/**
 * Assembles the listing.
 *
 * @param entry the position of the label `entry`, relative to the first byte of the listing.
 * @returns the bytes of the code and the data.
 * @throws Error if a label is not defined, or too far away for a distance of one byte.
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

/** A byte, or the distance to a label in `size` bytes. */
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
    if (!/^\s*(?:;|$)/.test(line)) throw new Error(`not an instruction: ${line}`);
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
  if (at === undefined) throw new Error(`the label ${target} is not defined`);
  const distance = at - end;
  const max = size === 1 ? 0x7f : 0x7fffffff;
  if (distance > max || distance < -max - 1) throw new Error(`${target} is too far away`);
  return [...new Uint8Array(Int32Array.of(distance).buffer)].slice(0, size);
}
