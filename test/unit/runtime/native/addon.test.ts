/** The addon that makes system calls, loaded into this process. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { addonFor } from "../../../../src/runtime/native/addon.ts";

/** The numbers of system calls. */
const NUMBERS = {
  x64: { getpid: 39, lseek: 8, fcntl: 72, close: 3 },
  arm64: { getpid: 172, lseek: 62, fcntl: 25, close: 57 },
};

const folder = mkdtempSync(join(tmpdir(), "rolecall-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CPU = process.arch === "arm64" ? "arm64" : "x64";

test.skipIf(process.platform !== "linux" || process.arch !== CPU)("an addon makes system calls", () => {
  const file = join(folder, "addon.node");
  writeFileSync(file, addonFor(CPU));
  const loaded = { exports: (..._numbers: number[]) => 0 };
  process.dlopen(loaded, file);
  const { getpid, lseek, fcntl, close } = NUMBERS[CPU];
  expect(loaded.exports(getpid, 0, 0, 0, 0, 0, 0)).toBe(process.pid);
  expect(loaded.exports(lseek, -1, 0, 0, 0, 0, 0)).toBe(-constants.errno.EBADF);
  // F_DUPFD with a lowest number: the second and the third argument arrive in the right registers.
  const copy = loaded.exports(fcntl, 0, 0, 200, 0, 0, 0);
  expect(copy).toBeGreaterThanOrEqual(200);
  expect(loaded.exports(close, copy, 0, 0, 0, 0, 0)).toBe(0);
});
