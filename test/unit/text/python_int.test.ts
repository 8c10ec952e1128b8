/** Numbers as Python's int() reads them. Each row was compared with CPython 3.11. */
import { expect, test } from "bun:test";
import { parsePythonInt } from "../../../src/text/python_int.ts";

const ROWS: readonly [text: string, number: number | undefined][] = [
  ["1800", 1800],
  ["+1800", 1800],
  ["-1800", -1800],
  ["1_800", 1800],
  ["01800", 1800],
  [" \t1800\u00a0\n", 1800],
  ["\u001c1800\u0085", 1800],
  ["\ufeff1800", undefined],
  ["", undefined],
  ["+", undefined],
  ["+ 1800", undefined],
  ["++1800", undefined],
  ["_1800", undefined],
  ["1800_", undefined],
  ["1__800", undefined],
  ["1 800", undefined],
  ["1800.0", undefined],
  ["1e3", undefined],
  ["0x10", undefined],
  ["1800 # half an hour", undefined],
];
for (const [text, number] of ROWS) {
  test(JSON.stringify(text), () => expect(parsePythonInt(text)).toBe(number));
}
