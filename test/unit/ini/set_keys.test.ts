/** Setting keys of a section, with everything else kept. */
import { describe, expect, test } from "bun:test";
import { RolecallError } from "../../../src/domain/errors.ts";
import { setKeys } from "../../../src/ini/set_keys.ts";

const set = (text: string, values: Readonly<Record<string, string | undefined>>) =>
  setKeys(text, "config", (name) => name === "profile a", "profile a", new Map(Object.entries(values)));

describe("setKeys", () => {
  const rows: readonly [
    what: string,
    text: string,
    values: Readonly<Record<string, string | undefined>>,
    expected: string,
  ][] = [
    ["an empty file", "", { x: "1" }, "[profile a]\nx = 1\n"],
    ["a missing section", "[b]\ny = 2\n", { x: "1" }, "[b]\ny = 2\n\n[profile a]\nx = 1\n"],
    ["a missing section, without a last line end", "[b]\ny = 2", { x: "1" }, "[b]\ny = 2\n\n[profile a]\nx = 1\n"],
    ["a missing key", "[profile a]\ny = 2\n\n[b]\n", { x: "1" }, "[profile a]\ny = 2\nx = 1\n\n[b]\n"],
    ["an empty section", "[profile a]\n# note\n[b]\n", { x: "1" }, "[profile a]\nx = 1\n# note\n[b]\n"],
    ["a key", "[profile a]\nX=old   \ny = 2\n", { x: "1" }, "[profile a]\nX = 1\ny = 2\n"],
    ["a key with a continued value", "[profile a]\nx = a\n  b\ny = 2\n", { x: "1" }, "[profile a]\nx = 1\ny = 2\n"],
    ["several keys", "[profile a]\nx = 0\n", { x: "1", z: "2" }, "[profile a]\nx = 1\nz = 2\n"],
    ["indented keys", "[profile a]\n  y = 2\n", { x: "1" }, "[profile a]\n  y = 2\n  x = 1\n"],
    ["after a block", "[profile a]\ns3 =\n  y = 2\n", { x: "1" }, "[profile a]\ns3 =\n  y = 2\nx = 1\n"],
    ["a removed key", "[profile a]\nx = a\n  b\ny = 2\n", { x: undefined, z: "3" }, "[profile a]\ny = 2\nz = 3\n"],
    ["a removed key that is missing", "[profile a]\ny = 2\n", { x: undefined }, "[profile a]\ny = 2\n"],
    ["CRLF", "[profile a]\r\ny = 2\r\n", { x: "1" }, "[profile a]\r\ny = 2\r\nx = 1\r\n"],
    ["comments and other bytes stay", "; é\n[profile a] # x\ny:2\n", { x: "1" }, "; é\n[profile a] # x\ny:2\nx = 1\n"],
  ];
  for (const [what, text, values, expected] of rows) {
    test(what, () => expect(set(text, values)).toBe(expected));
  }

  test("rejects a file that cannot be parsed", () => {
    expect(() => set("x = 1\n", { x: "1" })).toThrow(RolecallError);
  });
});
