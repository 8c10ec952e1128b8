/** Role chaining: assuming a role with the credentials of another role, for which STS has a lower time limit. */
import { invalidValueCode, RolecallError } from "../../domain/errors.ts";
import { MAX_CHAINED_SESSION_SECONDS } from "../../domain/session_limits.ts";
import type { Chain, SourceStep } from "../plan.ts";

/** Sources whose credentials are those of a role, so that every role assumed with them is chained. */
const ROLE_SOURCES: readonly SourceStep["kind"][] = ["web-identity", "sso", "container", "ec2"];

/**
 * Whether the role at the index is assumed with the credentials of a role. False if that is unknown until the source is
 * used: access keys, or the output of a credential_process, can also belong to a role.
 *
 * @param index of the role; by default the last one.
 */
export function isChained({ source, roles }: Chain, index = roles.length - 1): boolean {
  return index > 0 || (index === 0 && ROLE_SOURCES.includes(source.kind));
}

/** @throws RolecallError `invalid-setting` or `invalid-option` if a chained role has a duration above STS's limit. */
export function validateChainedDurations(chain: Chain): void {
  for (const [index, { durationSeconds }] of chain.roles.entries()) {
    const isTooLong = durationSeconds !== undefined && durationSeconds.value > MAX_CHAINED_SESSION_SECONDS;
    if (!isTooLong || !isChained(chain, index)) continue;
    throw new RolecallError(
      invalidValueCode(durationSeconds.from),
      `the duration of a chained role is too long: ${durationSeconds.value} seconds`,
      {
        at: durationSeconds.from,
        help: [`use at most ${MAX_CHAINED_SESSION_SECONDS} seconds: STS limits role chaining to one hour`],
      },
    );
  }
}
