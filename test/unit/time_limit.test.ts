/** The time limit of tests, which test/support/preload.ts sets. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PRELOAD = fileURLToPath(new URL("../support/preload.ts", import.meta.url));

test("applies to the tests of every file, not only the first one", () => {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-limit-"));
  const test = `import { test } from "bun:test";\ntest("takes longer than the default", () => Bun.sleep(50));\n`;
  for (const name of ["a", "b"]) writeFileSync(join(folder, `${name}.test.ts`), test);
  // Without the preload, both tests exceed the default, which is a millisecond here.
  const run = (...args: string[]) =>
    Bun.spawnSync([process.execPath, "test", "--timeout=1", ...args], { cwd: folder }).stderr.toString();
  expect(run()).toContain("\n 0 pass\n 2 fail\n");
  expect(run(`--preload=${PRELOAD}`)).toContain("\n 2 pass\n 0 fail\n");
  rmSync(folder, { recursive: true });
});
