/** AWS credentials, in the form that every source returns and every output format accepts. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** The time of expiration; credentials without one do not expire. */
  readonly expiration?: Date | undefined;
  readonly accountId?: string | undefined;
}

/**
 * Whether the session token does not match the access key id. AWS gives key ids a prefix: AKIA for the long-term keys
 * of a user, which have no token, and ASIA for temporary keys, which do not work without their token.
 *
 * @returns "missing" for a temporary key without a token, "foreign" for a long-term key with one.
 */
export function tokenMismatch({ accessKeyId, sessionToken }: Credentials): "missing" | "foreign" | undefined {
  if (accessKeyId.startsWith("ASIA") && sessionToken === undefined) return "missing";
  if (accessKeyId.startsWith("AKIA") && sessionToken !== undefined) return "foreign";
  return undefined;
}

/**
 * Whether the access key ID is a secret access key, because the two were swapped or the same one was copied twice. AWS
 * quotes the ID in errors, so such a pair must not be used. AWS's IDs have upper-case letters and digits only. Other
 * services have IDs such as `minioadmin`, so lower-case letters alone do not make an ID a secret.
 */
export function looksSwapped(accessKeyId: string, secretAccessKey: string): boolean {
  if (/[/+]/.test(accessKeyId)) return true;
  if (!/[a-z]/.test(accessKeyId)) return false;
  const isSecret = accessKeyId.length === 40 && /[A-Z]/.test(accessKeyId);
  return isSecret || /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(secretAccessKey);
}
