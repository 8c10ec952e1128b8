/** Lists the files of a folder. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../text/system_error.ts";

/**
 * The paths of the regular files in a folder, by name. A folder that does not exist is empty.
 *
 * @throws the system's error, with a `code` such as `EACCES`.
 */
export function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(folder, name))
      .sort();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemErrorCode(error) ?? "")) return [];
    throw error;
  }
}
