/**
 * The program under test, run with its own environment and home, independent of the machine's. ROLECALL_SUBJECT chooses
 * the program: `compiled` (dist/rolecall, the default), `deno`, `node` (the bundle in dist/js) or `source` (Bun).
 * ROLECALL_PROGRAM is another compiled program, such as one for another machine that an emulator runs (scripts/emulated).
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TOOLS = join(ROOT, "node_modules", ".bin");

export const SUBJECT = process.env.ROLECALL_SUBJECT ?? "compiled";

/** Whether the program runs on Bun, and not on Deno or Node. */
export const USES_BUN = !["deno", "node"].includes(SUBJECT);

/** Whether `exec` replaces the process. Otherwise the command is a child process. */
export const REPLACES_PROCESS = USES_BUN;

/** Whether a program with the prologue is tested. */
export const HAS_PROLOGUE = SUBJECT === "compiled" && process.platform === "linux";

/** Whether QEMU's user-mode emulation runs the program, for which ROLECALL_EMULATED is set. */
export const IS_EMULATED = process.env.ROLECALL_EMULATED !== undefined;

/** The program and its first arguments. */
export const SUBJECT_ARGV: readonly string[] = subjectArgv();

/** The same for a shell, a credential_process and the like. The project's folder may have blanks in its name. */
export const SUBJECT_COMMAND: string = SUBJECT_ARGV.map((argument) => `'${argument}'`).join(" ");

function subjectArgv(): string[] {
  const main = join(ROOT, "src", "main.ts");
  switch (SUBJECT) {
    case "deno":
      return [join(TOOLS, "deno"), "run", "-A", "--no-config", "--node-modules-dir=manual", main];
    case "node":
      return [process.env.ROLECALL_NODE ?? "node", join(ROOT, "dist", "js", "main.mjs")];
    case "source":
      return [join(TOOLS, "bun"), main];
    default: {
      const compiled = process.env.ROLECALL_PROGRAM ?? join(ROOT, "dist", "rolecall");
      if (!existsSync(compiled)) throw new Error(`${compiled} does not exist: run ./scripts/build`);
      return [compiled];
    }
  }
}

export interface Outcome {
  /** Undefined if a signal ended the program. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program. */
export interface RunningProgram {
  readonly pid: number;
  /** The standard output so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until the standard output matches; rejects if the program ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** As `says`, but for standard error. */
  complains(pattern: RegExp): Promise<RegExpExecArray>;
  /** Closes the standard input. */
  endInput(): void;
  /** Sends a signal, and waits until the program ends. */
  stop(signal?: NodeJS.Signals): Promise<Outcome>;
  readonly ended: Promise<Outcome>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** A home folder with AWS files, in which programs run. */
export interface TestHome {
  readonly path: string;
  /** Writes a file below the home, and creates its folder. */
  write(name: string, text: string, mode?: number): string;
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Starts the program without waiting for its end. */
  start(args: readonly string[], options?: RunOptions): RunningProgram;
  /** Runs any other program in the same environment. */
  runProgram(argv: readonly string[], options?: RunOptions): Promise<Outcome>;
  startProgram(argv: readonly string[], options?: RunOptions): RunningProgram;
  environment(extra?: Readonly<Record<string, string>>): Record<string, string>;
  remove(): void;
}

export interface HomeFiles {
  readonly config?: string | undefined;
  readonly credentials?: string | undefined;
  /** Variables for every program. */
  readonly env?: Readonly<Record<string, string>>;
}

export function makeHome(files: HomeFiles = {}): TestHome {
  const path = mkdtempSync(join(tmpdir(), "rolecall-home-"));
  const environment = (extra: Readonly<Record<string, string>> = {}) => ({
    HOME: path,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "C.UTF-8",
    // So that files which a killed helper process leaves are deleted with the home.
    XDG_RUNTIME_DIR: path,
    // Deno's compilation cache must not be in the home under test.
    ...(SUBJECT === "deno" ? { DENO_DIR: join(ROOT, ".tmp", "deno"), DENO_NO_UPDATE_CHECK: "1" } : {}),
    ...files.env,
    ...extra,
  });
  const home: TestHome = {
    path,
    environment,
    write(name, text, mode = 0o600) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { mode });
      return file;
    },
    run: (args, options) => home.runProgram([...SUBJECT_ARGV, ...args], options),
    start: (args, options) => home.startProgram([...SUBJECT_ARGV, ...args], options),
    startProgram: (argv, options = {}) =>
      startProgram(argv, environment(options.env), options.stdin, options.cwd ?? path),
    runProgram: (argv, options) => home.startProgram(argv, { stdin: "", ...options }).ended,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  if (files.config !== undefined) home.write(".aws/config", files.config);
  if (files.credentials !== undefined) home.write(".aws/credentials", files.credentials);
  return home;
}

/** @param stdin the whole standard input; undefined to leave it open. */
function startProgram(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin: string | undefined,
  cwd: string,
): RunningProgram {
  const child = spawn(program, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"] });
  const text = { stdout: collect(child.stdout), stderr: collect(child.stderr) };
  // A program that ends without reading its input (EPIPE) does not fail the test.
  child.stdin.on("error", () => {});
  if (stdin !== undefined) child.stdin.end(stdin);
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) =>
      resolve({
        exitCode: exitCode ?? undefined,
        signal: signal ?? undefined,
        stdout: text.stdout(),
        stderr: text.stderr(),
      }),
    );
  });
  const until = (stream: "stdout" | "stderr") => (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(text[stream]());
        if (match !== null) resolve(match);
      };
      look();
      child[stream].on("data", look);
      ended.then(
        () => reject(new Error(`the program ended without printing ${pattern}: ${text.stdout()}${text.stderr()}`)),
        reject,
      );
    });
  return {
    pid: child.pid ?? 0,
    ...text,
    says: until("stdout"),
    complains: until("stderr"),
    ended,
    endInput: () => void child.stdin.end(),
    stop(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

/** Parses the `KEY=value` lines of `env`. */
export function parseEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
