/** Runs a case through the built program, for its exit code, its crashes and its memory. */
import { SUBJECT_ARGV } from "../../test/support/subject.ts";
import { type FinishedRun, MAX_MS } from "./judge.ts";
import type { PlacedCase } from "./place.ts";

export async function runProgram({ argv, environment, home }: PlacedCase): Promise<FinishedRun> {
  const started = performance.now();
  const child = Bun.spawn([...SUBJECT_ARGV, ...argv], {
    cwd: home,
    env: { ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 4 * MAX_MS,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  return {
    argv,
    exitCode: child.exitCode ?? undefined,
    stdout,
    stderr,
    ms: performance.now() - started,
    memory: child.resourceUsage()?.maxRSS ?? 0,
  };
}
