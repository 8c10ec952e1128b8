/** One run of the program: the real world handed in, errors turned into text and exit code. */
import { isatty } from "node:tty";
import { RolecallError } from "../errors.ts";
import { printable, renderError } from "../report/error.ts";
import { type ColorChoice, type Paint, paintFor } from "../report/paint.ts";
import { Interrupted } from "../runtime/interrupted.ts";
import { writeAll } from "../runtime/output.ts";
import { colorChoice } from "./color.ts";
import { runProgram } from "./program.ts";
import { realWorld } from "./real_world.ts";

/** `exec` failed before COMMAND started: told apart from what COMMAND itself may return, as `env` does. */
const EXEC_FAILED = 125;

/**
 * @param words the command line without the program's own name.
 * @returns the exit code of the contract.
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  let paint = paintOf("auto");
  let verbose = false;
  let quiet = false;
  let isExec = words.includes("exec");
  const started = performance.now();
  const world = realWorld({
    trace: (line) => {
      if (verbose)
        writeAll(2, `${paint.dim(`rolecall +${Math.round(performance.now() - started)} ms`)} ${printable(line)}\n`);
    },
    warn: (line) => {
      if (!quiet) writeAll(2, `${paint.yellow(paint.bold("warning"))}${paint.bold(`: ${printable(line)}`)}\n`);
    },
  });
  try {
    return await runProgram(words, world, (command, options) => {
      isExec = command === "exec";
      verbose = options.switch("verbose");
      quiet = options.switch("quiet");
      paint = paintOf(colorChoice(options));
    });
  } catch (error) {
    if (error instanceof Interrupted) return (await world.runtime()).endInterrupted();
    const failure = error instanceof RolecallError ? error : unexpected(error);
    writeAll(2, renderError(failure, world.texts, paint));
    return isExec && failure.exitCode < 126 ? EXEC_FAILED : failure.exitCode;
  }
}

/** (`process.stderr` would open a file descriptor, which the command of `exec` would inherit.) */
function paintOf(choice: ColorChoice): Paint {
  return paintFor(choice, process.env.NO_COLOR, isatty(2));
}

/** A defect of rolecall, as a person can report it. The stack goes nowhere: it would say nothing to them. */
function unexpected(error: unknown): RolecallError {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new RolecallError("internal-error", text, {
    cause: error,
    help: ["this is a defect in rolecall: please report it with the command line that led here"],
  });
}
