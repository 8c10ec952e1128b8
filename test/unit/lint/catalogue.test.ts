/** The catalogue of findings, its page docs/check.md, and the tests agree on the codes. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ERROR_CATALOGUE } from "../../../src/domain/errors.ts";
import { FINDING_CATALOGUE } from "../../../src/lint/catalogue.ts";
import { INDEX, SECTIONS } from "../../support/check_page.ts";

const TESTS = readFileSync(fileURLToPath(new URL("../../e2e/check.test.ts", import.meta.url)), "utf8");

test("the index of docs/check.md lists every code with its severity and summary, and links its section", () => {
  expect(INDEX.map(({ code, link, severity, summary }) => [code, link, severity, summary])).toEqual(
    Object.entries(FINDING_CATALOGUE).map(([code, { severity, summary }]) => [
      code,
      `${code}-${severity}`,
      severity,
      summary,
    ]),
  );
});

test("docs/check.md has a section for every code, with its severity, and no other section", () => {
  expect(SECTIONS.map(({ code, severity }) => [code, severity])).toEqual(
    Object.entries(FINDING_CATALOGUE).map(([code, { severity }]) => [code, severity]),
  );
});

test("every section has the same parts, and says whether there is an automatic fix", () => {
  for (const { code, labels, fix } of SECTIONS) {
    expect([code, ...labels]).toEqual([code, "What it finds", "Why it matters", "Example", "Fix"]);
    const hasFix = INDEX.find((row) => row.code === code)?.hasFix === true;
    expect([code, fix.slice(0, fix.indexOf(" "))]).toEqual([code, hasFix ? "`--fix`" : "no"]);
  }
});

test("a code that is also an error code has the severity error", () => {
  for (const [code, { severity }] of Object.entries(FINDING_CATALOGUE)) {
    if (Object.hasOwn(ERROR_CATALOGUE, code)) expect([code, severity]).toEqual([code, "error"]);
  }
});

test("an end-to-end test expects every code", () => {
  for (const code of Object.keys(FINDING_CATALOGUE)) expect([code, TESTS.includes(`${code} `)]).toEqual([code, true]);
});
