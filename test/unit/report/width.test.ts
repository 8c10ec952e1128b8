/** Text fitted to the columns of a terminal. */
import { describe, expect, test } from "bun:test";
import { displayWidth, fitWidth, graphemes, padRight, padWidth } from "../../../src/report/width.ts";

const FAMILY = "👨‍👩‍👧‍👦";

describe("displayWidth", () => {
  const rows: readonly [text: string, width: number][] = [
    ["", 0],
    ["abc", 3],
    ["äöü", 3],
    ["a\u0308", 1],
    ["漢字", 4],
    ["🧀", 2],
    [FAMILY, 2],
    ["🇩🇪", 2],
    ["❤️", 2],
  ];
  for (const [text, width] of rows) test(`"${text}" is ${width}`, () => expect(displayWidth(text)).toBe(width));
});

describe("fitWidth", () => {
  const rows: readonly [text: string, columns: number, fitted: string][] = [
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["漢字", 3, "漢…"],
    ["漢字", 2, "…"],
    ["abc", 1, "…"],
    ["abc", 0, ""],
    [`${FAMILY}${FAMILY}`, 4, `${FAMILY}${FAMILY}`],
    [`${FAMILY}${FAMILY}`, 3, `${FAMILY}…`],
    [`a${FAMILY}b`, 3, "a…"],
    ["🇩🇪🇫🇷🇮🇹", 5, "🇩🇪🇫🇷…"],
    ["ae\u0301oo", 3, "ae\u0301…"],
  ];
  for (const [text, columns, fitted] of rows) {
    test(`"${text}" in ${columns}: "${fitted}"`, () => expect(fitWidth(text, columns)).toBe(fitted));
  }
});

test("graphemes are what a person sees as one character", () => {
  expect(graphemes("ab")).toEqual(["a", "b"]);
  expect(graphemes(`e\u0301${FAMILY}🇩🇪x`)).toEqual(["e\u0301", FAMILY, "🇩🇪", "x"]);
});

test("padded text takes the columns that were asked for", () => {
  expect(["ab", "漢字", "abcdef", FAMILY].map((text) => padWidth(text, 5))).toEqual([
    "ab   ",
    "漢字 ",
    "abcd…",
    `${FAMILY}   `,
  ]);
  expect(["ab", "漢字"].map((text) => padRight(text, 3))).toEqual(["ab ", "漢字"]);
});
