/** Role chaining: roles that are assumed with a role's credentials, for which STS has limits of their own. */
import { invalidValueCode, RolecallError } from "../../domain/errors.ts";
import { MAX_CHAINED_SESSION_SECONDS } from "../../domain/session_limits.ts";
import type { Chain, SourceStep } from "../plan.ts";

/** Sources whose credentials are those of a role, so that any role on top of them is a chained one. */
const ROLE_SOURCES: readonly SourceStep["kind"][] = ["web-identity", "sso", "container", "ec2"];

/** Whether the role at the index is assumed with a role's credentials, as far as that can be known beforehand. */
export function isChained({ source, roles }: Chain, index = roles.length - 1): boolean {
  return index > 0 || (index === 0 && ROLE_SOURCES.includes(source.kind));
}

/** @throws RolecallError `invalid-setting` or `invalid-option` for a chained role that is to last longer. */
export function refuseLongChainedSessions(chain: Chain): void {
  for (const [index, { durationSeconds }] of chain.roles.entries()) {
    if (
      !isChained(chain, index) ||
      durationSeconds === undefined ||
      durationSeconds.value <= MAX_CHAINED_SESSION_SECONDS
    )
      continue;
    throw new RolecallError(
      invalidValueCode(durationSeconds.from),
      `a role that is assumed with a role's credentials cannot last ${durationSeconds.value} seconds`,
      { at: durationSeconds.from, help: ["STS limits role chaining to one hour: 3600"] },
    );
  }
}
