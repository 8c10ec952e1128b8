/** Tables and grids with aligned columns. */
import { expect, test } from "bun:test";
import { gridLines } from "../../../src/report/grid.ts";
import { tableLines } from "../../../src/report/table.ts";

test("a table is aligned by display width", () => {
  const rows = [
    ["PROFILE", "KIND"],
    ["漢字", "role"],
    ["e\u0301te\u0301", "sso"],
    ["👨‍👩‍👧‍👦🇩🇪", "login"],
  ];
  expect(tableLines(rows, (line) => line)).toEqual([
    "PROFILE  KIND",
    "漢字     role",
    "e\u0301te\u0301      sso",
    "👨‍👩‍👧‍👦🇩🇪     login",
  ]);
});

test("a very wide cell does not widen its column", () => {
  const wide = "x".repeat(130);
  const lines = tableLines(
    [
      [wide, "a"],
      ["b", "c"],
    ],
    (line) => line,
  );
  expect(lines).toEqual([`${wide}  a`, "b  c"]);
});

test("a grid is aligned by display width, and a note that does not fit is on the next line", () => {
  const rows = [
    { label: "漢字", value: "a", note: "here" },
    { label: "b", value: "漢", note: "there" },
    { label: "c", value: "a value that is wide", note: "elsewhere" },
  ];
  expect(gridLines(rows, 20, {})).toEqual([
    "漢字  a   here",
    "b     漢  there",
    "c     a value that is wide",
    "        elsewhere",
  ]);
});
