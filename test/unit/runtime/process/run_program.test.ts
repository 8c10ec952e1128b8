/** Programs that hang are killed. */
import { expect, test } from "bun:test";
import { hasExited } from "../../../../src/runtime/process/process_watch.ts";
import { runProgram } from "../../../../src/runtime/process/run_program.ts";

test("a program that ignores SIGTERM is killed with the processes that it started", async () => {
  const script = "trap '' TERM; sleep 600 & echo $$ $!; wait";
  const { exitCode, stdout } = await runProgram(
    ["sh", "-c", script],
    process.env,
    "captured",
    AbortSignal.timeout(500),
  );
  expect(exitCode).toBeUndefined();
  const pids = stdout.trim().split(" ").map(Number);
  expect(pids.length).toBe(2);
  for (const pid of pids) {
    while (!hasExited({ pid, started: undefined })) await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
