/** The context of this process: its environment, files, clock and terminal. */
import { homedir, tmpdir } from "node:os";
import { loadSharedConfig } from "../config/load.ts";
import { loadSettings, settingsFiles } from "../config/load_settings.ts";
import { locateHome, locateSharedConfig } from "../config/locate.ts";
import { type Environment, withVariableKeys } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { InterruptedError } from "../domain/interrupted.ts";
import { readWholeFile } from "../files/read_file.ts";
import { type ColorChoice, colorsFor } from "../report/colors.ts";
import { escapeControls } from "../report/error.ts";
import { currentHttpClient } from "../runtime/http/current_client.ts";
import { inheritedEnvironment } from "../runtime/inherited/runtime_variables.ts";
import { currentRuntime } from "../runtime/process/current_runtime.ts";
import { openScreen } from "../runtime/terminal/screen.ts";
import type { Terminal } from "../runtime/terminal/terminal.ts";
import { writeAll } from "../runtime/terminal/write_all.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";
import { escapeInvisible } from "../text/visible.ts";
import type { Context } from "./context.ts";

/** What a command reports on standard error while it runs. */
export interface Diagnostics {
  /** Writes a line of `--verbose`. */
  trace(line: string): void;
  /** Writes a warning. */
  warn(line: string): void;
  /** Writes text for a person, which `--quiet` does not suppress. */
  show(text: string): void;
  /** The value of `--color`, once the options are parsed. */
  colorChoice(): ColorChoice;
  /** As in `Effects`. */
  showProgress(what: string, detail?: () => string): () => void;
}

/** Hides the progress line while something else uses the terminal. */
export interface TerminalSharing {
  /** Called before a prompt. @returns a function to call after it. */
  pauseForPrompt(): () => void;
  /** Called before a program runs, which may prompt. @returns a function to call after it. */
  pauseForProgram(): () => void;
  /** Called before output is written, which may go to the terminal. */
  clear(): void;
}

/** Makes the context. It reads and opens nothing until a command uses it. */
export function processContext(diagnostics: Diagnostics, sharing: TerminalSharing): Context {
  const environment = withVariableKeys(inheritedEnvironment(), process.platform);
  const systemHome = findSystemHome();
  const home = locateHome(environment, process.platform, systemHome);
  const configPaths = locateSharedConfig(environment, process.platform, systemHome);
  const texts = new Map<string, string>();
  let terminal: Terminal | undefined;
  /** Loads and opens the terminal at the first use. */
  const openedTerminal = async (): Promise<Terminal | undefined> => {
    terminal ??= (await import("../runtime/terminal/terminal.ts")).openTerminal();
    return terminal;
  };
  const promptOnTerminal = async <T>(prompt: (terminal: Terminal) => Promise<T>): Promise<T | undefined> => {
    const shownOn = await openedTerminal();
    if (shownOn === undefined) return undefined;
    const resume = sharing.pauseForPrompt();
    return await prompt(shownOn).finally(resume);
  };
  const { show, colorChoice, ...shownDiagnostics } = diagnostics;
  return {
    effects: {
      environment,
      home,
      http: currentHttpClient(),
      now: () => new Date(),
      sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
      readFile: readWholeFile,
      ...shownDiagnostics,
      tryLock: async (path) => {
        const { tryLock } = await currentRuntime();
        if (tryLock === undefined) throw Object.assign(new Error("no locks"), { code: "ENOSYS" });
        const { openLockFile } = await import("../files/open_lock_file.ts");
        return tryLock(openLockFile(path), path);
      },
      run: async (argv, extra, stderr, until) => {
        const { runProgram } = await import("../runtime/process/run_program.ts");
        const resume = sharing.pauseForProgram();
        return await runProgram(argv, { ...inheritedEnvironment(), ...extra }, stderr, until).finally(resume);
      },
      hasTerminal: async () => (await openedTerminal()) !== undefined,
      showLines: async (lines) => {
        const shownOn = await openedTerminal();
        const canBold = shownOn !== undefined && environment.TERM !== "dumb";
        const { bold } = colorsFor(colorChoice(), environment.NO_COLOR, canBold);
        const text = lines.map((line) =>
          typeof line === "string" ? `${escapeInvisible(line)}\n` : `${bold(escapeInvisible(line.strong))}\n`,
        );
        sharing.clear();
        if (shownOn === undefined) show(text.join(""));
        else shownOn.write(text.join(""));
      },
      readSecret: (prompt, options) =>
        promptOnTerminal((shownOn) => shownOn.readLine(escapeControls(prompt), { echo: false, ...options })),
      readLine: (prompt) => promptOnTerminal((shownOn) => shownOn.readLine(escapeControls(prompt), { echo: true })),
      showPrompt: (prompt) => promptOnTerminal((shownOn) => shownOn.show(prompt)),
    },
    texts,
    readConfig: () => loadSharedConfig(configPaths, readWholeFile, texts),
    configPaths,
    readSettings: (named, report) =>
      loadSettings(named, settingsFiles(environment, process.platform, home), readWholeFile, texts, report),
    print: (text) => {
      sharing.clear();
      writing("standard output", () => writeOutput(text));
    },
    screen: () => openScreen(environment.TERM),
    appendFile: async (path, text) => {
      const { appendToFile } = await import("../files/append_to_file.ts");
      writing(path, () => appendToFile(path, text));
    },
    makePrivateFolder: async (purpose, files) => {
      const { makePrivateFolder, removeLeftoverFolders } = await import("../runtime/private_folder.ts");
      const { recoverCopies } = await import("./file_copies.ts");
      const { tryLock } = await currentRuntime();
      const isDisposable = async (folder: string) => {
        const problems = await recoverCopies(folder);
        for (const problem of problems) diagnostics.warn(`${problem} (remove ${folder} to discard the changes)`);
        return problems.length === 0;
      };
      const reasons: string[] = [];
      for (const parent of temporaryFolders(environment)) {
        await removeLeftoverFolders(parent, Date.now(), tryLock, isDisposable);
        try {
          return makePrivateFolder(parent, files);
        } catch (error) {
          reasons.push(`${parent}: ${systemErrorMessage(error)}`);
        }
      }
      throw new RolecallError("write-failed", `cannot make a folder for ${purpose}: ${reasons.join("; ")}`, {
        help: [`set ${process.platform === "win32" ? "TEMP" : "TMPDIR"} to a folder that you can write`],
      });
    },
    runtime: currentRuntime,
  };
}

/** Returns undefined if the system has no entry for the user id. */
function findSystemHome(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

/** A reader that closes the pipe early, such as `head`, is not an error: the process ends by SIGPIPE. */
function writeOutput(text: string): void {
  try {
    writeAll(1, text);
  } catch (error) {
    throw systemErrorCode(error) === "EPIPE" ? new InterruptedError("SIGPIPE") : error;
  }
}

/** @throws RolecallError `write-failed`. */
function writing(what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    throw new RolecallError("write-failed", `cannot write to ${what}: ${systemErrorMessage(error)}`, { cause: error });
  }
}

/**
 * The folders for temporary files, best first. On Windows the user has one, and every user can create C:\\tmp. The system keeps XDG_RUNTIME_DIR in memory and removes it at logout. After
 * `su` or `sudo` it may be unusable, and a container may have no writable /tmp, but has /dev/shm.
 */
function temporaryFolders({ XDG_RUNTIME_DIR: runtimeFolder }: Environment): ReadonlySet<string> {
  if (process.platform === "win32") return new Set([tmpdir()]);
  return new Set([...(runtimeFolder ? [runtimeFolder] : []), tmpdir(), "/tmp", "/dev/shm"]);
}
