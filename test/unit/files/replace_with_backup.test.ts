/** Editing a person's own file. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceWithBackup } from "../../../src/files/replace_with_backup.ts";
import { IS_ROOT } from "../../support/machine.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rolecall-backup-"));
  file = join(folder, "config");
  writeFileSync(file, "before", { mode: 0o640 });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("replaceWithBackup", () => {
  test("replaces the text, keeps the mode, and leaves only a backup behind", () => {
    expect(replaceWithBackup(file, "before", "after")).toBe(`${file}.backup`);
    expect(readFileSync(file, "utf8")).toBe("after");
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readFileSync(`${file}.backup`, "utf8")).toBe("before");
    expect(readdirSync(folder).sort()).toEqual(["config", "config.backup"]);
  });

  test("does not change a file that has been edited in the meantime", () => {
    writeFileSync(file, "another edit");
    expect(() => replaceWithBackup(file, "before", "after")).toThrow("the file has changed in the meantime");
    expect(readFileSync(file, "utf8")).toBe("another edit");
    expect(readdirSync(folder)).toEqual(["config"]);
  });

  test.skipIf(!IS_ROOT)("keeps the owner, also of the backup (needs root)", () => {
    chownSync(file, 65534, 65534);
    const backup = replaceWithBackup(file, "before", "after");
    for (const path of [file, backup]) expect([statSync(path).uid, statSync(path).gid]).toEqual([65534, 65534]);
  });
});
