/** Ignores the signals that would end a process that must outlive them. */
import { constants } from "node:os";

/** SIGKILL and SIGSTOP cannot be ignored. The runtime itself uses SIGPWR, and the others report a fault of the program. */
const NOT_IGNORED = [
  "SIGKILL",
  "SIGSTOP",
  "SIGPWR",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGSEGV",
  "SIGSYS",
  "SIGTRAP",
];

export function ignoreSignals(): void {
  for (const signal of Object.keys(constants.signals) as NodeJS.Signals[]) {
    if (NOT_IGNORED.includes(signal)) continue;
    try {
      process.on(signal, () => {});
    } catch {
      // The runtime cannot handle this signal.
    }
  }
}
