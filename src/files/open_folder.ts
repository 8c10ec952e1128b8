/**
 * Opens the folder of a file that is to be written, so that another user cannot redirect the write: not by a symbolic
 * link that exists already, and not by one that appears later.
 *
 * Every component of the path is opened by its name in the folder before it, without following links. That is what
 * openat(2) with O_NOFOLLOW does. The APIs of Bun and Node have no openat; on Linux `/proc/self/fd/N/NAME` is the same.
 * Other systems have no such path: there each component is checked before it is used.
 */
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readlinkSync, type Stats } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { systemErrorCode } from "../text/system_error.ts";
import {
  type FolderRules,
  giveToOwner,
  isSticky,
  isTrustedOwner,
  othersCanWrite,
  ownUid,
  untrustedBecause,
} from "./owner.ts";
import { withPrivateUmask } from "./private_umask.ts";
import { UnsafePathError } from "./unsafe_path_error.ts";

export interface OpenFolder {
  /** Without symbolic links. */
  readonly path: string;
  readonly stat: Stats;
  /** A path that leads to a file in this folder, even if the folder has been moved. */
  at(name: string): string;
  close(): void;
}

/**
 * Opens a folder in which this user is going to write.
 *
 * @throws UnsafePathError if the folder belongs to another user, if other users can write to it, or if a symbolic link
 *   of another user leads to it.
 * @throws the system's error, with a `code` such as `EROFS` or `ENOTDIR`.
 */
export function openFolder(path: string, rules: FolderRules): OpenFolder {
  const { folder, name } = walk(path, rules, "to the folder");
  if (name !== undefined) {
    folder.close();
    throw Object.assign(new Error(`${path} is not a folder`), { code: "ENOTDIR" });
  }
  return checked(folder, rules);
}

/** A file by its name in its folder. The name is not that of a symbolic link, or was not a moment ago. */
export interface FileInFolder {
  readonly folder: OpenFolder;
  readonly name: string;
}

/**
 * Opens the folder that contains a file. If the path is a symbolic link, that is the folder of its target.
 *
 * @throws as `openFolder`; `EISDIR` if the path leads to a folder.
 */
export function openFolderOf(path: string, rules: FolderRules): FileInFolder {
  const { folder, name } = walk(path, rules, "to the file");
  if (name === undefined) {
    folder.close();
    throw Object.assign(new Error(`${path} is a folder`), { code: "EISDIR" });
  }
  return { folder: checked(folder, rules), name };
}

/**
 * Opens a folder in order to change its mode, so it may be one that other users can write to.
 *
 * @returns a file descriptor; undefined if the path does not lead to a folder.
 * @throws UnsafePathError if the folder is not this user's own, or if a symbolic link of another user leads to it.
 */
export function openOwnFolder(path: string): number | undefined {
  const { folder, name } = walk(path, {}, "to the file");
  try {
    if (name !== undefined) return undefined;
    if (ownUid() !== undefined && folder.stat.uid !== ownUid()) throw belongsToAnother(folder);
    return openSync(folder.at("."), constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  } finally {
    folder.close();
  }
}

function checked(folder: OpenFolder, rules: FolderRules): OpenFolder {
  const reason = untrustedBecause(folder.path, folder.stat, rules);
  if (reason === undefined) return folder;
  folder.close();
  throw new UnsafePathError(reason);
}

function belongsToAnother({ path, stat }: OpenFolder): UnsafePathError {
  return new UnsafePathError(`the folder ${path} belongs to another user (uid ${stat.uid})`);
}

/** As the kernel has it: path_resolution(7). */
const MAX_LINKS = 40;

/** Where a walk ended: in a folder, or at a name in it that is not a folder. */
interface End {
  readonly folder: OpenFolder;
  readonly name: string | undefined;
}

function walk(path: string, rules: FolderRules, target: "to the folder" | "to the file"): End {
  // On Windows a user cannot create links for others, and there are no owners to compare.
  if (ownUid() === undefined) return walkOnWindows(path, rules, target);
  const rest = componentsOf(isAbsolute(path) ? path : join(process.cwd(), path));
  let folder = openRoot();
  let links = 0;
  try {
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      const isLast = rest.length === 0;
      const step = stepInto(folder, name, isLast && target === "to the file" ? {} : rules);
      if (step === "missing" || step === "other") {
        if (isLast && target === "to the file") return { folder, name };
        throw systemError(step === "missing" ? "ENOENT" : "ENOTDIR", join(folder.path, name));
      }
      if (typeof step === "object" && "link" in step) {
        if (++links > MAX_LINKS) throw systemError("ELOOP", path);
        rest.unshift(...componentsOf(step.link));
        if (!isAbsolute(step.link)) continue;
        folder.close();
        folder = openRoot();
        continue;
      }
      folder.close();
      folder = step;
    }
    return { folder, name: undefined };
  } catch (error) {
    folder.close();
    throw error;
  }
}

function componentsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

function walkOnWindows(path: string, { create }: FolderRules, target: "to the folder" | "to the file"): End {
  const full = resolve(path);
  const folder = target === "to the file" ? dirname(full) : full;
  if (create === true) mkdirSync(folder, { recursive: true });
  const end = { path: folder, stat: lstatSync(folder), at: (name: string) => join(folder, name), close: () => {} };
  return { folder: end, name: target === "to the file" ? basename(full) : undefined };
}

function stepInto(parent: OpenFolder, name: string, rules: FolderRules): OpenFolder | Link | "missing" | "other" {
  const found = open(parent, name);
  if (found === undefined) {
    if (rules.create !== true) return "missing";
    createFolder(parent, name);
    return stepInto(parent, name, {});
  }
  if (found.stat.isDirectory()) return found;
  found.close();
  if (!found.stat.isSymbolicLink()) return "other";
  return readLink(parent, name, found.stat);
}

interface Link {
  readonly link: string;
}

/** In a folder that others can write to, the link could become another one between the check and its use. */
function readLink(parent: OpenFolder, name: string, { uid }: Stats): Link {
  const path = join(parent.path, name);
  if (!isTrustedOwner(uid)) throw new UnsafePathError(`the symbolic link ${path} belongs to another user (uid ${uid})`);
  const isStable =
    isTrustedOwner(parent.stat.uid) && (isSticky(parent.stat) || !othersCanWrite(parent.stat, parent.path));
  if (!isStable) {
    throw new UnsafePathError(`the symbolic link ${path} is in a folder that other users can write to`);
  }
  return { link: readlinkSync(parent.at(name)) };
}

/** Its mode does not depend on the umask: one that removes the owner's own rights would make the folder unusable. */
function createFolder(parent: OpenFolder, name: string): void {
  try {
    withPrivateUmask(() => mkdirSync(parent.at(name), { mode: 0o700 }));
  } catch (error) {
    // Another process may have created it in the meantime.
    if (systemErrorCode(error) !== "EEXIST") throw error;
    return;
  }
  const fd = openSync(parent.at(name), constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0));
  try {
    // What is not this user's own has been put there instead of the new folder.
    if (fstatSync(fd).uid === ownUid()) giveToOwner(fd, parent.stat);
  } finally {
    closeSync(fd);
  }
}

/** Opens a file only to refer to it: Linux, open(2). Needs no permission for the file itself. */
const O_PATH = 0x200000;
const DESCRIPTORS = "/proc/self/fd";

let hasDescriptors: boolean | undefined;

function openRoot(): OpenFolder {
  hasDescriptors ??= process.platform === "linux" && lstatSync(DESCRIPTORS, { throwIfNoEntry: false }) !== undefined;
  if (!hasDescriptors) return folderAt("/", lstatSync("/"));
  return openedFolder("/", openSync("/", O_PATH));
}

/** @returns undefined if there is no such file. The result is a folder only if its `stat` says so. */
function open(parent: OpenFolder, name: string): OpenFolder | undefined {
  const path = name === ".." ? dirname(parent.path) : join(parent.path, name);
  try {
    if (hasDescriptors !== true) return folderAt(path, lstatSync(path));
    return openedFolder(path, openSync(parent.at(name), O_PATH | constants.O_NOFOLLOW));
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function folderAt(path: string, stat: Stats): OpenFolder {
  return { path, stat, at: (name) => join(path, name), close: () => {} };
}

function openedFolder(path: string, fd: number): OpenFolder {
  let isOpen = true;
  return {
    path,
    stat: fstatSync(fd),
    at: (name) => `${DESCRIPTORS}/${fd}/${name}`,
    close() {
      // A number that is closed twice may already belong to another file.
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
