/** How the answer on standard output is shown: its colours and its width. */
import { type Paint, paintFor } from "../report/paint.ts";
import { colorChoice } from "./color_choice.ts";
import type { CommandOptions } from "./options.ts";
import type { World } from "./world.ts";

/** Characters, where the answer does not go to a terminal: what is piped must not depend on where it was made. */
const USUAL_WIDTH = 120;

export function answerPaint(options: CommandOptions, world: World): Paint {
  return paintFor(colorChoice(options), world.effects.environment.NO_COLOR, world.terminalWidth() !== undefined);
}

export function answerWidth(world: World): number {
  return world.terminalWidth() ?? USUAL_WIDTH;
}
