/** AWS credentials, as every source yields them and every delivery takes them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they stop working; credentials without one do not expire. */
  readonly expiration?: Date | undefined;
  readonly accountId?: string | undefined;
}

/**
 * Whether key and token cannot belong together, by the prefixes that AWS gives to key ids: AKIA for the keys of a user,
 * which have no token, ASIA for temporary ones, which do not work without theirs.
 */
export function tokenMismatch({ accessKeyId, sessionToken }: Credentials): "missing" | "foreign" | undefined {
  if (accessKeyId.startsWith("ASIA") && sessionToken === undefined) return "missing";
  if (accessKeyId.startsWith("AKIA") && sessionToken !== undefined) return "foreign";
  return undefined;
}
