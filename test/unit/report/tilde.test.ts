/** Paths in the home folder, abbreviated. */
import { describe, expect, test } from "bun:test";
import { abbreviateHome, abbreviateHomes } from "../../../src/report/tilde.ts";

describe("abbreviateHome", () => {
  const rows: readonly [home: string, path: string, shown: string][] = [
    ["/home/me", "/home/me/.aws/config", "~/.aws/config"],
    ["/home/me", "/home/me2/config", "/home/me2/config"],
    ["C:\\Users\\me", "C:\\Users\\me\\.aws\\config", "~\\.aws\\config"],
    ["C:\\Users\\me", "C:\\Users\\me2\\config", "C:\\Users\\me2\\config"],
    ["\\\\server\\me", "\\\\server\\me\\config", "~\\config"],
  ];
  for (const [home, path, shown] of rows) test(path, () => expect(abbreviateHome(path, home)).toBe(shown));
});

test("in a sentence", () => {
  expect(abbreviateHomes("see C:\\Users\\me\\a and C:\\Users\\me\\b", "C:\\Users\\me")).toBe("see ~\\a and ~\\b");
});
