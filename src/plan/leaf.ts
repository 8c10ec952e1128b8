/** The beginning of a chain: a source, and no role yet. */
import type { Chain, Ignored, SourceStep } from "./plan.ts";

/** @param ignored what the source makes idle. */
export function leaf(source: SourceStep, ignored: readonly Ignored[] = []): Chain {
  return { source, roles: [], passedOver: [], ignored };
}

/** As `leaf`, where there is a source. */
export function leafOf(source: SourceStep | undefined, ignored: readonly Ignored[] = []): Chain | undefined {
  return source === undefined ? undefined : leaf(source, ignored);
}
