/** Programs that hang are killed. */
import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasExited } from "../../../../src/runtime/process/process_watch.ts";
import { runProgram } from "../../../../src/runtime/process/run_program.ts";
import { waitUntil } from "../../../support/wait_until.ts";

test("a program that ignores SIGTERM is killed with the processes that it started", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-run-"));
  const pidFile = join(folder, "pids");
  const script = "trap '' TERM; sleep 600 & echo $$ $! | tee \"$1\"; wait";
  const abort = new AbortController();
  const ended = runProgram(["sh", "-c", script, "sh", pidFile], process.env, "captured", abort.signal);
  await waitUntil(() => existsSync(pidFile) && readFileSync(pidFile, "utf8").endsWith("\n"));
  abort.abort();
  expect((await ended).exitCode).toBeUndefined();
  const pids = readFileSync(pidFile, "utf8").trim().split(" ").map(Number);
  expect(pids.length).toBe(2);
  for (const pid of pids) await waitUntil(() => hasExited({ pid, started: undefined }));
  rmSync(folder, { recursive: true });
});
