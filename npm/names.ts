/** The names of the npm packages. */
import type { Target } from "../scripts/releasing/targets.ts";

export const MAIN_PACKAGE = "rolecall";

/** The package that has the program for a target. */
export function packageName({ name }: Pick<Target, "name">): string {
  return `@rolecall/${name}`;
}
