/** Chooses the first of several possible sources, and lists the settings of the others as ignored. */
import { ignoredBecause, type PresentSetting } from "./ignored.ts";
import type { Chain, Ignored, SourceStep } from "./plan.ts";

export interface Candidate {
  /** Why the settings of later candidates are ignored if this one is chosen. */
  readonly precedenceReason: string;
  /** The settings that select this candidate, if they are present. */
  readonly settings: readonly PresentSetting[];
  /** Why this candidate is skipped, whatever its settings are. */
  readonly excluded?: string | undefined;
  find(): Chain | undefined;
}

/**
 * The chain of the first candidate that has one.
 *
 * @param fallback returns the chain, or throws the error, if no candidate has one.
 */
export function firstChain(candidates: readonly Candidate[], fallback: () => Chain): Chain {
  const ignoredOfExcluded = candidates.flatMap(({ settings, excluded }) =>
    excluded === undefined ? [] : ignoredBecause(excluded, settings),
  );
  const eligible = candidates.filter((candidate) => candidate.excluded === undefined);
  for (const [index, { precedenceReason, find }] of eligible.entries()) {
    const chain = find();
    if (chain === undefined) continue;
    const ignoredOfLater = eligible
      .slice(index + 1)
      .flatMap(({ settings }) => ignoredBecause(precedenceReason, settings));
    const ignored = [...ignoredOfExcluded, ...ignoredOfLater].filter((setting) => !isUsed(setting, chain.source));
    return { ...chain, ignored: [...chain.ignored, ...ignored] };
  }
  const chain = fallback();
  return { ...chain, ignored: [...chain.ignored, ...ignoredOfExcluded] };
}

/** Whether the source uses the setting nevertheless: through `credential_source`, or as a profile's own source. */
function isUsed({ from }: PresentSetting, source: SourceStep): boolean {
  if ("variable" in from) {
    return source.kind === "environment"
      ? from.variable === "AWS_ACCESS_KEY_ID"
      : source.kind === "container" && from.variable.startsWith("AWS_CONTAINER_CREDENTIALS_");
  }
  const used = source.from;
  return "file" in from && "file" in used && from.file === used.file && from.line === used.line;
}

/**
 * A chain without roles.
 *
 * @param ignored the settings that have no effect with this source.
 */
export function sourceOnly(source: SourceStep, ignored: readonly Ignored[] = []): Chain {
  return { source, roles: [], passedOver: [], ignored };
}

/** As `sourceOnly`; undefined without a source. */
export function sourceOnlyIfPresent(
  source: SourceStep | undefined,
  ignored: readonly Ignored[] = [],
): Chain | undefined {
  return source === undefined ? undefined : sourceOnly(source, ignored);
}
