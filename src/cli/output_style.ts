/** The style of the output: `--color`, and the colors and the width of standard output. */
import { invalidValue } from "../domain/errors.ts";
import { type ColorChoice, type Colors, colorsFor } from "../report/colors.ts";
import type { CommandOptions } from "./args/options.ts";
import type { Context } from "./context.ts";

/** Columns if standard output is not a terminal: piped output must not depend on the size of a terminal. */
const DEFAULT_WIDTH = 120;

/**
 * The value of `--color`, or auto.
 *
 * @throws RolecallError `invalid-option` if `--color` has another value than auto, always or never.
 */
export function colorChoice(options: CommandOptions): ColorChoice {
  const given = options.text("color");
  if (given === undefined) return "auto";
  if (given.value === "auto" || given.value === "always" || given.value === "never") return given.value;
  throw invalidValue("color choice", given, ["use auto, always or never"]);
}

/**
 * The colors for standard output.
 *
 * @throws RolecallError `invalid-option` as `colorChoice`.
 */
export function outputColors(options: CommandOptions, context: Context): Colors {
  const { NO_COLOR, TERM } = context.effects.environment;
  return colorsFor(colorChoice(options), NO_COLOR, context.screen() !== undefined && TERM !== "dumb");
}

/** The width of standard output, in columns. */
export function outputWidth(context: Context): number {
  return context.screen()?.columns ?? DEFAULT_WIDTH;
}
