/** Runs `bun test` and prints the numbers of passed, failed and skipped tests on the last line. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "rolecall-test-"));
const report = join(folder, "junit.xml");

const child = Bun.spawn(
  [process.execPath, "test", "--reporter=junit", `--reporter-outfile=${report}`, ...process.argv.slice(2)],
  { stdio: ["inherit", "inherit", "inherit"] },
);
const exitCode = await child.exited;

const suites = /<testsuites [^>]*>/.exec(readFileSync(report, "utf8"))?.[0] ?? "";
const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suites)?.[1] ?? 0);
rmSync(folder, { recursive: true });

const failed = count("failures");
const skipped = count("skipped");
const passed = count("tests") - failed - skipped;
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
if (exitCode === 0 && passed === 0) {
  console.error("no tests ran");
  process.exit(1);
}
process.exit(exitCode);
