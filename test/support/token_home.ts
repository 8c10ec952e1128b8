/** A home folder with a token file, for providers that write the refreshed token back. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestEffects, type TestEffectsOptions, testEffects } from "./test_effects.ts";

export interface TokenHome {
  readonly effects: TestEffects;
  /** The members of the file as it is now. */
  read(): unknown;
  remove(): void;
}

/**
 * @param path of the token file, below the home folder.
 * @param content an object is written as JSON; undefined writes no file.
 */
export function tokenHome(
  path: string,
  content: object | string | undefined,
  options: TestEffectsOptions = {},
): TokenHome {
  const home = mkdtempSync(join(tmpdir(), "rolecall-token-"));
  const file = join(home, path);
  if (content !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  }
  const readFile = (name: string) => (name === file && content !== undefined ? readFileSync(file) : undefined);
  return {
    effects: testEffects({ home, readFile, ...options }),
    read: () => JSON.parse(readFileSync(file, "utf8")),
    remove: () => rmSync(home, { recursive: true }),
  };
}
