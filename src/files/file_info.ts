/** What stat(2) and realpath(3) report about a file. */
import { readdirSync, realpathSync, statSync } from "node:fs";

export interface FileInfo {
  readonly kind: "file" | "folder" | "other";
  /** The permission bits, such as `0o600`; undefined on Windows, which has none. */
  readonly mode: number | undefined;
  /** The user id of the owner; undefined on Windows. */
  readonly owner?: number | undefined;
  /** The path with all symbolic links resolved. */
  readonly realPath: string;
}

/** Follows symbolic links. Returns undefined if the file does not exist or may not be inspected. */
export function fileInfo(path: string): FileInfo | undefined {
  try {
    const stat = statSync(path);
    return {
      kind: stat.isFile() ? "file" : stat.isDirectory() ? "folder" : "other",
      mode: process.platform === "win32" ? undefined : stat.mode & 0o777,
      owner: process.platform === "win32" ? undefined : stat.uid,
      realPath: realPathOf(path),
    };
  } catch {
    return undefined;
  }
}

/** The names in a folder; none if it does not exist or may not be read. */
export function folderEntries(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** The user id that this process runs with; undefined on Windows. */
export function ownUserId(): number | undefined {
  return process.geteuid?.();
}

/** A link may lead to a file without a name, such as the pipe behind /dev/stdin: the link's own path is used then. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
