/** Runs a command line in this process, and turns errors into text and an exit code. */
import type { RolecallError } from "../domain/errors.ts";
import { InterruptedError } from "../domain/interrupted.ts";
import { type ColorChoice, type Colors, colorsFor } from "../report/colors.ts";
import { escapeControls, renderError } from "../report/error.ts";
import { makeProgress } from "../report/progress.ts";
import { beforeStopOrFatalSignals } from "../runtime/process/signals.ts";
import { isTerminal } from "../runtime/terminal/is_terminal.ts";
import { writeAll } from "../runtime/terminal/write_all.ts";
import { commandName } from "./args/arguments.ts";
import { runCommand } from "./dispatch.ts";
import { HELPER_ARGUMENTS } from "./helper_protocol.ts";
import { colorChoice } from "./output_style.ts";
import { type Diagnostics, processContext } from "./process_context.ts";
import { asRolecallError } from "./unexpected_error.ts";

/** The exit code of `exec` for an error before COMMAND starts. env(1) and timeout(1) use the same code. */
const EXEC_FAILED = 125;

/**
 * Runs the program.
 *
 * @param argv the arguments, without the name of the program.
 * @returns the exit code.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const endWith = (error: unknown) => process.exit(reportUnexpected(error, argv));
  // Without these, the runtime prints a part of the program's source, and `exec` ends with 1, as COMMAND may.
  process.on("uncaughtException", endWith);
  process.on("unhandledRejection", endWith);
  try {
    return await runGuarded(argv);
  } catch (error) {
    return reportUnexpected(error, argv);
  }
}

/** Reports an error that no command has handled. @returns the exit code. */
function reportUnexpected(error: unknown, argv: readonly string[]): number {
  const unexpected = asRolecallError(error);
  writeDiagnostic(renderError(unexpected, new Map(), diagnosticColors("auto")));
  return exitCodeFor(unexpected, commandName(argv) === "exec");
}

function exitCodeFor({ exitCode }: RolecallError, isExec: boolean): number {
  return isExec && exitCode < 126 ? EXEC_FAILED : exitCode;
}

async function runGuarded(argv: readonly string[]): Promise<number> {
  if (argv[0] === HELPER_ARGUMENTS.serve) {
    await (await import("./helper_process.ts")).serveCommand();
    return 0;
  }
  let choice: ColorChoice = "auto";
  // Only when something is written: whether standard error is a terminal takes long to find out.
  const colors = () => diagnosticColors(choice);
  let verbose = false;
  let quiet = false;
  let isExec = commandName(argv) === "exec";
  const started = performance.now();
  const progress = makeProgress({
    write: writeDiagnostic,
    enabled: () => !quiet && isTerminal(2) && process.env.TERM !== "dumb",
    colors,
    now: () => performance.now(),
    later: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    beforeSignal: beforeStopOrFatalSignals,
  });
  const writeText = (text: string) => {
    progress.clear();
    writeDiagnostic(text);
  };
  const diagnostics: Diagnostics = {
    trace: (line) => {
      if (verbose)
        writeText(
          `${colors().dim(`rolecall +${Math.round(performance.now() - started)} ms`)} ${escapeControls(line)}\n`,
        );
    },
    warn: (line) => {
      if (quiet) return;
      const { bold, yellow } = colors();
      writeText(`${yellow(bold("warning"))}${bold(`: ${escapeControls(line)}`)}\n`);
    },
    show: writeText,
    colorChoice: () => choice,
    showProgress: progress.show,
  };
  const context = processContext(diagnostics, progress);
  try {
    return await runCommand(argv, context, (command, options) => {
      isExec = command === "exec";
      verbose = options.switch("verbose");
      quiet = options.switch("quiet");
      choice = colorChoice(options);
    });
  } catch (error) {
    progress.end();
    if (error instanceof InterruptedError) return (await context.runtime()).endInterrupted(error);
    const rolecallError = asRolecallError(error);
    writeDiagnostic(renderError(rolecallError, context.texts, colors()));
    return exitCodeFor(rolecallError, isExec);
  }
}

/** Writes to standard error. If that fails, because it is closed or its disk is full, the exit code stays the same. */
function writeDiagnostic(text: string): void {
  try {
    writeAll(2, text);
  } catch {
    // There is nowhere to report it.
  }
}

function diagnosticColors(choice: ColorChoice): Colors {
  return colorsFor(choice, process.env.NO_COLOR, isTerminal(2) && process.env.TERM !== "dumb");
}
