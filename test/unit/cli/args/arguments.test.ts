/** How argv is split into command, options and positionals. */
import { describe, expect, test } from "bun:test";
import { commandName, parseArguments } from "../../../../src/cli/args/arguments.ts";
import { RolecallError } from "../../../../src/domain/errors.ts";

describe("parseArguments", () => {
  const rows: readonly [line: string, command: string | undefined, options: string[], positionals: string[]][] = [
    ["", undefined, [], []],
    ["exec ls -la", "exec", [], ["ls", "-la"]],
    ["exec -- ls -la", "exec", [], ["ls", "-la"]],
    ["exec -p a ls --profile b", "exec", ["--profile==a"], ["ls", "--profile", "b"]],
    ["exec ls -- -x", "exec", [], ["ls", "--", "-x"]],
    ["exec -p a -- -x", "exec", ["--profile==a"], ["-x"]],
    ["-p a exec ls", "exec", ["--profile==a"], ["ls"]],
    ["export --mfa-code 012345", "export", ["--mfa-code==012345"], []],
    ["export --mfa-code=012345", "export", ["--mfa-code==012345"], []],
    ["export --external-id 1e3 --external-id=-x", "export", ["--external-id==1e3", "--external-id==-x"], []],
    ["export --external-id -x", "export", ["--external-id==-x"], []],
    ["export --external-id a=b", "export", ["--external-id==a=b"], []],
    ["export -pa", "export", ["--profile==a"], []],
    ["export -p=a", "export", ["--profile==a"], []],
    ["export -qv", "export", ["--quiet", "--verbose"], []],
    ["export -qpa", "export", ["--quiet", "--profile==a"], []],
    ["export --no-cache --no-input", "export", ["--no-cache", "--no-input"], []],
    ["export --no-cache -qq --no-cache --quiet", "export", ["--no-cache", "--quiet"], []],
    ["exec -", "exec", [], ["-"]],
    ["whoami x", "whoami", [], ["x"]],
    ["nonsense -p a", "nonsense", ["--profile==a"], []],
  ];
  for (const [line, command, options, positionals] of rows) {
    test(`rolecall ${line}`, () => {
      expect(parseArguments(line.split(" ").filter((argument) => argument !== ""))).toEqual({
        command,
        options,
        positionals,
      });
    });
  }

  const rejected: readonly [line: string, code: string, help: RegExp][] = [
    ["exec --profil a ls", "unknown-option", /did you mean --profile\?/],
    ["exec --xyzzy ls", "unknown-option", /after COMMAND/],
    ["export -z", "unknown-option", /./],
    ["whoami --format env", "unknown-option", /use --format with export/],
    ["export --profile", "missing-argument", /^$/],
    ["export --no-cache=yes", "invalid-option", /^$/],
  ];
  for (const [line, code, help] of rejected) {
    test(`rejects rolecall ${line}`, () => {
      let error: unknown;
      try {
        parseArguments(line.split(" "));
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(RolecallError);
      expect((error as RolecallError).code).toBe(code as never);
      expect((error as RolecallError).help.join("\n")).toMatch(help);
    });
  }
});

test("the command is the first argument that is neither an option nor a value, before --", () => {
  const rows: readonly [line: string, command: string | undefined][] = [
    ["exec ls", "exec"],
    ["-p exec export", "export"],
    ["--quiet exec ls", "exec"],
    ["-- exec", undefined],
    ["--quiet", undefined],
  ];
  for (const [line, command] of rows) expect(commandName(line.split(" "))).toBe(command);
});
