/**
 * A terminal in raw mode, in which it sends no signals for keys. However the process is stopped or ended, the terminal is
 * put back first, as far as a signal can be caught.
 */
import type { ReadStream } from "node:tty";
import { beforeFatalSignals, onSignals } from "../process/signals.ts";

export interface RawMode {
  /** Stops the process as Ctrl-Z does in a terminal that is not in raw mode, until the shell continues it. */
  suspend(): void;
  /** Puts the terminal back. */
  leave(): void;
}

export interface RawModeScreen {
  /** Shows the prompt, also after the process was continued. */
  show(): void;
  /** Leaves the terminal as a shell expects it. */
  hide(): void;
}

/** How long to wait for the stop. The kernel does not stop an orphaned process group, which no shell could continue. */
const STOP_TIMEOUT_MS = 200;

/** Puts the terminal into raw mode and shows the prompt. */
export function enterRawMode(stream: ReadStream, screen: RawModeScreen): RawMode {
  let isShown = false;
  /** Whether the timer has resumed after `stop`, so that the SIGCONT that ended the stop may still be handled. */
  let isContinued = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = () => {
    stream.setRawMode(true);
    isShown = true;
    screen.show();
  };
  const hide = () => {
    clearTimeout(timer);
    if (!isShown) return;
    isShown = false;
    try {
      stream.setRawMode(false);
      screen.hide();
    } catch {
      // The terminal has hung up.
    }
  };
  /** @param target a process, or 0 for the process group. */
  const stop = (target: number) => {
    hide();
    removeStop();
    process.kill(target, "SIGTSTP");
    isContinued = false;
    timer = setTimeout(() => {
      isContinued = true;
      resume();
    }, STOP_TIMEOUT_MS);
  };
  const resume = () => {
    removeStop();
    removeStop = onSignals(["SIGTSTP"], () => stop(process.pid));
    // If something other than `stop` stopped the process, the prompt was not hidden, and the shell may have changed the
    // mode since.
    hide();
    try {
      show();
    } catch {
      // The terminal has hung up. Reading from it fails, too.
    }
  };
  const handleContinue = () => {
    // The timer of a process that was stopped for longer runs before the handler of the signal.
    if (!isContinued) resume();
    isContinued = false;
  };
  let removeStop = onSignals(["SIGTSTP"], () => stop(process.pid));
  const removeContinue = onSignals(["SIGCONT"], handleContinue);
  const removeFatal = beforeFatalSignals(hide);
  const leave = () => {
    removeStop();
    removeContinue();
    removeFatal();
    hide();
  };
  try {
    show();
  } catch (error) {
    leave();
    throw error;
  }
  // A pipeline is stopped as a whole.
  return { suspend: () => stop(0), leave };
}
