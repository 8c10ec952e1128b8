/** Waits for the signal that stops a server. */

export type StopSignal = "SIGINT" | "SIGTERM";

/** @returns the first of the signals that this process receives. */
export function waitForStopSignal(signals: readonly StopSignal[]): Promise<StopSignal> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve(signal));
  });
}
