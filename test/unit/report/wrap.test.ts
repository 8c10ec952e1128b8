/** Text wrapped to the width of a terminal. */
import { describe, expect, test } from "bun:test";
import { wrapText } from "../../../src/report/wrap.ts";

describe("wrapText", () => {
  const rows: readonly [text: string, width: number, lines: string[]][] = [
    ["one two three", 20, ["one two three"]],
    ["one two three", 7, ["one two", "three"]],
    ["arn:aws:iam::1 x", 5, ["arn:a", "ws:ia", "m::1", "x"]],
    ["a abcdef", 3, ["a", "abc", "def"]],
    ["", 5, [""]],
    ["ünï cödé", 3, ["ünï", "cöd", "é"]],
    ["漢字 かな", 5, ["漢字", "かな"]],
    ["漢字", 3, ["漢", "字"]],
    ["👨‍👩‍👧‍👦👨‍👩‍👧‍👦x", 3, ["👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦x"]],
    ["e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]],
  ];
  for (const [text, width, lines] of rows) test(text, () => expect(wrapText(text, width)).toEqual(lines));
});
