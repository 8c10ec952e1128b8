/** Probes the keys in the environment. */
import type { Credentials } from "../credentials.ts";
import type { Effects } from "../effects.ts";
import { noEnvironmentKeys } from "../plan/absence.ts";
import { environmentKeys } from "../plan/environment_keys.ts";
import { environmentCredentials } from "../sources/environment.ts";
import { type Finding, finding, keysText } from "./finding.ts";

/** @throws RolecallError for half a key pair, or keys that have expired. */
export function probeEnvironment({ environment, now }: Effects): Finding {
  if (environmentKeys(environment, "AWS_ACCESS_KEY_ID") === undefined) {
    return finding("absent", noEnvironmentKeys(environment));
  }
  const credentials = environmentCredentials(environment, now());
  const mismatch = tokenMismatch(credentials);
  if (mismatch !== undefined) return finding("misconfigured", mismatch);
  return finding("available", keysText(credentials, now()));
}

/** The prefixes of key ids tell which keys have a session token: those of users are AKIA, temporary ones ASIA. */
function tokenMismatch({ accessKeyId, sessionToken }: Credentials): string | undefined {
  const end = accessKeyId.slice(-4);
  if (accessKeyId.startsWith("ASIA") && sessionToken === undefined) {
    return `temporary access key …${end} (ASIA…) without its AWS_SESSION_TOKEN, which AWS refuses`;
  }
  if (accessKeyId.startsWith("AKIA") && sessionToken !== undefined) {
    return `access key …${end} of a user (AKIA…) with somebody else's AWS_SESSION_TOKEN, which AWS refuses`;
  }
  return undefined;
}
