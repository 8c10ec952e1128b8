/** The search for a command on Windows. */
import { describe, expect, test } from "bun:test";
import type { Environment } from "../../../../src/domain/environment.ts";
import { findWindowsCommand, isWindowsPath } from "../../../../src/runtime/process/find_windows_command.ts";

/** The files of the machine. As on Windows, case does not matter. */
const FILES = [
  "C:\\Windows\\System32\\cmd.exe",
  "C:\\Windows\\notepad.exe",
  "C:\\bin\\tool.exe",
  "C:\\bin\\both.bat",
  "C:\\bin\\both.exe",
  "C:\\bin\\script",
  "C:\\bin\\script.cmd",
  "C:\\bin\\python3.12.exe",
  "C:\\bin\\page.html",
  "C:\\a;b\\odd.exe",
  "\\\\server\\share\\remote.exe",
  "D:\\late\\tool.exe",
  ".\\here.cmd",
  "bin\\tool.exe",
  "C:relative.exe",
];
const FOLDERS = ["C:\\bin", "C:\\bin\\folder.exe"];

function kindOf(path: string): "file" | "folder" | undefined {
  const has = (paths: readonly string[]) => paths.some((known) => known.toLowerCase() === path.toLowerCase());
  return has(FILES) ? "file" : has(FOLDERS) ? "folder" : undefined;
}

const PATH = "C:\\bin;D:\\late";

describe("findWindowsCommand", () => {
  const rows: readonly [description: string, name: string, environment: Environment, found: unknown][] = [
    ["adds an extension", "tool", { PATH }, "C:\\bin\\tool.exe"],
    ["takes the first folder", "tool", { PATH: "D:\\late;C:\\bin" }, "D:\\late\\tool.exe"],
    ["ignores case", "TOOL.EXE", { PATH }, "C:\\bin\\TOOL.EXE"],
    ["tries the extensions in the order of PATHEXT", "both", { PATH }, "C:\\bin\\both.exe"],
    ["another order", "both", { PATH, PATHEXT: ".BAT;.EXE" }, "C:\\bin\\both.bat"],
    ["PATHEXT without dots and with blanks", "both", { PATH, PATHEXT: " bat ;;exe" }, "C:\\bin\\both.bat"],
    ["an empty PATHEXT is the default", "tool", { PATH, PATHEXT: "" }, "C:\\bin\\tool.exe"],
    ["a file without an extension is not a program", "script", { PATH }, "C:\\bin\\script.cmd"],
    ["a dot in the name may be no extension", "python3.12", { PATH }, "C:\\bin\\python3.12.exe"],
    ["an extension outside PATHEXT, if it is given", "page.html", { PATH }, "C:\\bin\\page.html"],
    ["dots and blanks at the end do not count", "script.cmd. .", { PATH }, "C:\\bin\\script.cmd"],
    ["quotes in PATH", "tool", { PATH: '"C:\\bin";D:\\late' }, "C:\\bin\\tool.exe"],
    ["a semicolon between quotes", "odd", { PATH: 'D:\\late;"C:\\a;b"' }, "C:\\a;b\\odd.exe"],
    ["a quote that is not closed", "odd", { PATH: 'D:\\late;"C:\\a;b' }, "C:\\a;b\\odd.exe"],
    ["a separator at the end of a folder", "tool", { PATH: "C:\\bin\\" }, "C:\\bin\\tool.exe"],
    ["slashes in PATH", "tool", { PATH: "C:/bin/" }, "C:\\bin\\tool.exe"],
    ["a network share", "remote", { PATH: "\\\\server\\share" }, "\\\\server\\share\\remote.exe"],
    ["skips a folder with the name of the command", "folder", { PATH }, { missing: "not-found" }],
    ["a name that does not exist", "nope", { PATH }, { missing: "not-found" }],
    ["an empty name", "", { PATH }, { missing: "not-found" }],
    ["a name of dots", "..", { PATH }, { missing: "not-found" }],
    ["not in the current folder", "here", { PATH }, { missing: "current-folder" }],
    ["not in the current folder, with an empty PATH entry", "here", { PATH: ";." }, { missing: "current-folder" }],
    ["not in a relative folder of PATH", "tool", { PATH: "bin;\\bin;C:bin" }, { missing: "not-found" }],
    ["in the current folder, if the name says so", ".\\here", { PATH }, ".\\here.cmd"],
    ["with slashes", "./here", { PATH }, ".\\here.cmd"],
    ["a path with a drive", "C:\\bin\\script", { PATH }, "C:\\bin\\script.cmd"],
    ["a path with a drive and slashes", "c:/bin/tool.exe", { PATH }, "c:\\bin\\tool.exe"],
    ["a path relative to the folder of a drive", "C:relative", { PATH }, "C:relative.exe"],
    ["a folder", "C:\\bin", { PATH }, { missing: "not-executable" }],
    ["a path that does not exist", "C:\\bin\\nope", { PATH }, { missing: "not-found" }],
    ["without PATH, Windows' own folders", "notepad", {}, "C:\\Windows\\notepad.exe"],
    ["wherever they are", "cmd", { SYSTEMROOT: "D:\\win" }, { missing: "not-found" }],
  ];
  for (const [description, name, environment, found] of rows) {
    const expected = typeof found === "string" ? { file: found } : found;
    test(description, () => expect(findWindowsCommand(name, environment, kindOf)).toEqual(expected as never));
  }
});

test("isWindowsPath", () => {
  const names = ["a", "a.exe", ".\\a", "./a", "C:a", "a b"];
  expect(names.filter(isWindowsPath)).toEqual([".\\a", "./a", "C:a"]);
});
