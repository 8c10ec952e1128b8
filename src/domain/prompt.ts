/** A dialog with a person at a terminal: what it shows, and what it makes of keys. */

export interface Prompt<T> {
  /** The lines to show: at most `rows`, none wider than `columns`. */
  draw(size: ScreenSize): readonly string[];
  /**
   * Takes a key in.
   *
   * @returns the result, once there is one.
   * @throws InterruptedError when the person wants none.
   */
  press(key: Key): { readonly result: T } | undefined;
}

/** Of a terminal, in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A named key, or characters that were typed. */
export type Key = { readonly name: KeyName } | { readonly text: string };

export type KeyName =
  | "enter"
  | "escape"
  | "interrupt"
  | "end-of-input"
  | "backspace"
  | "delete-word"
  | "delete-line"
  | "up"
  | "down"
  | "page-up"
  | "page-down"
  | "home"
  | "end";
