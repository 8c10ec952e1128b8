/** Decides whether a sign-in opens the browser, and what to do if the browser is on another machine. */
import type { Effects } from "../domain/effects.ts";
import { type Environment, variable } from "../domain/environment.ts";
import { findNamedBrowser, findOpener, findWslOpener } from "../runtime/browser.ts";

/** Where rolecall runs, as far as it matters for the browser. */
export type Place = "here" | "ssh" | "wsl" | "container";

export interface BrowserChoice {
  /** The command that opens the browser, with `%s` for the URL; undefined if none is opened. */
  readonly argv: readonly string[] | undefined;
  /** Completes "the browser was not opened: ". */
  readonly reason: string | undefined;
  readonly place: Place;
}

export interface BrowserInputs {
  readonly environment: Environment;
  /** As `process.platform`. */
  readonly platform: string;
  readonly place: Place;
  readonly hasTerminal: boolean;
  /** Whether `--no-browser` was given. */
  readonly isForbidden: boolean;
}

/**
 * Decides whether to open the browser. Without a terminal it is never opened: `terraform` or an SDK may run many
 * processes at once, and each would open a tab. A program that `BROWSER` names is always used, because tools such as VS
 * Code set it to one that opens the browser of the person's own machine.
 */
export function chooseBrowser({
  environment,
  platform,
  place,
  hasTerminal,
  isForbidden,
}: BrowserInputs): BrowserChoice {
  const closed = (reason: string): BrowserChoice => ({ argv: undefined, reason, place });
  const opened = (argv: readonly string[]): BrowserChoice => ({ argv, reason: undefined, place });
  if (isForbidden) return closed("--no-browser was given");
  if (!hasTerminal) return closed("there is no terminal");
  const named = findNamedBrowser(environment, platform);
  if (named !== undefined) return opened(named);
  if (place === "ssh") return closed("this is an SSH session");
  if (place === "wsl") {
    const opener = findWslOpener(environment);
    if (opener !== undefined) return opened(opener);
  }
  if (!hasDisplay(environment, platform)) {
    return closed(place === "container" ? "this is a container without a display" : "there is no display");
  }
  const opener = findOpener(environment, platform);
  return opener === undefined ? closed("no program found that opens a browser (set BROWSER)") : opened(opener);
}

/** Whether the browser's own 127.0.0.1 is, or may be, another machine than this one. */
export function isElsewhere({ place, argv }: BrowserChoice): boolean {
  return place !== "here" || argv === undefined;
}

/**
 * Finds out where rolecall runs. Files that cannot be read count as missing.
 *
 * The signs are those of OpenSSH's sshd(8), of the kernel of WSL, and of Docker, Podman, systemd-nspawn and Kubernetes.
 */
export function findPlace({ environment, readFile }: Pick<Effects, "environment" | "readFile">): Place {
  const has = (name: string) => variable(environment, name) !== undefined;
  const text = (path: string): string | undefined => {
    try {
      const bytes = readFile(path);
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    } catch {
      return undefined;
    }
  };
  if (has("SSH_CONNECTION") || has("SSH_CLIENT") || has("SSH_TTY")) return "ssh";
  const isContainer =
    ["container", "KUBERNETES_SERVICE_HOST", "REMOTE_CONTAINERS", "CODESPACES"].some(has) ||
    ["/.dockerenv", "/run/.containerenv"].some((path) => text(path) !== undefined);
  if (isContainer) return "container";
  const isWsl = has("WSL_DISTRO_NAME") || /microsoft/i.test(text("/proc/sys/kernel/osrelease") ?? "");
  return isWsl ? "wsl" : "here";
}

function hasDisplay(environment: Environment, platform: string): boolean {
  if (platform === "darwin" || platform === "win32") return true;
  return ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => variable(environment, name) !== undefined);
}
