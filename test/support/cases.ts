/** The public test cases of the AWS SDK for Rust in `test/cases/`. */
import { readFileSync } from "node:fs";

/** @returns the parsed JSON of one file of `test/cases/`. */
export function cases<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../cases/${file}`, import.meta.url), "utf8"));
}
