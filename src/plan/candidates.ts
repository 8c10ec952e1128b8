/** Chooses the first of several possible sources, and lists the settings of the others as ignored. */
import { ignoredBecause, type PresentSetting } from "./ignored.ts";
import type { Chain, Ignored, SourceStep } from "./plan.ts";

export interface Candidate {
  /** Why the settings of later candidates are ignored if this one is chosen. */
  readonly precedenceReason: string;
  /** The settings that select this candidate, if they are present. */
  settings(): readonly PresentSetting[];
  /** Why this candidate is skipped, whatever its settings are. */
  readonly excluded?: string | undefined;
  find(): Chain | undefined;
}

/**
 * The chain of the first candidate that has one.
 *
 * @param candidates in order of precedence.
 * @param listsIgnored as in `PlanInputs`.
 * @param fallback returns the chain, or throws the error, if no candidate has one.
 */
export function firstChain(
  candidates: Iterable<Candidate>,
  listsIgnored: boolean | undefined,
  fallback: () => Chain,
): Chain {
  const lists = listsIgnored !== false;
  const ignored: Ignored[] = [];
  let chosen: { readonly chain: Chain; readonly reason: string } | undefined;
  for (const { precedenceReason, settings, excluded, find } of candidates) {
    const why = excluded ?? chosen?.reason;
    if (why === undefined) {
      const chain = find();
      if (chain !== undefined) chosen = { chain, reason: precedenceReason };
    } else if (lists) {
      ignored.push(...ignoredBecause(why, settings()));
    } else if (chosen !== undefined) {
      break;
    }
  }
  const chain = chosen?.chain ?? fallback();
  if (ignored.length === 0) return chain;
  const unused = chosen === undefined ? ignored : ignored.filter((setting) => !isUsed(setting, chain.source));
  return { ...chain, ignored: [...chain.ignored, ...unused] };
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
