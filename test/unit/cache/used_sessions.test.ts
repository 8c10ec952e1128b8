/** Sessions that were taken from the cache, and that AWS does not accept. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCache } from "../../../src/cache/cache.ts";
import { recordUsedSessions } from "../../../src/cache/used_sessions.ts";
import { readWholeFile } from "../../../src/files/read_file.ts";
import { NOW, testEffects } from "../../support/test_effects.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rolecall-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const effects = () => testEffects({ readFile: readWholeFile });
const session = (accessKeyId: string) => ({
  credentials: {
    accessKeyId,
    secretAccessKey: "secret",
    sessionToken: "token",
    expiration: new Date(NOW.getTime() + 3_600_000),
  },
});

test("a session that this process created is not from the cache", async () => {
  const sessions = recordUsedSessions(openCache(folder, 900, effects()));
  await sessions.cache.getOrCreate("key", "x", async () => session("ASIANEW"));
  expect(sessions.fileOf({ accessKeyId: "ASIANEW" })).toBeUndefined();
  expect(sessions.drop({ accessKeyId: "ASIANEW" })).toBe(false);
});

test("a session that is dropped is deleted, and created anew", async () => {
  const cache = openCache(folder, 900, effects());
  await cache.getOrCreate("key", "x", async () => session("ASIAOLD"));
  const sessions = recordUsedSessions(cache);
  expect(sessions.cache.read("key")?.credentials.accessKeyId).toBe("ASIAOLD");
  expect(sessions.fileOf({ accessKeyId: "ASIAOLD" })).toBe(join(folder, "key.json"));
  expect(sessions.drop({ accessKeyId: "ASIAOLD" })).toBe(true);
  expect(existsSync(join(folder, "key.json"))).toBe(false);
  const made = await sessions.cache.getOrCreate("key", "x", async () => session("ASIANEW"));
  expect(made.credentials.accessKeyId).toBe("ASIANEW");
  expect(sessions.drop({ accessKeyId: "ASIAOLD" })).toBe(false);
});

test("a session that another process has replaced stays", async () => {
  const cache = openCache(folder, 900, effects());
  await cache.getOrCreate("key", "x", async () => session("ASIANEW"));
  cache.drop("key", "ASIAOLD");
  expect(cache.read("key")?.credentials.accessKeyId).toBe("ASIANEW");
});

test("a session that cannot be deleted is not returned again", () => {
  const entry = JSON.stringify({
    Credentials: {
      AccessKeyId: "ASIAOLD",
      SecretAccessKey: "s",
      SessionToken: "t",
      Expiration: "2026-01-02T04:04:05Z",
    },
  });
  // The file exists only in the effects, so that its deletion fails.
  const cache = openCache(folder, 900, testEffects({ files: { [join(folder, "key.json")]: entry } }));
  expect(cache.read("key")?.credentials.accessKeyId).toBe("ASIAOLD");
  cache.drop("key", "ASIAOLD");
  expect(cache.read("key")).toBeUndefined();
});
