/** The inherited file descriptors, found in an imitation of /proc. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { descriptorsBeforeNode, readInheritedState } from "../../../../src/runtime/inherited/inherited_state.ts";

const folder = mkdtempSync(join(tmpdir(), "rolecall-"));
afterAll(() => rmSync(folder, { recursive: true }));

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

  test("exclude those of Node: both ends of a pipe, event loops and /dev/null", () => {
    const ends = { 7: "pipe:[1]", 8: "pipe:[1]", 9: "pipe:[2]", 10: "pipe:[2]", 63: "pipe:[3]" };
    const own = { 3: EPOLL, 4: "anon_inode:[io_uring]", 5: EVENT, 6: "/dev/null" };
    const root = makeProcFolder("node", { ...STANDARD, ...own, ...ends, 11: "/etc/hosts", 12: "socket:[4]" }, {});
    for (const [fd, flags] of [
      [7, "02000000"],
      [8, "02000001"],
      // Two descriptors of the same end.
      [9, "02000000"],
      [10, "02000000"],
      [63, "02000000"],
    ]) {
      writeFileSync(join(root, "fdinfo", String(fd)), `pos:\t0\nflags:\t${flags}\n`);
    }
    expect(descriptorsBeforeNode(root)).toEqual([9, 10, 11, 12, 63]);
    expect(descriptorsBeforeNode(join(folder, "nowhere"))).toEqual([]);
  });

  test("are none if the system has no list of them", () => {
    expect(readInheritedState(join(folder, "nowhere")).fileDescriptors).toEqual([]);
  });
});
