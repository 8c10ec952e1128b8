/** The benchmark runs and prints its table. What it measures depends on the machine, and is not tested. */
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const canMeasure = has("openssl", "version") && has("python3", "--version") && existsSync(`${ROOT}dist/rolecall`);

describe.skipIf(!canMeasure)("scripts/bench.ts (needs openssl, Python and dist/rolecall)", () => {
  test("prints the bar, the measured value and a verdict for each comparison", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["scripts/bench.ts", "1", "--only", "version|AssumeRole$"],
      {
        cwd: ROOT,
        encoding: "utf8",
      },
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^--version, beside an empty program +1\.30 +[0-9.]+ {2}(ok|over) /m);
    expect(stdout).toMatch(/^memory of exec, AssumeRole +48 MiB +[0-9]+ MiB {2}(ok|over) /m);
    expect(stdout).toMatch(/^(no bar is|\d bars? (is|are)) missed$/m);
  }, 120_000);
});
