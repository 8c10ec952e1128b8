/** Follows `source_profile` from profile to profile: how long each chain of roles is, and which profiles form cycles. */
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import { type Finding, finding } from "./finding.ts";

/**
 * The longest chain of roles that `check` plans. The time to plan a chain grows with the square of its length, and real
 * chains have a few roles. (The AWS CLI follows chains recursively and fails with a Python error after several hundred.)
 */
const MAX_CHAINED_ROLES = 100;

export interface ChainResult {
  /** Profiles whose chain has more than `MAX_CHAINED_ROLES` roles. */
  readonly tooLong: ReadonlySet<string>;
  /** For each profile that leads into a cycle, one profile of that cycle: the same one for all of them. */
  readonly cycles: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

/** Visits each profile once, so the time is linear in the number of profiles. */
export function checkChains(config: SharedConfig): ChainResult {
  const depths = new Map<string, number>();
  const cycles = new Map<string, string>();
  const tooLong = new Set<string>();
  const findings: Finding[] = [];
  for (const start of config.profiles.keys()) {
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
      // The depth of every profile in a cycle is the length of the cycle.
      if (cycleStart === undefined || index < cycleStart)
        depth = sourceProfileOf(profile) === undefined ? 0 : depth + 1;
      depths.set(profile.name, depth);
      if (cycle !== undefined) cycles.set(profile.name, cycle);
      if (depth <= MAX_CHAINED_ROLES) continue;
      tooLong.add(profile.name);
      if (depth === MAX_CHAINED_ROLES + 1 || profile.name === cycle) findings.push(tooLongFinding(profile));
    }
  }
  return { tooLong, cycles, findings };
}

function sourceProfileOf({ settings }: Profile): string | undefined {
  return settings.has("role_arn") ? settings.get("source_profile")?.value : undefined;
}

function tooLongFinding({ name, settings, from }: Profile): Finding {
  const source = settings.get("source_profile");
  return finding(
    "chain-too-long",
    `the chain of the profile "${name}" has more than ${MAX_CHAINED_ROLES} roles`,
    source?.from ?? from,
    {
      length: source?.value.length,
      help: ["shorten the chain: check skips this profile and the profiles that use it as their source"],
    },
  );
}
