/** Showing a page in the person's browser, without its URL on a command line, where every user of the machine reads it. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Environment } from "../domain/environment.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { findCommand } from "./process/find_command.ts";

const FOLDER_PREFIX = "rolecall-page-";

/** Milliseconds that the file with the URL is kept: whoever asks for a page makes its URL good for no longer. */
const KEPT_MS = 15 * 60 * 1000;

/** Milliseconds in which an opener that finds no browser says so; one that runs on is the browser itself. */
const FAILS_WITHIN_MS = 2000;

/**
 * The words that start a browser: of the programs that `BROWSER` names (with colons between, `%s` for the URL), else of
 * the system's own opener, the first that is there.
 *
 * @param platform as `process.platform`.
 * @returns undefined where there is none. `%s` in the words stands for the URL.
 */
export function findBrowser(environment: Environment, platform: string): readonly string[] | undefined {
  const named = (environment.BROWSER ?? "").split(":").filter((one) => one.trim() !== "");
  const candidates = [...named, ...(platform === "darwin" ? ["open"] : ["xdg-open", "wslview"])];
  for (const candidate of candidates) {
    const [program = "", ...args] = candidate.trim().split(/\s+/);
    const found = findCommand(program, environment.PATH);
    if ("missing" in found) continue;
    return [found.file, ...(args.some((arg) => arg.includes("%s")) ? args : [...args, "%s"])];
  }
  return undefined;
}

export interface Page {
  readonly url: string;
  readonly title: string;
}

/**
 * Opens the page by way of a small file that leads there, which only its owner can read. Files of earlier calls are taken
 * away once their tokens have ended; the browser reads this one after rolecall is gone.
 *
 * @param words as `findBrowser` found them.
 * @param folder for temporary files.
 * @returns why it failed, or undefined.
 */
export async function openPage(
  { url, title }: Page,
  words: readonly string[],
  folder: string,
  now: Date,
): Promise<string | undefined> {
  let own: string;
  let file: string;
  try {
    removeOld(folder, now);
    own = mkdtempSync(join(folder, FOLDER_PREFIX));
    file = join(own, "sign-in.html");
    writeFileSync(file, redirect({ url, title }), { mode: 0o600, flag: "wx" });
  } catch (error) {
    return `no page can be written in ${folder} (${systemErrorMessage(error)})`;
  }
  const [program = "", ...args] = words.map((word) => word.replaceAll("%s", pathToFileURL(file).href));
  const failure = await start(program, args);
  if (failure !== undefined) rmSync(own, { recursive: true, force: true });
  return failure;
}

function redirect({ url, title }: Page): string {
  const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return (
    '<!doctype html>\n<meta charset="utf-8">\n<meta name="referrer" content="no-referrer">\n' +
    `<meta http-equiv="refresh" content="0;url=${escaped(url)}">\n<title>${escaped(title)}</title>\n` +
    `<p><a href="${escaped(url)}">${escaped(title)}</a></p>\n`
  );
}

function removeOld(folder: string, now: Date): void {
  const names = readdirSync(folder).filter((name) => name.startsWith(FOLDER_PREFIX));
  for (const name of names) {
    try {
      const path = join(folder, name);
      if (now.getTime() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another user's, in a shared folder.
    }
  }
}

/** Starts the program in a session of its own, so that it outlives the terminal. */
function start(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, stdio: "ignore" });
    const timer = setTimeout(() => resolve(undefined), FAILS_WITHIN_MS);
    const end = (failure: string | undefined) => {
      clearTimeout(timer);
      resolve(failure);
    };
    child.once("error", (error: NodeJS.ErrnoException) => end(systemErrorMessage(error)));
    child.once("exit", (code, signal) => end(code === 0 ? undefined : `it ended with ${code ?? signal}`));
    child.unref();
  });
}
