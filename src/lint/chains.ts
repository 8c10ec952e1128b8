/** Finds chains of too many roles, and which profiles form cycles. */
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import { chainDepths } from "../plan/chain_depths.ts";
import { type Finding, finding } from "./finding.ts";

/**
 * The longest chain of roles that `check` plans. The time to plan a chain for each of its profiles grows with the square
 * of its length, and real chains have a few roles. (The AWS CLI follows chains recursively and fails with a Python error
 * after several hundred.)
 */
const MAX_CHAINED_ROLES = 100;

export interface ChainResult {
  /** Profiles whose chain has more than `MAX_CHAINED_ROLES` roles. */
  readonly tooLong: ReadonlySet<string>;
  /** For each profile that leads into a cycle, one profile of that cycle: the same one for all of them. */
  readonly cycles: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

export function checkChains(config: SharedConfig): ChainResult {
  const { depths, cycles } = chainDepths(config);
  const tooLong = new Set<string>();
  const findings: Finding[] = [];
  for (const profile of config.profiles.values()) {
    const { name } = profile;
    const depth = depths.get(name) ?? 0;
    if (depth <= MAX_CHAINED_ROLES) continue;
    tooLong.add(name);
    if (depth === MAX_CHAINED_ROLES + 1 || cycles.get(name) === name) findings.push(tooLongFinding(profile));
  }
  return { tooLong, cycles, findings };
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
