/** How the answer on standard output is shown: its colours and its width. */
import { type Paint, paintFor } from "../report/colors.ts";
import { colorChoice } from "./args/color_choice.ts";
import type { CommandOptions } from "./args/options.ts";
import type { World } from "./context.ts";

/** Characters, where the answer does not go to a terminal: what is piped must not depend on where it was made. */
const USUAL_WIDTH = 120;

/** @throws RolecallError `invalid-option` for a `--color` that is none. */
export function answerPaint(options: CommandOptions, world: World): Paint {
  const { NO_COLOR, TERM } = world.effects.environment;
  return paintFor(colorChoice(options), NO_COLOR, world.screen() !== undefined && TERM !== "dumb");
}

/** In characters. */
export function answerWidth(world: World): number {
  return world.screen()?.columns ?? USUAL_WIDTH;
}
