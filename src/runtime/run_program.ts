/** Running a program to its end, for what it prints. */
import { spawn } from "node:child_process";
import type { FinishedProgram } from "../effects.ts";

/** What is kept of either stream, in bytes; a program that prints more is ended. */
const MOST_OUTPUT = 1024 * 1024;

/**
 * Runs a program without a shell. It has rolecall's standard input, so that it may ask a person.
 *
 * @param words the program, searched in `PATH`, and its arguments.
 * @param stderr as in `Effects`; what is shown is not kept.
 * @param timeoutMs milliseconds after which it is ended; a program that asks a person gets all the time it wants.
 * @throws the system's error, with a `code` such as `ENOENT`, when it cannot be started.
 */
export function runProgram(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  stderr: "kept" | "shown",
  timeoutMs?: number,
): Promise<FinishedProgram> {
  return new Promise((resolve, reject) => {
    const [program = "", ...args] = words;
    const child = spawn(program, args, {
      env: environment,
      stdio: ["inherit", "pipe", stderr === "shown" ? "inherit" : "pipe"],
      timeout: timeoutMs,
    });
    let saidTooMuch = false;
    const collect = (stream: NodeJS.ReadableStream | null): (() => string) => {
      const chunks: Buffer[] = [];
      let size = 0;
      stream?.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MOST_OUTPUT) {
          chunks.push(chunk);
          return;
        }
        saidTooMuch = true;
        child.kill("SIGKILL");
        // A child of its own may go on writing: it finds the pipes closed.
        child.stdout?.destroy();
        child.stderr?.destroy();
        end();
      });
      return () => Buffer.concat(chunks).toString("utf8");
    };
    const printed = collect(child.stdout);
    const said = collect(child.stderr);
    child.once("error", reject);
    const end = (code: number | null = null) =>
      resolve({ exitCode: code ?? undefined, saidTooMuch, stdout: printed(), stderr: said() });
    child.once("close", end);
  });
}
