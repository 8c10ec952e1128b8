/** The search for a command in PATH. */
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCommand } from "../../../../src/runtime/process/find_command.ts";

const folder = mkdtempSync(join(tmpdir(), "rolecall-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(path: string, mode: number): void {
  writeFileSync(join(folder, path), "#!/bin/sh\n");
  chmodSync(join(folder, path), mode);
}

describe("findCommand", () => {
  mkdirSync(join(folder, "one"));
  mkdirSync(join(folder, "two"));
  mkdirSync(join(folder, "one", "folder"));
  file("one/tool", 0o644);
  file("two/tool", 0o755);
  file("one/plain", 0o644);
  const path = `${folder}/one:${folder}/two`;
  const rows: readonly [description: string, name: string, path: string | undefined, found: unknown][] = [
    ["skips a file that is not executable", "tool", path, { file: `${folder}/two/tool` }],
    ["a file that is not executable in any folder", "plain", path, { missing: "not-executable" }],
    ["a folder is not executable", "folder", path, { missing: "not-executable" }],
    ["a name that does not exist", "nope", path, { missing: "not-found" }],
    ["a path is not searched", `${folder}/two/tool`, "/nowhere", { file: `${folder}/two/tool` }],
    ["a path that does not exist", "./nope/tool", path, { missing: "not-found" }],
    ["a path through a file", `${folder}/two/tool/x`, path, { missing: "not-found" }],
    ["an empty name", "", path, { missing: "not-found" }],
    ["without PATH the system's folders are searched", "sh", undefined, { file: "/bin/sh" }],
  ];
  for (const [description, name, searched, found] of rows) {
    test(description, () => expect(findCommand(name, { PATH: searched })).toEqual(found as never));
  }
});
