/** Golden files: what people see, kept beside the tests and reviewed like code. UPDATE_GOLDEN=1 writes them anew. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** @returns the golden file's text; where it is to be updated, the text itself. */
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
    : `there is no ${name}: UPDATE_GOLDEN=1 makes it`;
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../golden/${name}`, import.meta.url));
}
