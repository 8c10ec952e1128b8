/** How wide a text is on a terminal. */
import { expect, test } from "bun:test";
import { displayWidth, fitWidth, padWidth } from "../../../src/report/width.ts";

const WIDTHS: readonly [text: string, width: number][] = [
  ["", 0],
  ["abc", 3],
  ["äöü", 3],
  ["a\u0308", 1],
  ["漢字", 4],
  ["한글", 4],
  ["ｆｕｌｌ", 8],
  ["🧀", 2],
  ["é\u200d", 1],
];
for (const [text, width] of WIDTHS) test(`"${text}" is ${width}`, () => expect(displayWidth(text)).toBe(width));

const FITTED: readonly [text: string, columns: number, fitted: string][] = [
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["漢字", 3, "漢…"],
  ["漢字", 2, "…"],
  ["abc", 1, "…"],
  ["abc", 0, ""],
];
for (const [text, columns, fitted] of FITTED) {
  test(`"${text}" in ${columns}: "${fitted}"`, () => expect(fitWidth(text, columns)).toBe(fitted));
}

test("what is filled up is as wide as was asked for", () => {
  expect(["ab", "漢字", "abcdef"].map((text) => padWidth(text, 5))).toEqual(["ab   ", "漢字 ", "abcd…"]);
});
