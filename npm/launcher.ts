/**
 * Starts rolecall: the program of the package for this platform, else the JavaScript bundle of the main package.
 *
 * The program replaces Node (`execve`), so process id, parent and terminal stay the same. Node marks all file descriptors
 * that it inherits as close-on-exec, and nothing in Node removes the mark, so an addon removes it. If that is not possible,
 * the program runs as a child that gets the descriptors.
 */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { descriptorsBeforeNode, STARTED_BY_NODE } from "../src/runtime/inherited/inherited_state.ts";
import { findProgram } from "./find_program.ts";

/** What the bundle needs, because of the AWS SDK. */
const MIN_NODE = 22;

/** rolecall's exit code if it fails before the command of `exec` starts. */
const FAILED = 125;

async function runProgram(file: string): Promise<never> {
  const fileDescriptors = descriptorsBeforeNode();
  const args = process.argv.slice(2);
  if (process.execve !== undefined && isExecutable(file) && (await keepOnExec(fileDescriptors))) {
    try {
      process.execve(file, [STARTED_BY_NODE, ...args], process.env);
    } catch {
      // Such as a policy of Node (--permission).
    }
  }
  const { runChild } = await import("../src/runtime/process/child_runtime.ts");
  const environment = { removes: () => false, sets: new Map() };
  process.exit(await runChild({ file, argv: ["rolecall", ...args], environment }, { fileDescriptors }));
}

/** @returns false if the descriptors would be closed. */
async function keepOnExec(fileDescriptors: readonly number[]): Promise<boolean> {
  if (fileDescriptors.length === 0) return true;
  const { openAddon } = await import("../src/runtime/native/open_addon.ts");
  const { descriptorCalls } = await import("../src/runtime/native/descriptor_calls.ts");
  const call = openAddon();
  if (call === undefined) return false;
  for (const fd of fileDescriptors) descriptorCalls(call).keepOnExec(fd);
  return true;
}

/** Node ends the process if `execve` fails. */
function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function runBundle(packageFolder: string): Promise<void> {
  const version = process.versions.node;
  if (Number.parseInt(version, 10) >= MIN_NODE) {
    await import(pathToFileURL(join(packageFolder, "js/main.mjs")).href);
    return;
  }
  console.error(
    `error: rolecall needs Node ${MIN_NODE} or later here, and this is Node ${version}\n` +
      "  = help: install the optional dependencies of the package rolecall, too: they have the program for this platform",
  );
  process.exit(FAILED);
}

/** @param packageFolder the folder of the main package. */
export async function start(packageFolder: string): Promise<void> {
  const program = findProgram(packageFolder);
  if (program === undefined) await runBundle(packageFolder);
  else await runProgram(program);
}
