/** Runs Windows programs with Wine, in a prefix of their own: see scripts/wine. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installRuntime } from "../../scripts/releasing/runtimes.ts";
import { targetNamed } from "../../scripts/releasing/targets.ts";
import { isInstalled } from "./machine.ts";
import { makeHome, type Outcome, type RunningProgram, type RunOptions } from "./subject.ts";
import { waitUntil } from "./wait_until.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TARGET = targetNamed("windows-x64");

/** The first version of Wine that runs Bun. */
const OLDEST_WINE = 10;

/** The root file system that scripts/wine makes. */
const WINE_ROOT = join(ROOT, ".tmp", "wine", "root");

/** The command that starts Wine; undefined if there is none, or only an old one. */
export const WINE: readonly string[] | undefined = findWine();

function findWine(): readonly string[] | undefined {
  if (isInstalled("wine")) {
    const { stdout } = spawnSync("wine", ["--version"], { encoding: "utf8" });
    if (Number(/^wine-(\d+)/.exec(stdout)?.[1] ?? 0) >= OLDEST_WINE) return ["wine"];
  }
  if (!existsSync(join(WINE_ROOT, "..", "installed")) || !isInstalled("bwrap")) return undefined;
  const binds = [ROOT, tmpdir()].flatMap((folder) => ["--bind", folder, folder]);
  const system = ["--bind", WINE_ROOT, "/", "--proc", "/proc", "--dev-bind", "/dev", "/dev", "--tmpfs", "/run"];
  return ["bwrap", ...system, ...binds, "--die-with-parent", "wine"];
}

export interface Windows {
  /** The user's home folder, as Windows names it. */
  readonly home: string;
  /** rolecall.exe, as Windows names it. */
  readonly rolecall: string;
  /** Bun for Windows, for programs of the tests, as Windows names it. */
  readonly bun: string;
  /** Writes a file, and creates its folder. @param path as Windows names it, on drive C. */
  write(path: string, text: string): void;
  exists(path: string): boolean;
  /** Runs rolecall.exe. Its exit code is only the low byte: Linux has no more. */
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  start(args: readonly string[], options?: RunOptions): RunningProgram;
  /** Runs any program. */
  runProgram(argv: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Runs the lines of a batch file, from the folder C:\work. */
  runBatch(lines: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** A command line for Linux, such as for a pseudo-terminal, with its environment. */
  command(argv: readonly string[]): {
    readonly argv: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
  remove(): void;
}

/** Now and then, a thread of Wine itself fails while its process ends. The exit code stays the same. */
const WINE_FAULT = /^wine: Unhandled page fault .*\n/m;

/** Builds rolecall.exe, and makes a Wine prefix. */
export async function startWindows(wine: readonly string[]): Promise<Windows> {
  const built = spawnSync(process.execPath, ["scripts/release.ts", "--executables", TARGET.name], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (built.status !== 0) throw new Error(built.stderr);
  const folder = mkdtempSync(join(tmpdir(), "rolecall-wine-"));
  const prefix = join(folder, "prefix");
  const env = {
    WINEPREFIX: prefix,
    WINEDEBUG: "-all",
    // Without its parts for .NET and HTML, which it would offer to download.
    WINEDLLOVERRIDES: "mscoree,mshtml=",
    // A home that rolecall must not use.
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const linux = makeHome({ env });
  const onDrive = (path: string) => join(prefix, "drive_c", ...path.replace(/^C:\\/i, "").split("\\"));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(onDrive(path)), { recursive: true });
    writeFileSync(onDrive(path), text);
  };
  // The first program creates the prefix, and starts Wine's services, which inherit its output. They run as long as a
  // program does.
  const [program = "", ...first] = [...wine, "cmd", "/k", "echo >C:\\started"];
  const running = spawn(program, first, { env: linux.environment(), stdio: ["pipe", "ignore", "ignore"] });
  await waitUntil(() => existsSync(onDrive("C:\\started")));
  const { exitCode, stdout, stderr } = await linux.runProgram([...wine, "cmd", "/c", "echo %USERPROFILE%"]);
  if (exitCode !== 0) throw new Error(`Wine failed: ${stderr}`);
  mkdirSync(onDrive("C:\\work"));
  const rolecall = onLinuxDrive(join(ROOT, "dist", TARGET.name, TARGET.executable));
  const options = (given: RunOptions = {}): RunOptions => ({ stdin: "", cwd: onDrive("C:\\work"), ...given });
  const runProgram: Windows["runProgram"] = async (argv, given) => {
    const outcome = await linux.runProgram([...wine, ...argv], options(given));
    return { ...outcome, stderr: outcome.stderr.replace(WINE_FAULT, "") };
  };
  return {
    home: stdout.trim(),
    rolecall,
    bun: onLinuxDrive(installRuntime(ROOT, TARGET)),
    write,
    exists: (path) => existsSync(onDrive(path)),
    run: (args, given) => runProgram([rolecall, ...args], given),
    start: (args, given) => linux.startProgram([...wine, rolecall, ...args], options(given)),
    runProgram,
    runBatch(lines, given) {
      write("C:\\work\\test.cmd", ["@echo off", ...lines, ""].join("\r\n"));
      return runProgram(["cmd", "/c", "test.cmd"], given);
    },
    command: (argv) => ({ argv: [...wine, ...argv], env: linux.environment() }),
    remove() {
      running.kill("SIGKILL");
      const [program = "", ...args] = [...wine.slice(0, -1), "wineserver", "--kill"];
      spawnSync(program, args, { env: linux.environment() });
      linux.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A path of Linux as Windows programs name it: Wine's drive Z is the root folder. */
export function onLinuxDrive(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}
