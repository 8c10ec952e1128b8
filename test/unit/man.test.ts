/** The man page is up to date and complete, and groff and mandoc accept it. */
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { manPage } from "../../scripts/man_page.ts";
import { ERROR_CATALOGUE } from "../../src/domain/errors.ts";
import { COMMANDS, OPTIONS } from "../../src/domain/option_table.ts";
import { isInstalled } from "../support/machine.ts";

const PAGE = fileURLToPath(new URL("../../docs/rolecall.1", import.meta.url));

test("docs/rolecall.1 is the output of ./scripts/man", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(manPage());
});

const FORMATTERS: readonly (readonly [program: string, check: readonly string[], text: readonly string[]])[] = [
  ["groff", ["-man", "-ww", "-z", "-Tutf8"], ["-man", "-Tutf8", "-P-cbou", "-rLL=200n"]],
  ["mandoc", ["-Tlint", "-Wwarning"], ["-Tutf8", "-O", "width=200"]],
];
for (const [program, check, text] of FORMATTERS) {
  describe.skipIf(!isInstalled(program))(`${program} (needs ${program})`, () => {
    test("reports no warning", () => {
      const { stdout, stderr, status } = spawnSync(program, [...check, PAGE], { encoding: "utf8" });
      expect([stdout, stderr, status]).toEqual(["", "", 0]);
    });

    test("shows every command, option and error", () => {
      const shown = spawnSync(program, [...text, PAGE], { encoding: "utf8" })
        .stdout.replace(/.\u0008/g, "")
        .replace(/\u001b\[[0-9;]*m/g, "");
      const expected = [
        ...COMMANDS.map(({ usage }) => usage.replaceAll("…", "...")),
        ...OPTIONS.map(({ name, value }) => `--${name}${value === undefined ? "" : ` ${value}`}`),
        ...Object.entries(ERROR_CATALOGUE).map(([code, { exit }]) => `${code} (${exit})`),
      ];
      expect(expected.filter((text) => !shown.includes(text))).toEqual([]);
    });
  });
}
