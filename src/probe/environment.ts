/** Probes the keys in the environment variables. */
import { type Credentials, tokenMismatch } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { noEnvironmentKeys } from "../plan/absence.ts";
import { environmentKeys } from "../plan/sources/environment_keys.ts";
import { environmentCredentials } from "../sources/environment.ts";
import { describeKeys, type Finding, finding } from "./finding.ts";

/**
 * Checks the keys, and that they match the session token.
 *
 * @throws RolecallError if one key of the pair is missing, or if the keys have expired.
 */
export function probeEnvironment({ environment, now }: Effects): Finding {
  if (environmentKeys(environment, "AWS_ACCESS_KEY_ID") === undefined) {
    return finding("absent", noEnvironmentKeys(environment));
  }
  const credentials = environmentCredentials(environment, now());
  const mismatch = mismatchText(credentials);
  if (mismatch !== undefined) return finding("misconfigured", mismatch);
  return finding("available", describeKeys(credentials, now()));
}

function mismatchText(credentials: Credentials): string | undefined {
  const end = credentials.accessKeyId.slice(-4);
  switch (tokenMismatch(credentials)) {
    case "missing":
      return `AWS rejects the temporary access key …${end} (ASIA…) without its AWS_SESSION_TOKEN`;
    case "foreign":
      return `AWS rejects the long-term access key …${end} (AKIA…) with AWS_SESSION_TOKEN, which belongs to another key`;
    case undefined:
      return undefined;
  }
}
