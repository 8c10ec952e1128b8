/**
 * The user interrupted the program: Ctrl-C at a prompt (SIGINT), or the reader of standard output closed the pipe
 * (SIGPIPE), as in `rolecall profiles | head -1`. The program ends by that signal without a message.
 */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly signal: "SIGINT" | "SIGPIPE";

  constructor(signal: "SIGINT" | "SIGPIPE" = "SIGINT") {
    super(signal);
    this.signal = signal;
  }
}
