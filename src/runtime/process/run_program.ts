/** Running a program to its end, for what it prints. */
import { type ChildProcess, spawn } from "node:child_process";
import type { FinishedProgram } from "../../domain/effects.ts";

/** What is kept of either stream, in bytes; a program that prints more is ended. */
const MOST_OUTPUT = 1024 * 1024;

/**
 * Runs a program without a shell. It has rolecall's standard input, so that it may ask a person.
 *
 * @param words the program, searched in `PATH`, and its arguments.
 * @param stderr as in `Effects`; what is shown is not kept.
 * @param until ends it, and all that it has started. With one it has a session of its own, and so nobody to ask; a program
 * that asks a person gets all the time there is.
 * @throws the system's error, with a `code` such as `ENOENT`, when it cannot be started.
 */
export function runProgram(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  stderr: "kept" | "shown",
  until?: AbortSignal,
): Promise<FinishedProgram> {
  return new Promise((resolve, reject) => {
    const [program = "", ...args] = words;
    const child = spawn(program, args, {
      env: environment,
      stdio: ["inherit", "pipe", stderr === "shown" ? "inherit" : "pipe"],
      detached: until !== undefined,
    });
    const giveUp = () => {
      killWithChildren(child, until !== undefined);
      // Whatever is left of its children may go on writing: it finds the pipes closed.
      child.stdout?.destroy();
      child.stderr?.destroy();
      end();
    };
    until?.addEventListener("abort", giveUp);
    let outputTooLarge = false;
    const collect = (stream: NodeJS.ReadableStream | null): (() => string) => {
      const chunks: Buffer[] = [];
      let size = 0;
      stream?.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MOST_OUTPUT) {
          chunks.push(chunk);
          return;
        }
        outputTooLarge = true;
        giveUp();
      });
      return () => Buffer.concat(chunks).toString("utf8");
    };
    const printed = collect(child.stdout);
    const said = collect(child.stderr);
    child.once("error", (error) => {
      until?.removeEventListener("abort", giveUp);
      reject(error);
    });
    const end = (code: number | null = null) => {
      until?.removeEventListener("abort", giveUp);
      resolve({ exitCode: code ?? undefined, outputTooLarge, stdout: printed(), stderr: said() });
    };
    child.once("close", end);
  });
}

/** @param isLeader whether it has a session, and so a process group, of its own. */
function killWithChildren(child: ChildProcess, isLeader: boolean): void {
  if (!isLeader || child.pid === undefined) {
    child.kill("SIGKILL");
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // All of it has just ended.
  }
}
