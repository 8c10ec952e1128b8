/** Parses random texts as INI files and as command lines, and compares the results with Python's. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { splitCommandLine } from "../../src/config/command_line.ts";
import { RolecallError } from "../../src/domain/errors.ts";
import { parseIni } from "../../src/ini/parse.ts";
import { type Dice, diceFrom } from "./dice.ts";

const REFERENCE = fileURLToPath(new URL("reference.py", import.meta.url));

/** The texts consist of the format's syntax and of characters that parsers often treat differently. */
const PIECES = [
  ..."[]=:#;\n\n\n\r\t  \"'\\%$,",
  ..."ab_A1é🧀",
  "\u000b\u000c\u001c\u001d\u001e\u001f\u0085\u00a0\u2028\u3000\u200b\ufeff",
  "[a]\n",
  "[b]\n",
  "[DEFAULT]\n",
  "[profile a]\n",
  "x = 1\n",
  "y=2\n",
  "  z = 3\n",
  "s3 =\n",
  "\n  ",
  "\r\n",
  " # c\n",
];

interface Text {
  readonly isCommandLine: boolean;
  readonly text: string;
}

/**
 * Compares the results for random texts.
 *
 * @returns the number of texts whose results differ. The first five are printed.
 */
export function compareWithPython(count: number, seed: number): number {
  if (Bun.which("python3") === null) {
    console.log("the comparison with Python is skipped: there is no python3");
    return 0;
  }
  const dice = diceFrom(seed);
  const texts = Array.from({ length: count }, (_, index) => ({ isCommandLine: index % 4 === 0, text: makeText(dice) }));
  const references = parseByPython(texts);
  let different = 0;
  let accepted = 0;
  for (const [index, { isCommandLine, text }] of texts.entries()) {
    const theirs: unknown = JSON.parse(references[index] ?? "null");
    const ours = isCommandLine ? argumentsOf(text) : sectionsOf(text);
    if (theirs !== null) accepted++;
    if (Bun.deepEquals(ours, theirs)) continue;
    if (++different <= 5) console.log(JSON.stringify({ isCommandLine, text, ours, theirs }));
  }
  console.log(`${count} texts compared with Python: ${accepted} accepted by Python, ${different} differ`);
  return different;
}

function makeText({ below, chance, pickAny }: Dice): string {
  const text = Array.from({ length: 1 + below(14) }, () => {
    const piece = pickAny(PIECES) ?? "";
    // The string of unusual characters is a list to choose from.
    return piece.startsWith("\u000b") ? (pickAny([...piece]) ?? "") : piece;
  }).join("");
  // A byte order mark at the start is a known difference: rolecall's parser skips it.
  return (chance(0.7) ? `[a]\n${text}` : text).replace(/^\ufeff+/, "");
}

function parseByPython(texts: readonly Text[]): string[] {
  const input = texts
    .map(({ isCommandLine, text }) => `${isCommandLine ? "W" : "I"}${JSON.stringify(text)}\n`)
    .join("");
  const { status, stdout, stderr } = spawnSync("python3", [REFERENCE], { input, maxBuffer: 1 << 30, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.split("\n");
}

function sectionsOf(text: string): unknown {
  try {
    return Object.fromEntries(
      [...parseIni(text, "f").sections.values()].map(({ name, entries }) => [
        name,
        Object.fromEntries(
          [...entries.values()].map(({ key, value, nested }) => [
            key,
            nested === undefined ? value : Object.fromEntries([...nested.values()].map((one) => [one.key, one.value])),
          ]),
        ),
      ]),
    );
  } catch (error) {
    if (error instanceof RolecallError) return null;
    throw error;
  }
}

function argumentsOf(text: string): unknown {
  const split = splitCommandLine(text);
  return "argv" in split ? split.argv : null;
}
