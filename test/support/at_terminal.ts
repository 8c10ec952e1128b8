/** A person at a terminal who answers each prompt at once; see at_terminal.py. */
import { fileURLToPath } from "node:url";
import type { TestHome } from "./subject.ts";

const SCRIPT = fileURLToPath(new URL("at_terminal.py", import.meta.url));

export interface Conversation {
  /** A regular expression of Python's. */
  readonly prompt: string;
  /** One for each time that the prompt appears. */
  readonly answers: readonly string[];
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Seen {
  /** What the terminal showed. */
  readonly terminal: string;
  /** What came on standard output, which is a pipe. */
  readonly stdout: string;
  readonly exitCode: number;
}

export async function atTerminal(home: TestHome, { prompt, answers, words, env = {} }: Conversation): Promise<Seen> {
  const { stdout } = await home.runProgram(["python3", SCRIPT, prompt, answers.join(","), ...words], { env });
  return JSON.parse(stdout);
}
