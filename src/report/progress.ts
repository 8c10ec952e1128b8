/**
 * Progress on the terminal: what rolecall is waiting for, once that takes a while. The line is erased without a trace when
 * the wait ends, or before anything else is written.
 */
import { formatDuration } from "../text/duration.ts";
import type { Colors } from "./colors.ts";
import { escapeControls } from "./error.ts";
import { withoutLineWrap } from "./line_wrap.ts";

/** A shorter wait is not shown. */
const DELAY_MS = 500;

/** A wait that is longer shows its duration, which changes every second. */
const DURATION_AFTER_MS = 3000;

export interface Progress {
  /**
   * Reports that a wait has started.
   *
   * @param what completes the message "waiting for …".
   * @param detail what to show after the duration of a long wait, such as the number of the attempt.
   * @returns a function to call at the end of the wait.
   */
  show(what: string, detail?: () => string): () => void;
  /** Erases the line, before the caller writes to the terminal. */
  clear(): void;
  /** Erases the line and shows no further ones. */
  end(): void;
  /** Shows no line during a prompt. @returns a function to call at the end of the prompt. */
  pauseForPrompt(): () => void;
  /** Shows lines below the cursor while a program runs, which may prompt. @returns a function to call at its end. */
  pauseForProgram(): () => void;
}

export interface ProgressDependencies {
  /** Writes to the terminal. */
  write(text: string): void;
  /** Whether to show lines; called before each one. */
  enabled(): boolean;
  colors(): Colors;
  /** Milliseconds since any fixed time. */
  now(): number;
  /** Calls a function after a delay. @returns a function that cancels the call. */
  later(ms: number, call: () => void): () => void;
  /** Calls a function before Ctrl-C or Ctrl-Z ends or stops the process. @returns a function that cancels the call. */
  beforeSignal(call: () => void): () => void;
}

interface Style {
  draw(text: string): string;
  readonly erase: string;
}

/** On the line of the cursor, which is empty, because rolecall writes whole lines only. */
const ON_CURSOR_LINE: Style = { draw: (text) => `\r\u001b[K${withoutLineWrap(text)}`, erase: "\r\u001b[K" };

/**
 * On the line below the cursor, which stays where it is: a program may have prompted there and be waiting for input. (IND and
 * "cursor up" first: they scroll if the cursor is on the last line of the screen.)
 */
const BELOW_CURSOR: Style = {
  draw: (text) => `\u001bD\u001b[A\u001b7\u001b[B\r\u001b[K${withoutLineWrap(text)}\u001b8`,
  erase: "\u001b[J",
};

interface Wait {
  readonly what: string;
  readonly detail: (() => string) | undefined;
  readonly started: number;
}

export function makeProgress({ write, enabled, colors, now, later, beforeSignal }: ProgressDependencies): Progress {
  const waits = new Set<Wait>();
  let prompts = 0;
  let programs = 0;
  let hasEnded = false;
  let cancel: (() => void) | undefined;
  /** How the line that is shown was drawn. */
  let style: Style | undefined;
  let cancelSignal: (() => void) | undefined;

  const erase = () => {
    cancel?.();
    cancel = undefined;
    cancelSignal?.();
    cancelSignal = undefined;
    if (style !== undefined) write(style.erase);
    style = undefined;
  };
  const show = () => {
    cancel = undefined;
    const [wait] = waits;
    if (wait === undefined || prompts > 0 || !enabled()) return;
    style = programs > 0 ? BELOW_CURSOR : ON_CURSOR_LINE;
    cancelSignal ??= beforeSignal(restart);
    const elapsedMs = now() - wait.started;
    write(
      style.draw(colors().dim(`waiting for ${escapeControls(wait.what)} …${durationText(elapsedMs, wait.detail)}`)),
    );
    cancel = later(elapsedMs < DURATION_AFTER_MS ? DURATION_AFTER_MS - elapsedMs : 1000 - (elapsedMs % 1000), show);
  };
  /** Erases the line, and shows the next one after the delay. */
  const restart = () => {
    erase();
    if (waits.size > 0 && !hasEnded) cancel = later(DELAY_MS, show);
  };
  return {
    show(what, detail) {
      const wait = { what, detail, started: now() };
      waits.add(wait);
      if (waits.size === 1) restart();
      return () => {
        const isFirst = waits.values().next().value === wait;
        waits.delete(wait);
        if (isFirst) restart();
      };
    },
    clear() {
      if (style !== undefined) restart();
    },
    end() {
      hasEnded = true;
      erase();
    },
    pauseForPrompt() {
      prompts++;
      erase();
      return () => {
        prompts--;
        restart();
      };
    },
    pauseForProgram() {
      programs++;
      restart();
      return () => {
        restart();
        programs--;
      };
    },
  };
}

function durationText(elapsedMs: number, detail: Wait["detail"]): string {
  if (elapsedMs < DURATION_AFTER_MS) return "";
  const duration = formatDuration(elapsedMs / 1000);
  return detail === undefined ? ` ${duration}` : ` ${duration}, ${detail()}`;
}
