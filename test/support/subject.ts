/**
 * The program under test, run as a user runs it: with an environment and a home of its own, and nothing of the
 * machine's. ROLECALL_SUBJECT says which: `compiled` (dist/rolecall, the default), `deno` or `source` (Bun).
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TOOLS = join(ROOT, "node_modules", ".bin");

export const SUBJECT = process.env.ROLECALL_SUBJECT ?? "compiled";

/** Whether the process becomes the command (Bun), rather than have it as a child. */
export const BECOMES = SUBJECT !== "deno";

/** The words that start the program. */
export const SUBJECT_WORDS: readonly string[] = words();

function words(): string[] {
  const main = join(ROOT, "src", "main.ts");
  switch (SUBJECT) {
    case "deno":
      return [join(TOOLS, "deno"), "run", "-A", "--no-config", "--node-modules-dir=manual", main];
    case "source":
      return [join(TOOLS, "bun"), main];
    default: {
      const compiled = join(ROOT, "dist", "rolecall");
      if (!existsSync(compiled)) throw new Error("dist/rolecall is not there: ./scripts/build makes it");
      return [compiled];
    }
  }
}

export interface Outcome {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** A home folder with AWS files in it, and the program run there. */
export interface TestHome {
  readonly path: string;
  /** Writes a file below the home; folders are made. */
  write(name: string, text: string, mode?: number): string;
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Runs any other program in the same surroundings. */
  runProgram(words: readonly string[], options?: RunOptions): Promise<Outcome>;
  environment(extra?: Readonly<Record<string, string>>): Record<string, string>;
  remove(): void;
}

export interface HomeFiles {
  readonly config?: string | undefined;
  readonly credentials?: string | undefined;
  /** Variables for every run. */
  readonly env?: Readonly<Record<string, string>>;
}

export function makeHome(files: HomeFiles = {}): TestHome {
  const path = mkdtempSync(join(tmpdir(), "rolecall-home-"));
  const environment = (extra: Readonly<Record<string, string>> = {}) => ({
    HOME: path,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "C.UTF-8",
    // Deno compiles and keeps what it runs; not in the home under test.
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
    run: (args, options) => home.runProgram([...SUBJECT_WORDS, ...args], options),
    runProgram: (all, options = {}) =>
      runToEnd(all, environment(options.env), options.stdin ?? "", options.cwd ?? path),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  if (files.config !== undefined) home.write(".aws/config", files.config);
  if (files.credentials !== undefined) home.write(".aws/credentials", files.credentials);
  return home;
}

function runToEnd(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin: string,
  cwd: string,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"] });
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
    // A program that does not read its input is no failure of the test.
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
    child.once("error", reject);
    child.once("close", (exitCode, signal) =>
      resolve({
        exitCode: exitCode ?? undefined,
        signal: signal ?? undefined,
        stdout: Buffer.concat(chunks.stdout).toString("utf8"),
        stderr: Buffer.concat(chunks.stderr).toString("utf8"),
      }),
    );
  });
}

/** The `KEY=value` lines of `env`. */
export function parseEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
