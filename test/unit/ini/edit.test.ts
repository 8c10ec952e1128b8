/** Edits of a text that keep everything else. */
import { describe, expect, test } from "bun:test";
import { type Edit, editText } from "../../../src/ini/edit.ts";

const edit = (line: number, column: number, old: string, replacement: string): Edit => ({
  at: { file: "f", line, column },
  old,
  replacement,
});

describe("editText", () => {
  const rows: readonly [what: string, text: string, edits: readonly Edit[], edited: string][] = [
    ["none", "a\r\nb", [], "a\r\nb"],
    ["a replacement", "[a]\nx = 1\n", [edit(2, 1, "x", "key")], "[a]\nkey = 1\n"],
    ["an insertion", "[a]\n", [edit(1, 2, "", "profile ")], "[profile a]\n"],
    ["a removal at the end", "x = 1  ", [edit(1, 6, "  ", "")], "x = 1"],
    ["several, in any order", "ab\nab\n", [edit(2, 2, "b", "B"), edit(1, 1, "a", "A")], "Ab\naB\n"],
    ["adjacent ones", "ab", [edit(1, 2, "b", "B"), edit(1, 1, "a", "A")], "AB"],
    [
      "replacements between different line endings",
      "a\r\nb\rc\nd",
      [edit(2, 1, "b", "B"), edit(4, 1, "d", "D")],
      "a\r\nB\rc\nD",
    ],
    ["a replacement after characters with two UTF-16 units", "🧀é x", [edit(1, 4, "x", "y")], "🧀é y"],
    ["a replacement after a byte order mark", "\ufeffab", [edit(1, 2, "b", "B")], "\ufeffaB"],
    [
      "a removal of the byte order mark, and a replacement after it",
      "\ufeffab",
      [edit(1, 1, "a", "A"), edit(1, 1, "\ufeff", "")],
      "Ab",
    ],
  ];
  for (const [what, text, edits, edited] of rows) {
    test(what, () => expect(editText(text, edits)).toBe(edited));
  }

  test("an edit whose text is not at its position throws", () => {
    expect(() => editText("ab", [edit(1, 1, "b", "")])).toThrow("out of date");
    expect(() => editText("ab", [edit(7, 1, "a", "")])).toThrow("out of date");
  });

  test("two edits that overlap throw", () => {
    expect(() => editText("abc", [edit(1, 1, "ab", "x"), edit(1, 2, "bc", "y")])).toThrow("two edits");
  });
});
