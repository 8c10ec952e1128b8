/** The search for a command, and the inherited file descriptors. */
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInheritedState } from "../../../src/runtime/inherited/inherited_state.ts";
import { findCommand } from "../../../src/runtime/process/find_command.ts";

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
    test(description, () => expect(findCommand(name, searched)).toEqual(found as never));
  }
});

describe("the inherited file descriptors", () => {
  /** Imitates the folder that describes a process in /proc. */
  function makeProcFolder(
    name: string,
    open: Readonly<Record<number, string>>,
    watches: Readonly<Record<number, number>>,
  ): string {
    const root = join(folder, name);
    mkdirSync(join(root, "fd"), { recursive: true });
    mkdirSync(join(root, "fdinfo"));
    for (const [fd, target] of Object.entries(open)) symlinkSync(target, join(root, "fd", fd));
    for (const [fd, watched] of Object.entries(watches)) {
      writeFileSync(join(root, "fdinfo", fd), `pos:\t0\nflags:\t02\ntfd:        ${watched} events:       19\n`);
    }
    return root;
  }
  const EPOLL = "anon_inode:[eventpoll]";
  const EVENT = "anon_inode:[eventfd]";
  const STANDARD = { 0: "/dev/null", 1: "/dev/null", 2: "/dev/null" };

  test("exclude those of Bun's event loop", () => {
    const root = makeProcFolder(
      "plain",
      { ...STANDARD, 3: EPOLL, 4: EVENT, 5: "/etc/hosts", 63: "pipe:[1]" },
      { 3: 4 },
    );
    expect(readInheritedState(root).fileDescriptors).toEqual([5, 63]);
  });

  test("include an epoll instance and an eventfd that do not belong together", () => {
    const root = makeProcFolder("two", { ...STANDARD, 3: EVENT, 4: EPOLL, 5: EPOLL, 6: EVENT }, { 4: 3, 5: 6 });
    expect(readInheritedState(root).fileDescriptors).toEqual([3, 4]);
  });

  test("are none if the system has no list of them", () => {
    expect(readInheritedState(join(folder, "nowhere")).fileDescriptors).toEqual([]);
  });
});
