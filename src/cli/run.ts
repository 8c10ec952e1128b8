/** One run of the program: the real world handed in, errors turned into text and exit code. */
import { isatty } from "node:tty";
import { InterruptedError } from "../domain/interrupted.ts";
import { type ColorChoice, type Colors, colorsFor } from "../report/colors.ts";
import { escapeControls, renderError } from "../report/error.ts";
import { makeProgress } from "../report/progress.ts";
import { writeAll } from "../runtime/terminal/write_all.ts";
import { commandName } from "./args/arguments.ts";
import { runCommand } from "./dispatch.ts";
import { isHelperCommand } from "./helper_protocol.ts";
import { colorChoice } from "./output_style.ts";
import { type Diagnostics, processContext } from "./process_context.ts";
import { asRolecallError } from "./unexpected_error.ts";

/** `exec` failed before COMMAND started: told apart from what COMMAND itself may return, as `env` does. */
const EXEC_FAILED = 125;

/**
 * @param words the command line without the program's own name.
 * @returns the exit code of the contract.
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  if (isHelperCommand(words)) return await (await import("./helper_process.ts")).runHelperProcess(words);
  let paint = paintOf("auto");
  let verbose = false;
  let quiet = false;
  let isExec = commandName(words) === "exec";
  const started = performance.now();
  const progress = makeProgress({
    write: say,
    enabled: () => !quiet && isatty(2) && process.env.TERM !== "dumb",
    paint: () => paint,
    later: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  });
  const report = (text: string) => {
    progress.clear();
    say(text);
  };
  const diagnostics: Diagnostics = {
    trace: (line) => {
      if (verbose)
        report(`${paint.dim(`rolecall +${Math.round(performance.now() - started)} ms`)} ${escapeControls(line)}\n`);
    },
    warn: (line) => {
      if (!quiet) report(`${paint.yellow(paint.bold("warning"))}${paint.bold(`: ${escapeControls(line)}`)}\n`);
    },
    showProgress: progress.show,
  };
  const context = processContext(diagnostics, progress);
  try {
    return await runCommand(words, context, (command, options) => {
      isExec = command === "exec";
      verbose = options.switch("verbose");
      quiet = options.switch("quiet");
      paint = paintOf(colorChoice(options));
    });
  } catch (error) {
    progress.end();
    if (error instanceof InterruptedError) return (await context.runtime()).endInterrupted(error);
    const failure = asRolecallError(error);
    say(renderError(failure, context.texts, paint));
    return isExec && failure.exitCode < 126 ? EXEC_FAILED : failure.exitCode;
  }
}

/** Standard error may be closed, or its disk full: that is no reason to fail, nor to end with another exit code. */
function say(text: string): void {
  try {
    writeAll(2, text);
  } catch {
    // There is nobody left to tell.
  }
}

/** (`process.stderr` would open a file descriptor, which the command of `exec` would inherit.) */
function paintOf(choice: ColorChoice): Colors {
  return colorsFor(choice, process.env.NO_COLOR, isatty(2) && process.env.TERM !== "dumb");
}
