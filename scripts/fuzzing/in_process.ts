/** Runs a case in this process: many times faster than a program, but not with everything that a program does. */
import { join } from "node:path";
import { commandName } from "../../src/cli/args/arguments.ts";
import type { Context } from "../../src/cli/context.ts";
import { runCommand } from "../../src/cli/dispatch.ts";
import { asRolecallError } from "../../src/cli/unexpected_error.ts";
import { loadSharedConfig } from "../../src/config/load.ts";
import { loadSettings, settingsFiles } from "../../src/config/load_settings.ts";
import { locateHome, locateSharedConfig } from "../../src/config/locate.ts";
import { readWholeFile } from "../../src/files/read_file.ts";
import { colorsFor } from "../../src/report/colors.ts";
import { escapeControls, renderError } from "../../src/report/error.ts";
import { currentHttpClient } from "../../src/runtime/http/current_client.ts";
import { currentRuntime } from "../../src/runtime/process/current_runtime.ts";
import type { FinishedRun } from "./judge.ts";
import type { PlacedCase } from "./place.ts";

export async function runInProcess({ argv, environment, home }: PlacedCase): Promise<FinishedRun> {
  const output: string[] = [];
  const errors: string[] = [];
  const context = makeContext(environment, home, output, errors);
  const memory = process.memoryUsage.rss();
  const started = performance.now();
  let exitCode: number;
  try {
    exitCode = await runCommand(argv, context, () => {});
  } catch (error) {
    const failed = asRolecallError(error);
    errors.push(renderError(failed, context.texts, colorsFor("never", undefined, false)));
    // A stack shows where the bug is. It is the only thing that the program itself does not print.
    if (failed.code === "internal-error" && error instanceof Error) errors.push(error.stack ?? "");
    exitCode = commandName(argv) === "exec" && failed.exitCode < 126 ? 125 : failed.exitCode;
  }
  return {
    argv,
    exitCode,
    stdout: output.join(""),
    stderr: errors.join(""),
    ms: performance.now() - started,
    memory: process.memoryUsage.rss() - memory,
  };
}

function makeContext(
  environment: PlacedCase["environment"],
  systemHome: string,
  output: string[],
  errors: string[],
): Context {
  const home = locateHome(environment, process.platform, systemHome);
  const configPaths = locateSharedConfig(environment, process.platform, systemHome);
  const texts = new Map<string, string>();
  // A delay ends at once.
  let slept = 0;
  return {
    effects: {
      environment,
      home,
      http: currentHttpClient(),
      now: () => new Date(Date.now() + slept),
      sleep: async (ms) => {
        slept += ms;
      },
      readFile: readWholeFile,
      run: async (argv) => {
        const file = argv[0] === "cat" ? readWholeFile(argv[1] ?? "") : undefined;
        const stdout = new TextDecoder().decode(file);
        return {
          exitCode: file === undefined ? 1 : 0,
          outputTooLarge: stdout.length > 1 << 20,
          stdout,
          stderr: stdout,
        };
      },
      tryLock: async () => ({ inode: undefined, descriptor: undefined, write: () => {}, close: () => {} }),
      warn: (line) => void errors.push(`${escapeControls(line)}\n`),
      trace: (line) => void errors.push(`${escapeControls(line)}\n`),
      showProgress: () => () => {},
      hasTerminal: async () => false,
      showLines: async () => {},
      readLine: async () => undefined,
      readSecret: async () => undefined,
      showPrompt: async () => undefined,
    },
    texts,
    readConfig: () => loadSharedConfig(configPaths, readWholeFile, texts),
    configPaths,
    readSettings: (named, report) =>
      loadSettings(named, settingsFiles(environment, process.platform, home), readWholeFile, texts, report),
    print: (text) => void output.push(text),
    screen: () => undefined,
    appendFile: async () => {},
    makePrivateFolder: async () => join(home, "private"),
    runtime: async () => ({ ...(await currentRuntime()), exec: async () => 0 }),
  };
}
