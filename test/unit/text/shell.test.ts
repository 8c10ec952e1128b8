/** Commands that a person may paste into a shell. */
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pathArgument, shellCommand, shellWord } from "../../../src/text/shell.ts";

const WORDS: readonly (readonly [word: string, quoted: string])[] = [
  ["deploy", "deploy"],
  ["arn:aws:iam::123456789012:role/x@y.z,w+v=1", "arn:aws:iam::123456789012:role/x@y.z,w+v=1"],
  ["", "''"],
  ["my profile", "'my profile'"],
  ["x; rm -rf ~", "'x; rm -rf ~'"],
  ["it's", "'it'\\''s'"],
  ['say "hi"', `'say "hi"'`],
  ["$(id)`id`$HOME", "'$(id)`id`$HOME'"],
  ["!!", "'!!'"],
  ["~", "'~'"],
  ["=ls", "'=ls'"],
  ["a\\b", "'a\\b'"],
  ["*?[x]{a,b}", "'*?[x]{a,b}'"],
  ["größe", "'größe'"],
  ["a\nb", "$'a\\u000ab'"],
  ["a\tb'\\", "$'a\\u0009b\\'\\\\'"],
  ["de\u200bfault", "$'de\\u200bfault'"],
  ["a\u{e0041}", "$'a\\U000e0041'"],
];

describe("shellWord", () => {
  for (const [word, quoted] of WORDS) {
    test(`quotes ${JSON.stringify(word)}`, () => expect(shellWord(word)).toBe(quoted));
  }

  test("is read by bash as the same word", () => {
    for (const [word] of WORDS) {
      const { stdout } = spawnSync("bash", ["-c", `printf %s ${shellWord(word)}`], { env: { LC_ALL: "C.UTF-8" } });
      expect(stdout.toString()).toBe(word);
    }
  });
});

describe("shellCommand", () => {
  test("joins a value that begins with a dash to its option", () => {
    expect(shellCommand(["aws", ["--profile", "-x y"]])).toBe("aws '--profile=-x y'");
    expect(shellCommand(["aws", ["--profile", "x y"]])).toBe("aws --profile 'x y'");
  });

  test("does not take a path for an option", () => {
    expect(shellCommand(["chmod", "600", pathArgument("-R")])).toBe("chmod 600 ./-R");
  });
});

test("every command in the source that contains a value is made by shellCommand or shellWord", () => {
  const root = fileURLToPath(new URL("../../../src/", import.meta.url));
  const commands =
    /`[^`\n]*(?:\brun:? (?:aws|rolecall|chmod|chown|rm|kill|sh)\b|\b(?:use|add|with|or) --?[a-z][a-z-]* (?=\$))[^`\n]*\$\{[^`\n]*`/g;
  const unquoted = [...new Bun.Glob("**/*.ts").scanSync(root)].flatMap((file) =>
    [...readFileSync(`${root}/${file}`, "utf8").matchAll(commands)].map(([text]) => `${file}: ${text}`),
  );
  expect(unquoted.filter((line) => !/shellWord\(|LoginCommand\(|loginCommand\(/.test(line))).toEqual([
    // Its callers quote the command.
    "domain/help_texts.ts: `run rolecall exec -- ${command} to run a program with credentials`",
  ]);
});
