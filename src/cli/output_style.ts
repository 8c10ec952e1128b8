/** How the answer on standard output is shown: its colours and its width. */
import { type Colors, colorsFor } from "../report/colors.ts";
import { colorChoice } from "./args/color_choice.ts";
import type { CommandOptions } from "./args/options.ts";
import type { Context } from "./context.ts";

/** Characters, where the answer does not go to a terminal: what is piped must not depend on where it was made. */
const USUAL_WIDTH = 120;

/** @throws RolecallError `invalid-option` for a `--color` that is none. */
export function outputColors(options: CommandOptions, context: Context): Colors {
  const { NO_COLOR, TERM } = context.effects.environment;
  return colorsFor(colorChoice(options), NO_COLOR, context.screen() !== undefined && TERM !== "dumb");
}

/** In characters. */
export function outputWidth(context: Context): number {
  return context.screen()?.columns ?? USUAL_WIDTH;
}
