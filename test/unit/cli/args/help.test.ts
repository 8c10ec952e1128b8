/** The help agrees with the option table and the parser. */
import { describe, expect, test } from "bun:test";
import { parseArguments } from "../../../../src/cli/args/arguments.ts";
import { commandHelp, EXAMPLES, fullCommandHelp, OPTION_GROUPS } from "../../../../src/cli/args/help.ts";
import { splitCommandLine } from "../../../../src/config/command_line.ts";
import { COMMANDS, OPTIONS } from "../../../../src/domain/option_table.ts";

test("the groups contain only options that exist, each once", () => {
  const grouped = OPTION_GROUPS.flatMap(([, names]) => names);
  const known = OPTIONS.map(({ name }) => name);
  expect(grouped.filter((name) => !known.includes(name))).toEqual([]);
  expect(new Set(grouped).size).toBe(grouped.length);
});

for (const command of COMMANDS) {
  test(`both help pages of ${command.name} name all of its options`, () => {
    const options = OPTIONS.filter(({ commands }) => commands.includes(command.name));
    for (const page of [commandHelp(command, options), fullCommandHelp(command, options)]) {
      const named = new Set((page.split("\nExamples:")[0] ?? "").match(/(?<!\S)--[a-z-]+/g));
      expect(options.map(({ name }) => `--${name}`).filter((name) => !named.has(name))).toEqual([]);
    }
  });
}

describe("each example is a valid command line", () => {
  for (const { name } of COMMANDS) {
    for (const example of EXAMPLES[name]) {
      test(example, () => {
        const split = splitCommandLine(/rolecall (.*?)\)?"?$/.exec(example.replace(/ \|.*$/, ""))?.[1] ?? "");
        const { command, positionals } = parseArguments("argv" in split ? split.argv : []);
        expect(command).toBe(name);
        const hasArgument = ["exec", "cache", "completion"].includes(name) || / add /.test(example);
        expect(positionals.length > 0).toBe(hasArgument);
      });
    }
  }
});
