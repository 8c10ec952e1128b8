/** One after the other is asked; the first that has credentials wins, and what the others have is passed over. */

import { ignoredBecause, type PresentSetting } from "./ignored.ts";
import type { Chain, Ignored, SourceStep } from "./plan.ts";

export interface Candidate {
  /** Why nobody after it is asked. */
  readonly comesFirst: string;
  /** What switches it on, as far as it is set. */
  readonly settings: readonly PresentSetting[];
  /** Why it is not asked, whatever is set. */
  readonly excluded?: string | undefined;
  find(): Chain | undefined;
}

/**
 * The chain of the first candidate that has one.
 *
 * @param otherwise the chain, or the error, where none has.
 */
export function firstChain(candidates: readonly Candidate[], otherwise: () => Chain): Chain {
  const barred = candidates.flatMap(({ settings, excluded }) =>
    excluded === undefined ? [] : ignoredBecause(excluded, settings),
  );
  const asked = candidates.filter((candidate) => candidate.excluded === undefined);
  for (const [index, { comesFirst, find }] of asked.entries()) {
    const chain = find();
    if (chain === undefined) continue;
    const later = asked.slice(index + 1).flatMap(({ settings }) => ignoredBecause(comesFirst, settings));
    const idle = [...barred, ...later].filter((one) => !isUsed(one, chain.source));
    return { ...chain, ignored: [...chain.ignored, ...idle] };
  }
  const chain = otherwise();
  return { ...chain, ignored: [...chain.ignored, ...barred] };
}

/** Whether the source came by it another way: `credential_source`, say, or a profile that is its own source. */
function isUsed({ from }: PresentSetting, source: SourceStep): boolean {
  if ("variable" in from) {
    return source.kind === "environment"
      ? from.variable === "AWS_ACCESS_KEY_ID"
      : source.kind === "container" && from.variable.startsWith("AWS_CONTAINER_CREDENTIALS_");
  }
  const used = source.from;
  return "file" in from && "file" in used && from.file === used.file && from.line === used.line;
}

/** @param ignored what the source makes idle. */
export function sourceOnly(source: SourceStep, ignored: readonly Ignored[] = []): Chain {
  return { source, roles: [], passedOver: [], ignored };
}

/** As `leaf`, where there is a source. */
export function sourceOnlyIfPresent(
  source: SourceStep | undefined,
  ignored: readonly Ignored[] = [],
): Chain | undefined {
  return source === undefined ? undefined : sourceOnly(source, ignored);
}
