/** The rules that every run must follow, whatever its input. */
import { commandName } from "../../src/cli/args/arguments.ts";
import { OPTIONS } from "../../src/domain/option_table.ts";
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
  const command = commandName(argv);
  const faults: string[] = [];
  if (exitCode === undefined) faults.push("a signal ended it");
  else if (!(command === "exec" ? EXEC_EXIT_CODES : EXIT_CODES).includes(exitCode))
    faults.push(`exit code ${exitCode}`);
  if (/\binternal-error\b/.test(stderr + stdout)) faults.push("internal-error");
  if (/\$bunfs|\bBun v\d|^\s+at .+:\d+:\d+/m.test(stderr)) faults.push("a stack trace");
  if (ms > MAX_MS) faults.push(`it took ${(ms / 1000).toFixed(1)} s`);
  if (memory > MAX_MEMORY) faults.push(`it used ${Math.round(memory / 1e6)} MB`);
  const shown = SECRET_OUTPUT.includes(command ?? "") ? stderr : stderr + stdout;
  if (SECRETS.some((secret) => shown.includes(secret))) faults.push("it showed a secret");
  if (hasHidden(shown, argv)) faults.push("it showed a control character");
  if (exitCode === 0 && printsCredentials(argv) && !areCredentials(stdout)) faults.push("incomplete credentials");
  if (exitCode === 0 && isJson(argv) && parse(stdout) === undefined) faults.push("its output is not JSON");
  return faults;
}

/** Characters that a terminal obeys, or that nobody sees. JSON may contain the latter. */
function hasHidden(shown: string, argv: readonly string[]): boolean {
  if (argv.some((argument) => argument.startsWith("--color"))) return false;
  const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
  return controls.test(shown) || (!argv.includes("--json") && /[\u200b\u202a-\u202e\u2066-\u2069\ufeff]/.test(shown));
}

function printsCredentials(argv: readonly string[]): boolean {
  return argv[0] === "export" && argv[1] === "--profile" && argv.length <= 4 && !argv.includes("--format");
}

function areCredentials(text: string): boolean {
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = parse(text) ?? {};
  const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";
  return (
    Version === 1 &&
    isText(AccessKeyId) &&
    isText(SecretAccessKey) &&
    (SessionToken === undefined || isText(SessionToken)) &&
    (Expiration === undefined || new Date(String(Expiration)) > new Date())
  );
}

function isJson(argv: readonly string[]): boolean {
  const [command, ...rest] = argv;
  if (rest.includes("--help") || rest.includes("-h") || rest.includes("--version")) return false;
  return (
    ["whoami", "probe", "explain", "check", "profiles", "cache"].includes(command ?? "") &&
    rest.some((argument, index) => argument === "--json" && !takesValue(rest[index - 1]))
  );
}

/** Whether the argument is an option, so that the next one may be its value. */
function takesValue(argument: string | undefined): boolean {
  return OPTIONS.some(
    ({ name, short, value }) => value !== undefined && (argument === `--${name}` || argument === `-${short}`),
  );
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
