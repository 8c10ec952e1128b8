/** Runs a program at a pseudo-terminal and responds to each prompt with the next input: see at_terminal.py. */
import { fileURLToPath } from "node:url";
import type { TestHome } from "./subject.ts";

const SCRIPT = fileURLToPath(new URL("at_terminal.py", import.meta.url));

export interface Conversation {
  /** A Python regular expression. */
  readonly prompt: string;
  /** The nth is for the nth time that the prompt appears. Their syntax is that of at_terminal.py. */
  readonly inputs: readonly string[];
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface TerminalOutcome {
  /** All output to the terminal. */
  readonly terminal: string;
  /** Standard output, which is a pipe. */
  readonly stdout: string;
  readonly exitCode: number;
}

export async function atTerminal(
  home: TestHome,
  { prompt, inputs, argv, env = {} }: Conversation,
): Promise<TerminalOutcome> {
  const { stdout } = await home.runProgram(["python3", SCRIPT, prompt, inputs.join(","), ...argv], { env });
  return JSON.parse(stdout);
}
