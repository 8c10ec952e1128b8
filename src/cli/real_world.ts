/** The world outside of the program: the environment, the files, the clock, the terminal. */
import { appendFileSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { loadSharedConfig } from "../config/load.ts";
import { loadSettings } from "../config/load_settings.ts";
import { locateHome, locateSharedConfig } from "../config/locate.ts";
import { RolecallError } from "../errors.ts";
import { currentRuntime } from "../runtime/current.ts";
import { writeAll } from "../runtime/output.ts";
import type { Terminal } from "../runtime/terminal.ts";
import type { World } from "./world.ts";

/** Takes what is said on standard error. */
export interface Voice {
  /** A line of `--verbose`. */
  trace(line: string): void;
  warn(line: string): void;
}

export function realWorld(voice: Voice): World {
  const environment = process.env;
  const texts = new Map<string, string>();
  let opened: Terminal | undefined;
  // Loaded, and opened, only when somebody has to be asked.
  const terminal = async () => {
    opened ??= (await import("../runtime/terminal.ts")).openTerminal();
    return opened;
  };
  return {
    effects: {
      environment,
      home: locateHome(environment, process.platform, homedir()),
      now: () => new Date(),
      sleep: async (ms) => void (await sleep(ms)),
      readFile,
      ...voice,
      tryToLock: async (path) => {
        const { tryToLock } = await currentRuntime();
        if (tryToLock === undefined) throw Object.assign(new Error("no locks"), { code: "ENOSYS" });
        return tryToLock(path);
      },
      run: async (words, extra) =>
        (await import("../runtime/run_program.ts")).runProgram(words, { ...environment, ...extra }),
      askSecret: async (prompt) => await (await terminal())?.askSecret(prompt),
      showDialog: async (dialog) => await (await terminal())?.show(dialog),
    },
    texts,
    readConfig: () => loadSharedConfig(locateSharedConfig(environment, process.platform, homedir()), readFile, texts),
    readSettings: (named) =>
      loadSettings(named, environment, locateHome(environment, process.platform, homedir()), readFile, texts),
    print: (text) => writing("standard output", () => writeAll(1, text)),
    appendFile: (path, text) => writing(path, () => appendFileSync(path, text)),
    runtime: currentRuntime,
  };
}

function readFile(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function writing(what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new RolecallError("write-failed", `cannot write to ${what}: ${errorCode(error) ?? error}`, { cause: error });
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
