/** Opens a page in the browser. A secret URL never appears on a command line, which every user of the machine can read. */
import { spawn } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Environment } from "../domain/environment.ts";
import { openFolder } from "../files/open_folder.ts";
import { writePrivateFile } from "../files/private_file.ts";
import { withPrivateUmask } from "../files/private_umask.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { inheritedEnvironment } from "./inherited/runtime_variables.ts";
import { catchSigchld } from "./process/catch_sigchld.ts";
import { findCommand } from "./process/find_command.ts";

const FOLDER_PREFIX = "rolecall-page-";
const PAGE_FILE = "sign-in.html";

/** How long the file with the URL is kept. No caller opens a URL that is valid for longer. */
const MAX_AGE_MS = 15 * 60 * 1000;

/** How long to wait for the program to fail. One that still runs after that is the browser itself. */
const START_TIMEOUT_MS = 2000;

/**
 * Finds the command that opens a browser: the first installed program of `BROWSER` (commands separated as the folders of
 * PATH are, with `%s` for the URL), then of the system's own openers.
 *
 * @param platform as `process.platform`.
 * @returns the command's argv, with `%s` for the URL; undefined if no such program is installed.
 */
export function findBrowser(environment: Environment, platform: string): readonly string[] | undefined {
  return findNamedBrowser(environment, platform) ?? findOpener(environment, platform);
}

/** As `findBrowser`, but only the programs of `BROWSER`. */
export function findNamedBrowser(environment: Environment, platform: string): readonly string[] | undefined {
  const separator = platform === "win32" ? ";" : ":";
  const named = (environment.BROWSER ?? "").split(separator).filter((command) => command.trim() !== "");
  return firstInstalled(named, environment);
}

/** As `findBrowser`, but only the system's own openers. */
export function findOpener(environment: Environment, platform: string): readonly string[] | undefined {
  return firstInstalled(OPENERS[platform] ?? ["xdg-open", ...WSL_OPENERS], environment);
}

/** As `findBrowser`, but only the programs that open the browser of Windows from WSL. */
export function findWslOpener(environment: Environment): readonly string[] | undefined {
  return firstInstalled(WSL_OPENERS, environment);
}

/** `rundll32.exe` starts the default browser of Windows. It is no shell, so it does not interpret the URL. */
const WSL_OPENERS = ["wslview", "rundll32.exe url.dll,FileProtocolHandler %s"];

function firstInstalled(candidates: readonly string[], environment: Environment): readonly string[] | undefined {
  for (const candidate of candidates) {
    const [program = "", ...args] = candidate.trim().split(/\s+/);
    const found = findCommand(program, environment);
    if ("missing" in found) continue;
    return [found.file, ...(args.some((arg) => arg.includes("%s")) ? args : [...args, "%s"])];
  }
  return undefined;
}

/** The system's programs that open a page in the browser, by platform. */
const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["rundll32.exe url.dll,FileProtocolHandler"],
};

export interface Page {
  readonly url: string;
  readonly title: string;
}

/**
 * Opens a small HTML file that only its owner can read and that redirects to the page. The browser may read the file
 * after rolecall has ended, so it is kept; files of earlier calls are removed once their URLs have expired.
 *
 * @param browserArgv the result of `findBrowser`.
 * @param folders the folders for temporary files: the first one that can be used.
 * @returns why the browser could not be started, or undefined on success.
 */
export async function openPage(
  page: Page,
  browserArgv: readonly string[],
  folders: readonly string[],
  now: Date,
): Promise<string | undefined> {
  let file: string | undefined;
  let problem: string | undefined;
  for (const folder of folders) {
    try {
      removeExpiredPages(folder, now);
      file = writePage(page, folder);
      break;
    } catch (error) {
      problem = `cannot write to ${folder}: ${systemErrorMessage(error)}`;
    }
  }
  if (file === undefined) return problem;
  const url = pathToFileURL(file).href;
  const [program = "", ...args] = argvFor(url, browserArgv);
  const error = await startProgram(program, args);
  if (error !== undefined) rmSync(dirname(file), { recursive: true, force: true });
  return error;
}

/**
 * Opens a URL that is not a secret. Unlike a page in a file, it can also be read by a browser in a sandbox (snap,
 * flatpak), or on the host of a container or of WSL.
 *
 * @param browserArgv the result of `findBrowser`.
 * @returns why the browser could not be started, or undefined on success.
 */
export async function openUrl(url: string, browserArgv: readonly string[]): Promise<string | undefined> {
  const [program = "", ...args] = argvFor(url, browserArgv);
  return await startProgram(program, args);
}

/** A function as the replacement keeps `$&` and the like in the URL as they are. */
function argvFor(url: string, browserArgv: readonly string[]): string[] {
  return browserArgv.map((arg) => arg.replaceAll("%s", () => url));
}

/** @returns the path of the file, in a new folder that only this user can enter. */
function writePage(page: Page, parent: string): string {
  const opened = openFolder(parent, { acceptsWriters: "sticky" });
  try {
    const folder = withPrivateUmask(() => mkdtempSync(opened.at(FOLDER_PREFIX)));
    writePrivateFile(join(folder, PAGE_FILE), redirectHtml(page));
    return join(parent, basename(folder), PAGE_FILE);
  } finally {
    opened.close();
  }
}

function redirectHtml({ url, title }: Page): string {
  const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return (
    '<!doctype html>\n<meta charset="utf-8">\n<meta name="referrer" content="no-referrer">\n' +
    `<meta http-equiv="refresh" content="0;url=${escaped(url)}">\n<title>${escaped(title)}</title>\n` +
    `<p><a href="${escaped(url)}">${escaped(title)}</a></p>\n`
  );
}

function removeExpiredPages(folder: string, now: Date): void {
  const names = readdirSync(folder).filter((name) => name.startsWith(FOLDER_PREFIX));
  for (const name of names) {
    try {
      const path = join(folder, name);
      const stat = lstatSync(path);
      // In a shared folder it may belong to another user, who could replace folders in it by links while it is removed.
      const isOwn = stat.isDirectory() && stat.uid === process.geteuid?.();
      if (isOwn && now.getTime() - stat.mtimeMs > MAX_AGE_MS) rmSync(path, { recursive: true, force: true });
    } catch {
      // It stays. The new page does not depend on its removal.
    }
  }
}

/** Starts the program in its own session, so that closing the terminal does not end it. */
function startProgram(program: string, args: readonly string[]): Promise<string | undefined> {
  catchSigchld();
  return new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, env: inheritedEnvironment(), stdio: "ignore" });
    const timer = setTimeout(() => resolve(undefined), START_TIMEOUT_MS);
    const finish = (error: string | undefined) => {
      clearTimeout(timer);
      resolve(error);
    };
    child.once("error", (error: NodeJS.ErrnoException) => finish(systemErrorMessage(error)));
    child.once("exit", (code, signal) => {
      if (code === 0) finish(undefined);
      else finish(code === null ? `it was killed by ${signal}` : `it exited with code ${code}`);
    });
    child.unref();
  });
}
