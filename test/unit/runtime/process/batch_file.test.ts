/** The command lines of batch files. test/wine runs such files. */
import { describe, expect, test } from "bun:test";
import { batchArguments, commandProcessor, isBatchFile } from "../../../../src/runtime/process/batch_file.ts";
import { programStart } from "../../../../src/runtime/process/program_start.ts";

describe("batchArguments", () => {
  const rows: readonly [description: string, arg: string, quoted: string][] = [
    ["plain", "--region=x", '"--region=x"'],
    ["of characters that mean nothing", "a/b_c-1.2:@", "a/b_c-1.2:@"],
    ["empty", "", '""'],
    ["with a blank", "a b", '"a b"'],
    ["that separates arguments of a batch file", "a,b;c", '"a,b;c"'],
    ["that starts another command", "a&calc", '"a&calc"'],
    ["that closes the quotes to start another command", '"&calc&"', '"""&calc&"""'],
    ["with a caret", "a^", '"a^"'],
    ["that names a variable", "%PATH%", '"%%cd:~,%PATH%%cd:~,%"'],
    ["that would name a variable with delayed expansion", "!PATH!", '"!PATH!"'],
    ["with a backslash at the end", "C:\\a b\\", '"C:\\a b\\\\"'],
    ["with a backslash before a quote", 'a\\"b', '"a\\\\""b"'],
    ["outside ASCII", "ü", '"ü"'],
  ];
  for (const [description, arg, quoted] of rows) {
    test(description, () => {
      const [last] = batchArguments("C:\\t x\\a.cmd", [arg, "z"])?.slice(-1) ?? [];
      expect(last).toBe(`""C:\\t x\\a.cmd" ${quoted} z"`);
    });
  }

  test("runs no AutoRun command and expands no !NAME!", () => {
    expect(batchArguments("a.cmd", [])?.slice(0, -1)).toEqual(["/e:on", "/v:off", "/d", "/s", "/c"]);
  });

  test("a percent sign in the path of the file", () => {
    expect(batchArguments("C:\\%a%\\b.cmd", [])?.at(-1)).toBe('""C:\\%%cd:~,%a%%cd:~,%\\b.cmd""');
  });

  for (const [what, arg] of [
    ["a line feed", "a\nb"],
    ["a carriage return", "a\rb"],
    ["a NUL", "a\0b"],
  ] as const) {
    test(`not with ${what}`, () => expect(batchArguments("a.cmd", [arg])).toBeUndefined());
  }
});

test("isBatchFile", () => {
  const names = ["a.bat", "A.CMD", "a.cmd. .", "a.bat.exe", "a.exe", "cmd", "a.cmdx"];
  expect(names.filter(isBatchFile)).toEqual(["a.bat", "A.CMD", "a.cmd. ."]);
});

test("cmd.exe is that of Windows", () => {
  expect(commandProcessor({ SYSTEMROOT: "D:\\win" })).toBe("D:\\win\\System32\\cmd.exe");
  expect(commandProcessor({})).toBe("C:\\Windows\\System32\\cmd.exe");
});

describe("programStart", () => {
  const argv = ["tool", "a b"];
  test("starts a program with its arguments", () => {
    expect(programStart("C:\\tool.exe", argv, {}, "win32")).toEqual({
      file: "C:\\tool.exe",
      args: ["a b"],
      argv0: "tool",
      windowsVerbatimArguments: false,
    });
  });
  test("starts a batch file with the cmd.exe of SystemRoot, in whatever case its name is", () => {
    const start = programStart("C:\\tool.cmd", argv, { SystemRoot: "D:\\win" }, "win32");
    expect(start).toMatchObject({ file: "D:\\win\\System32\\cmd.exe", windowsVerbatimArguments: true });
    expect(start.args.at(-1)).toBe('""C:\\tool.cmd" "a b""');
  });
  test("elsewhere, a file of this name is a program", () => {
    expect(programStart("/bin/tool.cmd", argv, {}, "linux")).toMatchObject({ file: "/bin/tool.cmd", args: ["a b"] });
  });
  test("a line break is an error", () => {
    expect(() => programStart("C:\\tool.cmd", ["tool", "a\nb"], {}, "win32")).toThrow("line break");
  });
});
