/** The addon that makes system calls, loaded into this process. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { makeAddon } from "../../../../src/runtime/native/addon.ts";

const folder = mkdtempSync(join(tmpdir(), "rolecall-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(process.platform !== "linux" || process.arch !== "x64")("an addon makes system calls", () => {
  const file = join(folder, "addon.node");
  writeFileSync(file, makeAddon());
  const loaded = { exports: (..._numbers: number[]) => 0 };
  process.dlopen(loaded, file);
  const getpid = 39;
  const lseek = 8;
  const fcntl = 72;
  expect(loaded.exports(getpid, 0, 0, 0, 0, 0, 0)).toBe(process.pid);
  expect(loaded.exports(lseek, -1, 0, 0, 0, 0, 0)).toBe(-constants.errno.EBADF);
  // F_DUPFD with a lowest number: the second and the third argument arrive in the right registers.
  const copy = loaded.exports(fcntl, 0, 0, 200, 0, 0, 0);
  expect(copy).toBeGreaterThanOrEqual(200);
  const close = 3;
  expect(loaded.exports(close, copy, 0, 0, 0, 0, 0)).toBe(0);
});
