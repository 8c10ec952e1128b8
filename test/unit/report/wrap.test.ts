/** Text in a narrow terminal. */
import { describe, expect, test } from "bun:test";
import { fitLine, wrapText } from "../../../src/report/wrap.ts";

describe("wrapText", () => {
  const rows: readonly [text: string, width: number, lines: string[]][] = [
    ["one two three", 20, ["one two three"]],
    ["one two three", 7, ["one two", "three"]],
    ["arn:aws:iam::1 x", 5, ["arn:a", "ws:ia", "m::1", "x"]],
    ["a abcdef", 3, ["a", "abc", "def"]],
    ["", 5, [""]],
    ["ünï cödé", 3, ["ünï", "cöd", "é"]],
  ];
  for (const [text, width, lines] of rows) test(text, () => expect(wrapText(text, width)).toEqual(lines));
});

describe("fitLine", () => {
  const rows: readonly [text: string, width: number, fitted: string][] = [
    ["fits", 4, "fits"],
    ["does not", 4, "doe…"],
    ["no room", 0, "…"],
  ];
  for (const [text, width, fitted] of rows) test(text, () => expect(fitLine(text, width)).toBe(fitted));
});
