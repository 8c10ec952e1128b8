/** Handlers of signals that put something back before the signal takes effect. */

import { constants } from "node:os";
import { hasSignal, ignoredSignals } from "../inherited/inherited_state.ts";

/** Signals that end the process, and that a person or a system sends to it. */
const FATAL_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/**
 * Calls a function at each of the signals. A signal that the process ignores stays ignored: `nohup`, for example, ignores
 * SIGHUP.
 *
 * @returns a function that removes the handlers.
 */
export function onSignals(signals: readonly NodeJS.Signals[], act: (signal: NodeJS.Signals) => void): () => void {
  const ignored = ignoredSignals();
  const handled = signals.filter((signal) => !hasSignal(ignored, constants.signals[signal]));
  for (const signal of handled) process.on(signal, act);
  return () => {
    for (const signal of handled) process.off(signal, act);
  };
}

/**
 * Calls a function before a signal ends the process.
 *
 * @returns a function to call if that is no longer needed.
 */
export function beforeFatalSignals(putBack: () => void): () => void {
  return beforeSignals(FATAL_SIGNALS, putBack);
}

/** As `beforeFatalSignals`, and also before Ctrl-Z stops the process. After that, the function is not called again. */
export function beforeStopOrFatalSignals(putBack: () => void): () => void {
  return beforeSignals([...FATAL_SIGNALS, "SIGTSTP"], putBack);
}

function beforeSignals(signals: readonly NodeJS.Signals[], putBack: () => void): () => void {
  const remove = onSignals(signals, (signal) => {
    remove();
    putBack();
    process.kill(process.pid, signal);
  });
  return remove;
}
