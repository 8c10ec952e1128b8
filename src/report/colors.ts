/** Colours for a terminal, or none. */
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
 * @param choice of `--color`.
 * @param noColor the variable `NO_COLOR`: when it is set and not empty, `auto` means never (no-color.org).
 * @param isTerminal whether the stream is one, and one that knows colours.
 */
export function colorsFor(choice: ColorChoice, noColor: string | undefined, isTerminal: boolean): Colors {
  const colored = choice === "always" || (choice === "auto" && !noColor && isTerminal);
  const style = (open: number, close: number) => (text: string) =>
    colored ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: style(1, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    blue: style(34, 39),
    dim: style(2, 22),
  };
}
