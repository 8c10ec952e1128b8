/** Colours and styles for a terminal. Without colours, the functions return the text unchanged. */
export interface Colors {
  bold(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
  dim(text: string): string;
}

export type ColorChoice = "auto" | "always" | "never";

/**
 * @param choice the value of `--color`.
 * @param noColor the variable `NO_COLOR`. If it is set and not empty, `auto` means `never` (no-color.org).
 * @param isTerminal whether the stream is a terminal that supports colours.
 */
export function colorsFor(choice: ColorChoice, noColor: string | undefined, isTerminal: boolean): Colors {
  const isColored = choice === "always" || (choice === "auto" && !noColor && isTerminal);
  const style = (open: number, close: number) => (text: string) =>
    isColored ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: style(1, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    blue: style(34, 39),
    dim: style(2, 22),
  };
}
