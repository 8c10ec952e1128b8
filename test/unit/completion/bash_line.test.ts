/** Command lines as bash has them, and candidates that bash reads back as they are. */
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { quoteForBash, readBashLine } from "../../../src/completion/bash_line.ts";

const BREAKS = " \t\n\"'@><=;|&(:";

describe("a line is read", () => {
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
      expect<unknown>(readBashLine(line, BREAKS)).toEqual({ words, starts, quote, kept });
    });
  }
});

describe("what is inserted is, to bash, the candidate itself", () => {
  const EVERYTHING = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
  const rows: readonly [what: string, line: string, candidate: string][] = [
    ["bare", "", `${EVERYTHING}ä漢😀`],
    ["between single quotes", "'", `${EVERYTHING}ä漢😀`],
    ["between double quotes", '"', `${EVERYTHING.replace("!", "")}ä漢😀`],
    ["a command", "", "$(exit 9)`exit 9`"],
    ["a command between double quotes", '"', "$(exit 9)`exit 9`"],
    ["a home", "", "~root"],
  ];
  for (const [what, quote, candidate] of rows) {
    test(what, () => {
      const inserted = quoteForBash(candidate, readBashLine(quote, BREAKS)) ?? "";
      const { stdout } = spawnSync("bash", ["-c", `printf %s ${quote}${inserted}${quote}`], {
        encoding: "utf8",
        env: { ...process.env, LC_ALL: "C.UTF-8" },
      });
      expect(stdout).toBe(candidate);
    });
  }

  test("`!` is not offered between double quotes, where bash would look into its history", () => {
    expect(quoteForBash("a!b", readBashLine('"a', BREAKS))).toBeUndefined();
  });
});
