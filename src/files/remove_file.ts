/** Removes files, so that another user cannot redirect the removal to another file. */
import { unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { systemErrorCode } from "../text/system_error.ts";
import { openFolder } from "./open_folder.ts";
import { rulesBelowHome } from "./owner.ts";

/**
 * Removes a file, or a symbolic link to one.
 *
 * @param home as for `replaceFile`.
 * @returns whether there was one.
 * @throws UnsafePathError if another user could redirect the removal.
 * @throws the system's error, with a `code` such as `EACCES`.
 */
export function removeFile(path: string, home: string): boolean {
  try {
    const folder = openFolder(dirname(path), { ...rulesBelowHome(home), acceptsWriters: "any" });
    try {
      unlinkSync(folder.at(basename(path)));
      return true;
    } finally {
      folder.close();
    }
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemErrorCode(error) ?? "")) return false;
    throw error;
  }
}
