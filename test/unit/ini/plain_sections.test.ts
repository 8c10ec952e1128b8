/** Sections whose entries are read only when they are used: the result must not show it. */
import { describe, expect, test } from "bun:test";
import { diceFrom } from "../../../scripts/fuzzing/dice.ts";
import type { IniSection } from "../../../src/ini/document.ts";
import { parseIni } from "../../../src/ini/parse.ts";
import { plainSectionAt } from "../../../src/ini/plain_sections.ts";
import { stepsOf } from "../../support/steps.ts";

describe("plainSectionAt", () => {
  const rows: readonly [what: string, body: string, isPlain: boolean][] = [
    ["keys and values", "x = 1\ny=2\n", true],
    ["no keys", "", true],
    ["comments and blank lines", "# c\n; c\n\n \t\n  # c\nx = 1\n", true],
    ["an empty value", "x =\ny =\n", true],
    ["any characters in a value", "x = é [1] # c = : \u2028\n", true],
    ["keys with the same indentation", "  x = 1\n  y = 2\n", true],
    ["a next section", "x = 1\n[b]\n  nonsense\n", true],
    ["a key that is repeated", "x = 1\nx=2\n", false],
    ["a key in another case, which may repeat one", "X = 1\n", false],
    ["a value that continues", "x = 1\n  2\n", false],
    ["a value that continues after a blank line", "x = 1\n\n  y = 2\n", false],
    ["a block", "s3 =\n  x = 1\n", false],
    ["a colon as the separator", "x : 1\n", false],
    ["a line without a separator", "x = 1\nnonsense\n", false],
    ["a line without a key", "= 1\n", false],
    ["an unusual character in a key", "é = 1\n", false],
    ["an indented section header", "x = 1\n [b]\n", false],
    ["a [ that begins no section header", "x = 1\n[b = 1\n", false],
  ];
  for (const [what, body, isPlain] of rows) {
    test(what, () => expect(plainSectionAt(`[a]\n${body}`, 0, 1, new Map()) !== undefined).toBe(isPlain));
  }

  test("has the lines up to the next section", () => {
    const text = "[z]\n[a] # c\n\nx = 1\n[b]\n";
    const section = plainSectionAt(text, text.indexOf("[a]"), 2, new Map());
    expect(section).toEqual({ name: "a", start: 4, line: 2, end: text.indexOf("[b]"), lines: 3 });
  });
});

/** An indented header is read line by line, so both sections must have the same entries and the same problems. */
test("random sections are read as line by line", () => {
  const { below, pickAny } = diceFrom(1);
  const pieces = [
    ..."=:#;[] \t\n\n\n\rxyX1é🧀\u0085\u00a0\ufeff",
    "x = 1\n",
    "y=2\n",
    "\nz = ",
    "\n  ",
    "\n[b]\n",
    "\r\n",
  ];
  let plain = 0;
  for (let round = 0; round < 5_000; round++) {
    const body = Array.from({ length: below(9) }, () => pickAny(pieces) ?? "").join("");
    const read = (header: string) => {
      const problems: unknown[] = [];
      const text = `${header}\n${body}`;
      const { sections } = parseIni(text, "f", ({ code, at, message, help }) => {
        problems.push([code, at, message, help]);
      });
      return { problems, sections: [...sections.values()].map(({ name, own }: IniSection) => [name, [...own]]) };
    };
    if (plainSectionAt(`[a]\n${body.replace(/\r\n?/g, "\n")}`, 0, 1, new Map()) !== undefined) plain++;
    expect(read("[a]")).toEqual(read(" [a]"));
  }
  expect(plain).toBeGreaterThan(500);
});

test("a file of many sections of which one is read takes a few steps for each character", () => {
  const profiles = 2_000;
  const text = Array.from(
    { length: profiles },
    (_, i) => `[profile p${i}]\nrole_arn = arn:aws:iam::123456789012:role/r${i}\nsource_profile = p${i + 1}\n\n`,
  ).join("");
  const steps = stepsOf(() => parseIni(text, "f").sections.get("profile p77")?.entries.get("role_arn"));
  expect(steps / text.length).toBeLessThan(4);
  expect(stepsOf(() => [...parseIni(text, "f").sections.values()])).toBeGreaterThan(1.3 * steps);
});
