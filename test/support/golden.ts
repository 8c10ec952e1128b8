/** Golden files: expected output, stored beside the tests and reviewed like code. UPDATE_GOLDEN=1 rewrites them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** @returns the text of the golden file, which with UPDATE_GOLDEN=1 is first set to `text`. */
export function golden(name: string, text: string): string {
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(pathOf(name)), { recursive: true });
    writeFileSync(pathOf(name), text);
  }
  return readGolden(name);
}

export function readGolden(name: string): string {
  return existsSync(pathOf(name))
    ? readFileSync(pathOf(name), "utf8")
    : `${name} does not exist: set UPDATE_GOLDEN=1 to create it`;
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../golden/${name}`, import.meta.url));
}
