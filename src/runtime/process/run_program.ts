/** Runs a program to completion and returns its output. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";

import type { ErrorOutput, FinishedProgram } from "../../domain/effects.ts";
import { isTerminal } from "../terminal/is_terminal.ts";
import { catchSigchld } from "./catch_sigchld.ts";
import { namedProgramStart } from "./program_start.ts";

/** For each of the two streams. A program that prints more is killed. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/**
 * Runs a program without a shell. The program shares rolecall's standard input, so it can prompt.
 *
 * @param argv the program, searched in `PATH`, and its arguments.
 * @param stderr as in `Effects`.
 * @param signal kills the program and all processes that it started. The program then runs in its own session, so it
 *   cannot prompt. Without `signal` it may run for as long as a person needs to respond.
 * @throws the system's error, with a `code` such as `ENOENT`, if the program cannot be started.
 */
export function runProgram(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  stderr: ErrorOutput,
  signal?: AbortSignal,
): Promise<FinishedProgram> {
  catchSigchld();
  return new Promise((resolve, reject) => {
    const isGroupLeader = signal !== undefined && process.platform !== "win32";
    const { file, args, windowsVerbatimArguments } = namedProgramStart(argv, environment);
    const isInherited = stderr === "inherited" || (stderr === "inherited-at-terminal" && isTerminal(2));
    const child = spawn(file, args, {
      windowsVerbatimArguments,
      env: environment,
      stdio: ["inherit", "pipe", isInherited ? "inherit" : "pipe"],
      detached: isGroupLeader,
    });
    const kill = () => {
      killWithChildren(child, isGroupLeader);
      // A process that survives may go on writing, and would keep the pipes open.
      child.stdout?.destroy();
      child.stderr?.destroy();
      finish();
    };
    signal?.addEventListener("abort", kill);
    let outputTooLarge = false;
    const collect = (stream: NodeJS.ReadableStream | null): (() => string) => {
      const chunks: Buffer[] = [];
      let size = 0;
      stream?.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_OUTPUT_BYTES) {
          chunks.push(chunk);
          return;
        }
        outputTooLarge = true;
        kill();
      });
      return () => Buffer.concat(chunks).toString("utf8");
    };
    const stdoutText = collect(child.stdout);
    const stderrText = collect(child.stderr);
    child.once("error", (error) => {
      signal?.removeEventListener("abort", kill);
      reject(error);
    });
    const finish = (code: number | null = null) => {
      signal?.removeEventListener("abort", kill);
      resolve({ exitCode: code ?? undefined, outputTooLarge, stdout: stdoutText(), stderr: stderrText() });
    };
    child.once("close", finish);
  });
}

/** @param isGroupLeader whether the child has its own session, and so its own process group. */
function killWithChildren(child: ChildProcess, isGroupLeader: boolean): void {
  if (process.platform === "win32" && child.pid !== undefined) killTreeOnWindows(child.pid);
  if (!isGroupLeader || child.pid === undefined) {
    child.kill("SIGKILL");
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // All of them have just ended.
  }
}

/** Windows has no process groups that could be killed, and does not kill the children of a process with it. */
function killTreeOnWindows(pid: number): void {
  const program = `${process.env.SystemRoot ?? "C:\\Windows"}\\System32\\taskkill.exe`;
  spawnSync(program, ["/t", "/f", "/pid", String(pid)], { stdio: "ignore" });
}
