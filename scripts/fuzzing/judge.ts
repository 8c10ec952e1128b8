/** The rules that every run must follow, whatever its input. */
import { SECRETS } from "./samples.ts";

export interface FinishedRun {
  readonly argv: readonly string[];
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
  /** The most memory that it used, in bytes; in this process, how much the memory grew. */
  readonly memory: number;
}

export const MAX_MS = 5000;
export const MAX_MEMORY = 300 * 1000 * 1000;

/** The exit codes of the contract. COMMAND is `true`, or does not exist. */
const EXIT_CODES = [0, 1, 2];
const EXEC_EXIT_CODES = [0, 125, 126, 127];

/** Only these commands may print secrets, on standard output. */
const SECRET_OUTPUT = ["export", "exec", "serve"];

/** Returns what is wrong with a run, one sentence each. */
export function faultsOf({ argv, exitCode, stdout, stderr, ms, memory }: FinishedRun): string[] {
  const command = argv.find((argument) => !argument.startsWith("-"));
  const isExec = argv.includes("exec");
  const faults: string[] = [];
  if (exitCode === undefined) faults.push("a signal ended it");
  else if (!(isExec ? EXEC_EXIT_CODES : EXIT_CODES).includes(exitCode)) faults.push(`exit code ${exitCode}`);
  if (/\binternal-error\b/.test(stderr + stdout)) faults.push("internal-error");
  if (/\$bunfs|\bBun v\d|^\s+at .+:\d+:\d+/m.test(stderr)) faults.push("a stack trace");
  if (ms > MAX_MS) faults.push(`it took ${(ms / 1000).toFixed(1)} s`);
  if (memory > MAX_MEMORY) faults.push(`it used ${Math.round(memory / 1e6)} MB`);
  const shown = SECRET_OUTPUT.includes(command ?? "") ? stderr : stderr + stdout;
  if (SECRETS.some((secret) => shown.includes(secret))) faults.push("it showed a secret");
  if (exitCode === 0 && isJson(argv) && !parses(stdout)) faults.push("its output is not JSON");
  return faults;
}

function isJson(argv: readonly string[]): boolean {
  const [command, ...rest] = argv;
  if (rest.includes("--help") || rest.includes("-h") || rest.includes("--version")) return false;
  return (
    ["whoami", "probe", "explain", "check", "profiles", "cache"].includes(command ?? "") && rest.includes("--json")
  );
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
