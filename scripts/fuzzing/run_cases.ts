/** Runs cases until the time is over: most in worker processes, which are watched, and a share through the program. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./by_program.ts";
import { makeCase, runsProgram } from "./cases.ts";
import { faultsOf, MAX_MS } from "./judge.ts";
import { runCase } from "./place.ts";
import { startServices } from "./services.ts";

export interface Fault {
  readonly index: number;
  readonly faults: readonly string[];
  /** The end of its standard error. */
  readonly detail: string;
}

export interface Result {
  readonly inProcess: number;
  readonly throughProgram: number;
  readonly faults: readonly Fault[];
}

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));

/** @param seconds until no further case is started. */
export async function runCases(seed: number, seconds: number): Promise<Result> {
  const end = Date.now() + seconds * 1000;
  const faults: Fault[] = [];
  const [inProcess, throughProgram] = await Promise.all([
    runWorkers(seed, end, (fault) => faults.push(fault)),
    runPrograms(seed, end, (fault) => faults.push(fault)),
  ]);
  return { inProcess, throughProgram, faults };
}

/** Starts a new worker after each case that never ends or that ends the worker. */
async function runWorkers(seed: number, end: number, report: (fault: Fault) => void): Promise<number> {
  // A worker that is killed cannot remove its files.
  const folder = mkdtempSync(join(tmpdir(), "rolecall-fuzz-"));
  let count = 0;
  let next = 0;
  while (Date.now() < end) {
    const worker = Bun.spawn([process.execPath, WORKER, String(seed), String(next)], {
      env: { ...process.env, TMPDIR: folder },
      stdout: "pipe",
      stderr: "pipe",
    });
    const stderr = new Response(worker.stderr).text();
    let last: number | undefined;
    let why = "it ended the process";
    const stop = (reason: string) => {
      why = reason;
      worker.kill("SIGKILL");
    };
    // Loading the worker takes time, too.
    let watchdog = setTimeout(() => stop("the worker does not start"), 60_000);
    for await (const line of linesOf(worker.stdout)) {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => stop(`it took more than ${MAX_MS / 1000} s`), MAX_MS + 1000);
      if (line.startsWith("{")) report(JSON.parse(line));
      else {
        last = Number(line);
        count++;
      }
      if (Date.now() >= end) stop("");
    }
    clearTimeout(watchdog);
    await worker.exited;
    if (why !== "") report({ index: last ?? next, faults: [why], detail: (await stderr).slice(-1500) });
    next = (last ?? next) + 1;
  }
  rmSync(folder, { recursive: true, force: true });
  return count;
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

async function runPrograms(seed: number, end: number, report: (fault: Fault) => void): Promise<number> {
  const services = await startServices();
  let count = 0;
  for (let index = 0; Date.now() < end; index++) {
    if (!runsProgram(index)) continue;
    count++;
    const fuzzCase = makeCase(seed, index);
    let run = await runCase(fuzzCase, services, runProgram);
    // A busy machine may be slow once.
    if (run.ms > MAX_MS) run = await runCase(fuzzCase, services, runProgram);
    const faults = faultsOf(run);
    if (faults.length > 0) report({ index, faults, detail: run.stderr.slice(-1500) });
  }
  services.stop();
  return count;
}
