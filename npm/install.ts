/**
 * The install script of the npm package: replaces the command, which starts the program through Node, with the program.
 * If that is not possible, the command stays as it is: an install never fails because of this script.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, linkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "./find_program.ts";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const COMMAND = join(PACKAGE, "bin/rolecall");

/**
 * On Windows npm starts every command through Node. Yarn does so, too, or shares one folder between machines of
 * different platforms.
 */
function canReplaceCommand(): boolean {
  return process.platform !== "win32" && !(process.env.npm_config_user_agent ?? "").startsWith("yarn/");
}

function replaceCommand(program: string): void {
  // A program that does not run here, such as one for another C library, must not become the command.
  if (spawnSync(program, ["--version"], { stdio: "ignore" }).status !== 0) return;
  const replacement = `${COMMAND}.new`;
  try {
    try {
      linkSync(program, replacement);
    } catch {
      // The packages are in different file systems.
      copyFileSync(program, replacement);
    }
    renameSync(replacement, COMMAND);
  } finally {
    rmSync(replacement, { force: true });
  }
}

const program = canReplaceCommand() ? findProgram(PACKAGE) : undefined;
try {
  if (program !== undefined) replaceCommand(program);
} catch (error) {
  console.error(`rolecall: the command will start through Node: ${error instanceof Error ? error.message : error}`);
}
