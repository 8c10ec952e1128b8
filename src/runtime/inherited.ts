/**
 * Which file descriptors the process was started with.
 *
 * Bun marks every descriptor above 2 close-on-exec when it starts, so that mark does not tell an inherited one from one
 * that Bun opened. But Bun opens only two before the program's first line: an epoll instance and the eventfd that it
 * watches, each with the lowest free number, so they are the first two of their kinds that stand in this relation.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * @param root where the process's own descriptors are listed; Linux has them in /proc/self.
 * @returns the numbers from 3 up, in order; none where there is no such list.
 */
export function inheritedFileDescriptors(root = "/proc/self"): number[] {
  const open: number[] = [];
  for (const name of listing(`${root}/fd`)) {
    if (Number(name) > 2 && target(root, name) !== undefined) open.push(Number(name));
  }
  open.sort((a, b) => a - b);
  const own = eventLoop(root, open);
  return open.filter((fd) => !own.includes(fd));
}

/** The descriptors of Bun's event loop. */
function eventLoop(root: string, open: readonly number[]): number[] {
  for (const fd of open) {
    if (target(root, fd) !== "anon_inode:[eventpoll]") continue;
    const watched = watchedBy(root, fd).find((other) => other > fd && target(root, other) === "anon_inode:[eventfd]");
    if (watched !== undefined) return [fd, watched];
  }
  return [];
}

/** What an epoll instance watches: the `tfd:` lines of its fdinfo. */
function watchedBy(root: string, fd: number): number[] {
  try {
    return [...readFileSync(`${root}/fdinfo/${fd}`, "utf8").matchAll(/^tfd:\s*(\d+)/gm)].map((match) =>
      Number(match[1]),
    );
  } catch {
    return [];
  }
}

/** What a descriptor refers to; undefined once it is closed, as the one that read the listing is. */
function target(root: string, fd: number | string): string | undefined {
  try {
    return readlinkSync(`${root}/fd/${fd}`);
  } catch {
    return undefined;
  }
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
