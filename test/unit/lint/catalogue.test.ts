/** docs/check.md says what is so. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ERROR_CATALOGUE } from "../../../src/domain/errors.ts";
import { FINDING_CATALOGUE } from "../../../src/lint/catalogue.ts";

const PAGE = readFileSync(fileURLToPath(new URL("../../../docs/check.md", import.meta.url)), "utf8");
const TESTS = readFileSync(fileURLToPath(new URL("../../e2e/check.test.ts", import.meta.url)), "utf8");

test("docs/check.md lists every finding with its severity, and no other", () => {
  const listed = [...PAGE.matchAll(/^\| `([a-z0-9-]+)` \| (error|warning|note) \| (.*) \|$/gm)].map((row) =>
    row.slice(1),
  );
  expect(listed).toEqual(
    Object.entries(FINDING_CATALOGUE).map(([code, { severity, summary }]) => [code, severity, summary]),
  );
});

test("a code that errors have too is an error", () => {
  for (const [code, { severity }] of Object.entries(FINDING_CATALOGUE)) {
    if (Object.hasOwn(ERROR_CATALOGUE, code)) expect([code, severity]).toEqual([code, "error"]);
  }
});

test("every code is found in some broken file of the end-to-end tests", () => {
  for (const code of Object.keys(FINDING_CATALOGUE)) expect([code, TESTS.includes(`${code} `)]).toEqual([code, true]);
});
