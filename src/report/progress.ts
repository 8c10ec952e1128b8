/**
 * What is waited for, on the terminal, once that takes a while; gone without a trace when the wait is over, or when
 * somebody has something to say there.
 */
import type { Colors } from "./colors.ts";
import { withoutLineWrap } from "./line_wrap.ts";

/** Milliseconds that nobody minds. */
const DELAY_MS = 500;

export interface Progress {
  /**
   * @param what as in "waiting for …".
   * @returns a function to call when the wait is over.
   */
  show(what: string): () => void;
  /** Takes the line away: whoever calls this writes to the terminal next. */
  clear(): void;
  /** Takes the line away, for good. */
  end(): void;
  /** A person is asked, so nothing is shown. @returns a function to call when that is over. */
  pauseForPrompt(): () => void;
  /** A program runs, which may ask a person itself. @returns a function to call when that is over. */
  pauseForProgram(): () => void;
}

export interface ProgressDependencies {
  /** Writes to the terminal. */
  write(text: string): void;
  /** Whether anything is to be shown; asked each time. */
  enabled(): boolean;
  paint(): Colors;
  /** Calls a function after so many milliseconds. @returns a function that prevents it. */
  later(ms: number, call: () => void): () => void;
}

interface Style {
  draw(text: string): string;
  readonly erase: string;
}

/** On the cursor's own line: rolecall writes whole lines only, so that is an empty one. */
const ON_THE_LINE: Style = { draw: (text) => `\r\u001b[K${withoutLineWrap(text)}`, erase: "\r\u001b[K" };

/**
 * On the line below the cursor, which stays where it is: a program may have asked something there and wait for the
 * answer. (Index, and up again: makes sure that there is a line below.)
 */
const BELOW: Style = {
  draw: (text) => `\u001bD\u001b[A\u001b7\u001b[B\r\u001b[K${withoutLineWrap(text)}\u001b8`,
  erase: "\u001b[J",
};

/** Nothing is shown before something is waited for. */
export function makeProgress({ write, enabled, paint, later }: ProgressDependencies): Progress {
  const waits = new Set<{ readonly what: string }>();
  let asking = 0;
  let running = 0;
  let over = false;
  let cancel: (() => void) | undefined;
  let shown: Style | undefined;

  const hide = () => {
    cancel?.();
    cancel = undefined;
    if (shown !== undefined) write(shown.erase);
    shown = undefined;
  };
  const show = () => {
    cancel = undefined;
    const [wait] = waits;
    if (wait === undefined || asking > 0 || !enabled()) return;
    shown = running > 0 ? BELOW : ON_THE_LINE;
    write(shown.draw(paint().dim(`waiting for ${wait.what} …`)));
  };
  /** Hides what there is, and begins anew to wait before anything is shown. */
  const restart = () => {
    hide();
    if (waits.size > 0 && !over) cancel = later(DELAY_MS, show);
  };
  return {
    show(what) {
      const wait = { what };
      waits.add(wait);
      if (waits.size === 1) restart();
      return () => {
        const isFirst = waits.values().next().value === wait;
        waits.delete(wait);
        if (isFirst) restart();
      };
    },
    clear() {
      if (shown !== undefined) restart();
    },
    end() {
      over = true;
      hide();
    },
    pauseForPrompt() {
      asking++;
      hide();
      return () => {
        asking--;
        restart();
      };
    },
    pauseForProgram() {
      running++;
      restart();
      return () => {
        restart();
        running--;
      };
    },
  };
}
