/** Tables of plain texts. */
import { expect, test } from "bun:test";
import { tableLines } from "../../../src/report/table.ts";

test("columns are aligned, and one very long cell puts only its own row out of line", () => {
  const long = "x".repeat(121);
  const rows = [
    ["NAME", "KIND"],
    ["a", "role"],
    [long, "static"],
  ];
  expect(tableLines(rows, (line) => line)).toEqual(["NAME  KIND", "a     role", `${long}  static`]);
});
