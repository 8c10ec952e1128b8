/** Splitting command lines, and reading and merging the AWS files. */
import { describe, expect, test } from "bun:test";
import { splitCommandLine, splitProgram } from "../../../src/config/command_line.ts";
import { loadSharedConfig } from "../../../src/config/load.ts";
import { mergeSharedConfig } from "../../../src/config/merge.ts";
import { RolecallError } from "../../../src/domain/errors.ts";
import { parseIni } from "../../../src/ini/parse.ts";

const PATHS = { configFile: "config", credentialsFile: "credentials" };

describe("splitCommandLine", () => {
  const rows: readonly [text: string, result: readonly string[] | string][] = [
    ["", []],
    [" a  b\tc\n", ["a", "b", "c"]],
    ["'a b' \"c d\"", ["a b", "c d"]],
    ["a'b'c", ["abc"]],
    ["'' x", ["", "x"]],
    ['a\\ b "\\"" "\\n" \'\\n\'', ["a b", '"', "\\n", "\\n"]],
    ["a # b ; c | d > e $F `g`", ["a", "#", "b", ";", "c", "|", "d", ">", "e", "$F", "`g`"]],
    ["a 'b", "the quote ' is not closed"],
    ["a \\", "it ends with a backslash"],
  ];
  for (const [text, result] of rows) {
    test(JSON.stringify(text), () => {
      const split = splitCommandLine(text);
      expect("argv" in split ? split.argv : split.problem).toEqual(result);
    });
  }
});

describe("mergeSharedConfig", () => {
  const merged = (config: string, credentials = "") =>
    mergeSharedConfig(parseIni(config, "config"), parseIni(credentials, "credentials"), PATHS);

  test("sorts sections by their names", () => {
    const { profiles, ssoSessions, services, unknownSections } = merged(
      '[default]\n[profile a]\n[profile "b c"]\n[foo]\n[profile a b]\n[sso-session s]\n[services t]\n[profile "x]\n',
      "[lit eral]\n[profile d]\n",
    );
    expect([...profiles.keys()]).toEqual(["default", "a", "b c", "lit eral", "profile d"]);
    expect([...ssoSessions.keys()]).toEqual(["s"]);
    expect([...services.keys()]).toEqual(["t"]);
    expect([...unknownSections.keys()]).toEqual(["foo", "profile a b", 'profile "x']);
  });

  test("replaces the earlier of [default] and [profile default] by the later one", () => {
    const { profiles } = merged("[default]\na = 1\n[profile default]\nb = 2\n");
    expect([...(profiles.get("default")?.settings.keys() ?? [])]).toEqual(["b"]);
  });

  test("overrides each key of the config file by that of the credentials file", () => {
    const profile = merged("[profile a]\nx = 1\ny = 2\n", "[a]\ny = 3\n").profiles.get("a");
    expect(profile?.settings.get("x")?.from).toEqual({ file: "config", line: 2, column: 5 });
    expect(profile?.settings.get("y")).toMatchObject({ value: "3", from: { file: "credentials", line: 2, column: 5 } });
    expect(profile?.from.file).toBe("config");
  });
});

describe("loadSharedConfig", () => {
  const load = (readFile: (path: string) => Uint8Array | undefined) => {
    try {
      return loadSharedConfig(PATHS, readFile, new Map());
    } catch (error) {
      if (error instanceof RolecallError) return error;
      throw error;
    }
  };
  const failing = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };

  test("treats a missing file and a folder as empty", () => {
    for (const readFile of [() => undefined, failing("EISDIR"), failing("ENOTDIR")]) {
      const config = load(readFile);
      expect(config instanceof RolecallError || config.profiles.size).toBe(0);
    }
  });

  test("throws if a file cannot be read", () => {
    expect(load(failing("EACCES"))).toMatchObject({ code: "file-unreadable" });
  });

  const wrong: readonly [what: string, bytes: Uint8Array, at: { line: number; column: number }][] = [
    ["Latin-1", Buffer.from("[a]\nx = caf\xe9\n", "latin1"), { line: 2, column: 8 }],
    ["UTF-16", Buffer.from("\ufeff[a]\n", "utf16le"), { line: 1, column: 1 }],
  ];
  for (const [what, bytes, at] of wrong) {
    test(`throws for ${what}, with the position`, () => {
      expect(load(() => bytes)).toMatchObject({ code: "file-not-utf8", at: { file: "config", ...at } });
    });
  }

  test("parses both files, even if one is enough", () => {
    const text = (path: string) => Buffer.from(path === "config" ? "[default]\n" : "nonsense\n");
    expect(load(text)).toMatchObject({ code: "file-syntax", at: { file: "credentials" } });
  });
});

describe("splitProgram", () => {
  const onWindows: readonly [description: string, text: string, argv: readonly string[] | undefined][] = [
    ["backslashes are ordinary", "C:\\bin\\tool.exe a", ["C:\\bin\\tool.exe", "a"]],
    ["double quotes", '"C:\\Program Files\\t.exe"  "a b"\tc', ["C:\\Program Files\\t.exe", "a b", "c"]],
    ["single quotes are ordinary", "t 'a b'", ["t", "'a", "b'"]],
    ["an escaped quote", 't \\"a\\"', ["t", '"a"']],
    ["an escaped backslash before a quote", 't "a\\\\" b', ["t", "a\\", "b"]],
    ["three backslashes before a quote", 't a\\\\\\"b', ["t", 'a\\"b']],
    ["quotes within an argument", 't a"b c"d', ["t", "ab cd"]],
    ["an empty argument", 't ""', ["t", ""]],
    ["a backslash at the end", "t a\\", ["t", "a\\"]],
    ["a line break is ordinary", "t a\nb", ["t", "a\nb"]],
    ["nothing", "  ", []],
    ["a quote that is not closed", 't "a', undefined],
  ];
  for (const [description, text, argv] of onWindows) {
    test(`on Windows: ${description}`, () => {
      const split = splitProgram(text, "win32");
      expect("argv" in split ? split.argv : undefined).toEqual(argv as string[]);
    });
  }

  test("elsewhere as a shell does", () => {
    expect(splitProgram("a\\ b 'c d'", "linux")).toEqual({ argv: ["a b", "c d"] });
    expect(splitProgram("a\\ b", undefined)).toEqual({ argv: ["a b"] });
  });
});
