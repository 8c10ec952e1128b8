/** What is known of a file without opening it. */
import { realpathSync, statSync } from "node:fs";

export interface FileInfo {
  readonly kind: "file" | "folder" | "other";
  /** The permission bits, `0o600` say; undefined where the system has none. */
  readonly mode: number | undefined;
  /** Its path without symbolic links. */
  readonly realPath: string;
}

/** The facts, symbolic links followed; undefined where there is nothing, or nothing can be known. */
export function fileInfo(path: string): FileInfo | undefined {
  try {
    const facts = statSync(path);
    return {
      kind: facts.isFile() ? "file" : facts.isDirectory() ? "folder" : "other",
      mode: process.platform === "win32" ? undefined : facts.mode & 0o777,
      realPath: realPathOf(path),
    };
  } catch {
    return undefined;
  }
}

/** What has no name, the pipe behind /dev/stdin say, keeps that of the link. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
