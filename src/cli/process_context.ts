/** The world outside of the program: the environment, the files, the clock, the terminal. */
import { appendFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { loadSharedConfig } from "../config/load.ts";
import { loadSettings } from "../config/load_settings.ts";
import { locateHome, locateSharedConfig } from "../config/locate.ts";
import { RolecallError } from "../domain/errors.ts";
import { InterruptedError } from "../domain/interrupted.ts";
import { readWholeFile } from "../files/read_file.ts";
import { escapeControls } from "../report/error.ts";
import { wasClosed } from "../runtime/inherited/inherited_state.ts";
import { currentRuntime } from "../runtime/process/current_runtime.ts";
import { openScreen } from "../runtime/terminal/screen.ts";
import type { Terminal } from "../runtime/terminal/terminal.ts";
import { writeAll } from "../runtime/terminal/write_all.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";
import type { Context } from "./context.ts";

/** Takes what is said on standard error. */
export interface Diagnostics {
  /** A line of `--verbose`. */
  trace(line: string): void;
  warn(line: string): void;
  showProgress(what: string): () => void;
}

/** Whom the terminal belongs to meanwhile. */
export interface TerminalSharing {
  /** A person is asked there. @returns a function to call when that is over. */
  pauseForPrompt(): () => void;
  /** A program runs, which may ask there. @returns a function to call when that is over. */
  pauseForProgram(): () => void;
  /** The answer is written, perhaps there. */
  clear(): void;
}

/** Nothing is read, opened or asked before a command wants it. */
export function processContext(diagnostics: Diagnostics, terminals: TerminalSharing): Context {
  const environment = process.env;
  const home = locateHome(environment, process.platform, homedir());
  const configPaths = locateSharedConfig(environment, process.platform, homedir());
  const texts = new Map<string, string>();
  let opened: Terminal | undefined;
  // Loaded, and opened, only when somebody has to be asked.
  const terminal = async () => {
    opened ??= (await import("../runtime/terminal/terminal.ts")).openTerminal();
    return opened;
  };
  return {
    effects: {
      environment,
      home,
      now: () => new Date(),
      sleep: async (ms) => void (await sleep(ms)),
      readFile: readWholeFile,
      ...diagnostics,
      tryLock: async (path) => {
        const { tryLock } = await currentRuntime();
        if (tryLock === undefined) throw Object.assign(new Error("no locks"), { code: "ENOSYS" });
        return tryLock(path);
      },
      run: async (words, extra, stderr, until) => {
        const { runProgram } = await import("../runtime/process/run_program.ts");
        const over = terminals.pauseForProgram();
        return await runProgram(words, { ...environment, ...extra }, stderr, until).finally(over);
      },
      readSecret: async (prompt) => {
        const asked = await terminal();
        const over = terminals.pauseForPrompt();
        try {
          return await asked?.readSecret(escapeControls(prompt));
        } finally {
          over();
        }
      },
      showPrompt: async (dialog) => {
        const asked = await terminal();
        const over = terminals.pauseForPrompt();
        try {
          return await asked?.show(dialog);
        } finally {
          over();
        }
      },
    },
    texts,
    readConfig: () => loadSharedConfig(configPaths, readWholeFile, texts),
    configPaths,
    readSettings: (named, report) => loadSettings(named, environment, home, readWholeFile, texts, report),
    print: (text) => {
      terminals.clear();
      writing("standard output", () => writeAnswer(text));
    },
    screen: () => openScreen(environment.TERM),
    appendFile: (path, text) => writing(path, () => appendFileSync(path, text)),
    makePrivateFolder: async (files) => {
      const { makePrivateFolder, removeLeftoverFolders } = await import("../runtime/private_folder.ts");
      const { tryLock } = await currentRuntime();
      // Of a user who is logged in, the first is in memory, and goes when the user does.
      const parent = environment.XDG_RUNTIME_DIR || tmpdir();
      removeLeftoverFolders(parent, Date.now(), tryLock);
      let folder = "";
      writing(parent, () => {
        folder = makePrivateFolder(parent, files);
      });
      return folder;
    },
    removeFolder: (path) => rmSync(path, { recursive: true, force: true }),
    runtime: currentRuntime,
  };
}

/** A reader that has seen enough is no failure. */
function writeAnswer(text: string): void {
  if (wasClosed(1)) throw Object.assign(new Error("standard output is closed"), { code: "EBADF" });
  try {
    writeAll(1, text);
  } catch (error) {
    throw systemErrorCode(error) === "EPIPE" ? new InterruptedError("SIGPIPE") : error;
  }
}

function writing(what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    throw new RolecallError("write-failed", `cannot write to ${what}: ${systemErrorMessage(error)}`, { cause: error });
  }
}
