/** The README matches the code. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ERROR_CATALOGUE } from "../../src/domain/errors.ts";

const README = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");

test("the README lists every error with its exit code, and no other", () => {
  const listed = [...README.matchAll(/^\| `([a-z0-9-]+)` \| (\d+) \| (.*) \|$/gm)].map(([, code, exit, summary]) => [
    code,
    Number(exit),
    summary,
  ]);
  expect(listed).toEqual(Object.entries(ERROR_CATALOGUE).map(([code, { exit, summary }]) => [code, exit, summary]));
});
