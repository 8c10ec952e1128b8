/** How profiles lead to each other through `source_profile`: how deep, and in which cycles. */
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import { type Finding, finding } from "./finding.ts";

/**
 * Roles in a row that are still planned. Nobody has so many; a plan takes time with the square of their number, and the
 * AWS CLI itself, which is recursive, ends with a Python error some hundreds of roles later.
 */
const LONGEST_CHAIN = 100;

export interface ChainResult {
  /** Profiles behind which there are too many. */
  readonly tooLong: ReadonlySet<string>;
  /** For a profile that leads into a cycle, the name of a profile in it: the same for all of them. */
  readonly cycles: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

/** Looks at each profile once. */
export function checkChains(config: SharedConfig): ChainResult {
  const depths = new Map<string, number>();
  const cycles = new Map<string, string>();
  const tooLong = new Set<string>();
  const findings: Finding[] = [];
  for (const start of config.profiles.keys()) {
    // Down to a profile that is known already, that has no source_profile, or that is on this very path.
    const path: Profile[] = [];
    const onPath = new Map<string, number>();
    let name: string | undefined = start;
    while (name !== undefined && !depths.has(name) && !onPath.has(name)) {
      const profile = config.profiles.get(name);
      if (profile === undefined) break;
      onPath.set(name, path.length);
      path.push(profile);
      name = sourceOf(profile);
    }
    let depth = (name === undefined ? undefined : depths.get(name)) ?? 0;
    let cycle = name === undefined ? undefined : cycles.get(name);
    const round = name === undefined ? undefined : onPath.get(name);
    if (round !== undefined) {
      depth = path.length - round;
      cycle = name;
    }
    for (let index = path.length - 1; index >= 0; index--) {
      const profile = path[index];
      if (profile === undefined) continue;
      // All profiles of a cycle are as deep as it is long.
      if (round === undefined || index < round) depth = sourceOf(profile) === undefined ? 0 : depth + 1;
      depths.set(profile.name, depth);
      if (cycle !== undefined) cycles.set(profile.name, cycle);
      if (depth <= LONGEST_CHAIN) continue;
      tooLong.add(profile.name);
      if (depth === LONGEST_CHAIN + 1 || profile.name === cycle) findings.push(tooLongFinding(profile));
    }
  }
  return { tooLong, cycles, findings };
}

function sourceOf({ settings }: Profile): string | undefined {
  return settings.has("role_arn") ? settings.get("source_profile")?.value : undefined;
}

function tooLongFinding({ name, settings, from }: Profile): Finding {
  const source = settings.get("source_profile");
  return finding(
    "chain-too-long",
    `behind the profile "${name}" there are more than ${LONGEST_CHAIN} roles`,
    source?.from ?? from,
    {
      length: source?.value.length,
      help: ["neither it nor the profiles that build on it were checked as a whole"],
    },
  );
}
