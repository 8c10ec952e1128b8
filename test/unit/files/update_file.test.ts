/** Changing the text of a person's own file. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileChangedError, isWritable, updateFile } from "../../../src/files/update_file.ts";

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rolecall-test-"));
  file = join(home, "config");
});
afterEach(() => rmSync(home, { recursive: true }));

test("a file gets its new text, and keeps its mode", () => {
  writeFileSync(file, "old", { mode: 0o640 });
  updateFile(file, "old", "new", home);
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["new", 0o640]);
  expect(readdirSync(home)).toEqual(["config"]);
});

test("the target of a link gets the new text", () => {
  mkdirSync(join(home, "dotfiles"));
  writeFileSync(join(home, "dotfiles/config"), "old");
  symlinkSync("dotfiles/config", file);
  updateFile(file, "old", "new", home);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(home, "dotfiles/config"), "utf8")).toBe("new");
});

test("a missing file is created, with its folder, for its owner only", () => {
  const path = join(home, ".aws/config");
  expect(isWritable(path, home)).toBe(true);
  updateFile(path, undefined, "new", home);
  expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["new", 0o600]);
  expect(statSync(join(home, ".aws")).mode & 0o777).toBe(0o700);
});

test.each([
  ["another text", "other", "old"],
  ["been created", "other", undefined],
])("a file that has %s in the meantime is not changed", (_what, now, before) => {
  writeFileSync(file, now);
  expect(() => updateFile(file, before, "new", home)).toThrow(FileChangedError);
  expect(readFileSync(file, "utf8")).toBe(now);
  expect(readdirSync(home)).toEqual(["config"]);
});

test("only a regular file is writable", () => {
  expect(isWritable(home, home)).toBe(false);
  writeFileSync(file, "");
  expect(isWritable(file, home)).toBe(true);
  expect(isWritable("/dev/null", home)).toBe(false);
});
