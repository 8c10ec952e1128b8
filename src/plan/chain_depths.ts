/** The length of each profile's chain, and the profiles that form cycles. */
import type { Profile, SharedConfig } from "../config/shared_config.ts";

export interface ChainDepths {
  /** The number of profiles that follow in the chain. For each profile in a cycle it is the length of the cycle. */
  readonly depths: ReadonlyMap<string, number>;
  /** For each profile that leads into a cycle, one profile of that cycle: the same one for all of them. */
  readonly cycles: ReadonlyMap<string, string>;
}

/** Follows `source_profile`. Visits each profile once, so the time is linear in the number of profiles. */
export function chainDepths(config: SharedConfig): ChainDepths {
  const depths = new Map<string, number>();
  const cycles = new Map<string, string>();
  for (const first of config.profiles.values()) {
    const start = first.name;
    if (depths.has(start)) continue;
    const source = sourceProfileOf(first);
    const sourceDepth = source === undefined ? -1 : depths.get(source);
    if (sourceDepth !== undefined && (cycles.size === 0 || !cycles.has(source ?? ""))) {
      depths.set(start, sourceDepth + 1);
      continue;
    }
    // Ends at a profile that has a depth already, has no source_profile, or is on this path.
    const path: Profile[] = [];
    const indexOnPath = new Map<string, number>();
    let name: string | undefined = start;
    while (name !== undefined && !depths.has(name) && !indexOnPath.has(name)) {
      const profile = config.profiles.get(name);
      if (profile === undefined) break;
      indexOnPath.set(name, path.length);
      path.push(profile);
      name = sourceProfileOf(profile);
    }
    let depth = (name === undefined ? undefined : depths.get(name)) ?? 0;
    let cycle = name === undefined ? undefined : cycles.get(name);
    const cycleStart = name === undefined ? undefined : indexOnPath.get(name);
    if (cycleStart !== undefined) {
      depth = path.length - cycleStart;
      cycle = name;
    }
    for (let index = path.length - 1; index >= 0; index--) {
      const profile = path[index];
      if (profile === undefined) continue;
      if (cycleStart === undefined || index < cycleStart)
        depth = sourceProfileOf(profile) === undefined ? 0 : depth + 1;
      depths.set(profile.name, depth);
      if (cycle !== undefined) cycles.set(profile.name, cycle);
    }
  }
  return { depths, cycles };
}

/** The profile that a profile's role is assumed with, if `source_profile` names one. */
export function sourceProfileOf({ settings }: Profile): string | undefined {
  const source = settings.get("source_profile")?.value;
  return source !== undefined && settings.has("role_arn") ? source : undefined;
}
