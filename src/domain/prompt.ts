/** A prompt at a terminal: what it shows, and how it responds to keys. */

export interface Prompt<T> {
  /** The lines to show: at most `rows`, none wider than `columns`. */
  draw(size: ScreenSize): readonly string[];
  /**
   * Handles a key.
   *
   * @returns the result; undefined while the prompt continues.
   * @throws InterruptedError if the person cancels the prompt.
   */
  press(key: Key): { readonly result: T } | undefined;
}

/** The size of a terminal, in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A named key, or typed characters. */
export type Key = { readonly name: KeyName } | { readonly text: string };

export type KeyName =
  | "enter"
  | "escape"
  | "interrupt"
  | "suspend"
  | "end-of-input"
  | "backspace"
  | "delete-word"
  | "delete-line"
  | "tab"
  | "select-all"
  | "up"
  | "down"
  | "page-up"
  | "page-down"
  | "home"
  | "end";
