/** Other projects' public test cases, which stand beside the repository where there are any. They are run, not copied. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../shared/cases/", import.meta.url));

/** Whether the folder is there; where it is not, tests that need it are skipped and counted. */
export const HAVE_CASES = existsSync(FOLDER);

/** @returns the parsed JSON of one file of the folder; `fallback` where there is no such folder. */
export function cases<T>(file: string, fallback: T): T {
  return HAVE_CASES ? JSON.parse(readFileSync(`${FOLDER}${file}`, "utf8")) : fallback;
}
