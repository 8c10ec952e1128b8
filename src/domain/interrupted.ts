/**
 * Somebody wants no more of it: a person pressed Ctrl-C at a prompt, or whoever read the answer has closed the pipe
 * (`rolecall profiles | head -1`). The program ends by the signal that says so, without a word.
 */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly signal: "SIGINT" | "SIGPIPE";

  constructor(signal: "SIGINT" | "SIGPIPE" = "SIGINT") {
    super(signal);
    this.signal = signal;
  }
}
