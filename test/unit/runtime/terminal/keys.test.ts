/** Terminal input is decoded to keys. */
import { expect, test } from "bun:test";
import { decodeKeys } from "../../../../src/runtime/terminal/keys.ts";

const ROWS: readonly [bytes: string, keys: string, rest: string][] = [
  ["ab", "'a' 'b'", ""],
  ["ä漢😀", "'ä' '漢' '😀'", ""],
  ["\r", "enter", ""],
  ["\n", "enter", ""],
  ["\u001b[A\u001b[B\u001bOA", "up down up", ""],
  ["\u001b[5~\u001b[6~\u001b[1~\u001b[4~\u001b[H\u001bOF", "page-up page-down home end home end", ""],
  ["x\u001b", "'x'", "\u001b"],
  ["\u001b[", "", "\u001b["],
  ["\u001b[1;", "", "\u001b[1;"],
  ["\u001b[1;5A", "", ""],
  ["\u001b[200~p\u001b[201~", "'p'", ""],
  ["\u001bx", "escape 'x'", ""],
  ["\u001b\u001b[A", "escape up", ""],
  ["\t\u0000\u0019\u009b", "tab", ""],
  ["\u001a", "suspend", ""],
];
for (const [bytes, keys, rest] of ROWS) {
  test(JSON.stringify(bytes), () => {
    const decoded = decodeKeys(bytes);
    expect(decoded.keys.map((key) => ("name" in key ? key.name : `'${key.text}'`)).join(" ")).toBe(keys);
    expect(decoded.rest).toBe(rest);
  });
}
