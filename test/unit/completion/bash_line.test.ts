/** Parsing bash command lines, and quoting candidates so that bash reads them back unchanged. */
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { parseBashLine, quoteForBash } from "../../../src/completion/bash_line.ts";

const BREAKS = " \t\n\"'@><=;|&(:";

describe("parseBashLine", () => {
  const rows: readonly [
    line: string,
    words: readonly string[],
    quote: string,
    kept: string,
    starts: readonly number[],
  ][] = [
    ["rolecall ", ["rolecall", ""], "", "", [0, 9]],
    ["rolecall  ex", ["rolecall", "ex"], "", "", [0, 10]],
    ["r a\\ b", ["r", "a b"], "", "", [0, 2]],
    ["r 'a b", ["r", "a b"], "'", "", [0, 2]],
    ['r "a \\"b\\$\\x', ["r", 'a "b$\\x'], '"', "", [0, 2]],
    ["r 'a'\"b\"c d", ["r", "abc", "d"], "", "", [0, 2, 10]],
    ["r --profile=ab", ["r", "--profile=ab"], "", "--profile=", [0, 2]],
    ["r --profile='a b", ["r", "--profile=a b"], "'", "--profile=", [0, 2]],
    ["r arn:aws:x", ["r", "arn:aws:x"], "", "arn:aws:", [0, 2]],
    ["r arn\\:aws", ["r", "arn:aws"], "", "", [0, 2]],
    ["r me@corp", ["r", "me@corp"], "", "me", [0, 2]],
    ["r 漢字 x", ["r", "漢字", "x"], "", "", [0, 2, 5]],
    ["r a\\", ["r", "a"], "", "", [0, 2]],
    ["r ''", ["r", ""], "", "", [0, 2]],
    ["", [""], "", "", [0]],
  ];
  for (const [line, words, quote, kept, starts] of rows) {
    test(JSON.stringify(line), () => {
      expect<unknown>(parseBashLine(line, BREAKS)).toEqual({ words, starts, quote, kept });
    });
  }
});

describe("bash reads an inserted candidate back unchanged", () => {
  const PRINTABLE_ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
  const rows: readonly [what: string, line: string, candidate: string][] = [
    ["without quotes", "", `${PRINTABLE_ASCII}ä漢😀`],
    ["inside single quotes", "'", `${PRINTABLE_ASCII}ä漢😀`],
    ["inside double quotes", '"', `${PRINTABLE_ASCII.replace("!", "")}ä漢😀`],
    ["a command substitution", "", "$(exit 9)`exit 9`"],
    ["a command substitution inside double quotes", '"', "$(exit 9)`exit 9`"],
    ["a home folder", "", "~root"],
  ];
  for (const [what, quote, candidate] of rows) {
    test(what, () => {
      const inserted = quoteForBash(candidate, parseBashLine(quote, BREAKS)) ?? "";
      const { stdout } = spawnSync("bash", ["-c", `printf %s ${quote}${inserted}${quote}`], {
        encoding: "utf8",
        env: { ...process.env, LC_ALL: "C.UTF-8" },
      });
      expect(stdout).toBe(candidate);
    });
  }

  test("a candidate with `!` is not offered inside double quotes, where bash expands its history", () => {
    expect(quoteForBash("a!b", parseBashLine('"a', BREAKS))).toBeUndefined();
  });
});
