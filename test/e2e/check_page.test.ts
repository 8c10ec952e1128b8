/** The examples of docs/check.md: each produces the finding of its section, and no other. */
import { afterEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ssoTokenCacheKey } from "../../src/cache/key.ts";
import { INDEX, SECTIONS } from "../support/check_page.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let home: TestHome;
afterEach(() => home.remove());

const inHome = (path: string) => join(home.path, path);

/** Rewrites a file of the example. */
function change(path: string, edit: (text: string) => string | Uint8Array): void {
  writeFileSync(inHome(path), edit(readFileSync(inHome(path), "utf8")));
}

/** What an example says in words: modes, bytes, links, and profiles that are too many to show. */
const SETUPS: Readonly<Record<string, () => void>> = {
  "byte-order-mark": () => change(".aws/config", (text) => `\ufeff${text}`),
  "file-mode": () => chmodSync(inHome(".aws/credentials"), 0o644),
  "folder-mode": () => chmodSync(inHome(".aws"), 0o755),
  "space-after-secret": () => change(".aws/credentials", (text) => text.replaceAll("␠", " ")),
  "chain-too-long": () => {
    change(".aws/config", (text) =>
      Array.from({ length: 101 }, (_, index) =>
        text.replace(/\bp([12])\b/g, (_name, number) => `p${index + Number(number)}`),
      ).join(""),
    );
    home.write(".aws/credentials", "[p102]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n");
  },
  "sign-in-expired": () => {
    const registration = {
      refreshToken: "r",
      clientId: "c",
      clientSecret: "s",
      registrationExpiresAt: "2026-01-01T00:00:00Z",
    };
    const token = { accessToken: "t", expiresAt: "2026-01-02T03:04:05Z", ...registration };
    home.write(`.aws/sso/cache/${ssoTokenCacheKey("corp")}.json`, JSON.stringify(token));
  },
  // Root can read a file of any mode.
  "file-unreadable": () => symlinkSync("config", inHome(".aws/config")),
  "file-not-utf8": () => change(".aws/config", (text) => Buffer.from(text, "latin1")),
};

interface Reported {
  readonly code: string;
  readonly fixable: boolean;
}

function makeExample(code: string): void {
  home = makeHome();
  mkdirSync(inHome(".aws"), { mode: 0o700 });
  for (const { path, text } of blocksOf(code)) if (path !== undefined) home.write(path, text);
  SETUPS[code]?.();
}

function blocksOf(code: string) {
  return SECTIONS.find((section) => section.code === code)?.blocks ?? [];
}

async function findings(...options: readonly string[]): Promise<Reported[]> {
  return JSON.parse((await home.run(["check", "--json", ...options])).stdout);
}

describe("the example of", () => {
  for (const { code, hasFix } of INDEX) {
    test(code, async () => {
      makeExample(code);
      const found = await findings();
      expect([...new Set(found.map((finding) => finding.code))]).toEqual([code]);
      expect(found.some(({ fixable }) => fixable)).toBe(hasFix);
      const shown = (await home.run(["check"])).stdout.replaceAll(home.path, "/home/me");
      for (const { language, text } of blocksOf(code)) if (language === "text") expect(shown).toContain(text.trimEnd());
    });
  }
});

describe("the fix of", () => {
  for (const { code, hasFix } of INDEX) {
    if (!hasFix) continue;
    test(code, async () => {
      makeExample(code);
      expect(await findings("--fix")).toEqual([]);
      const diff =
        blocksOf(code)
          .find(({ language }) => language === "diff")
          ?.text.replaceAll("␠", " ") ?? "";
      const [path = ""] = blocksOf(code).flatMap((block) => block.path ?? []);
      const lines = readFileSync(inHome(path), "utf8").split("\n");
      for (const [, sign, line = ""] of diff.matchAll(/^([+-])(.*)$/gm)) {
        expect([line, lines.includes(line)]).toEqual([line, sign === "+"]);
      }
    });
  }
});

test("every block of an example is a file, a change of one, or output", () => {
  home = makeHome();
  for (const { code, blocks } of SECTIONS) {
    for (const { language, path } of blocks) {
      const isFile = language === "ini" || language === "toml";
      expect([code, language, path !== undefined]).toEqual([code, language, isFile]);
      if (!isFile) expect(["diff", "text"]).toContain(language);
    }
    expect([code, blocks.length > 0]).toEqual([code, true]);
  }
});
