/** One entry of the AWS CLI's cache: what botocore writes for an answer of STS, and reads back. */
import type { Credentials } from "../credentials.ts";
import { parseTimestamp } from "../timestamp.ts";

export interface CacheEntry {
  readonly credentials: Credentials;
  /** Who a role session is; an entry of another kind has none. */
  readonly assumedRoleUser?: AssumedRoleUser | undefined;
  /** `sso` for role credentials of IAM Identity Center. */
  readonly providerType?: string | undefined;
}

export interface AssumedRoleUser {
  readonly id: string;
  readonly arn: string;
}

/** The entry as text. */
export function formatEntry({ credentials, assumedRoleUser, providerType }: CacheEntry): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = credentials;
  return JSON.stringify({
    ...(providerType === undefined ? {} : { ProviderType: providerType }),
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      // botocore writes `UTC` here for roles, and reads that, an offset and `Z` alike.
      Expiration: expiration && `${expiration.toISOString().slice(0, 19)}${providerType === undefined ? "UTC" : "Z"}`,
      AccountId: accountId,
    },
    ...(assumedRoleUser === undefined
      ? {}
      : { AssumedRoleUser: { AssumedRoleId: assumedRoleUser.id, Arn: assumedRoleUser.arn } }),
  });
}

/** @returns undefined for a text that is no whole entry, half-written ones included: that is a miss, and no error. */
export function parseEntry(text: string): CacheEntry | undefined {
  const entry = parseObject(text);
  const credentials = objectIn(entry?.Credentials);
  const user = objectIn(entry?.AssumedRoleUser);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration, AccountId } = credentials ?? {};
  if (!isText(AccessKeyId) || !isText(SecretAccessKey) || !isText(SessionToken) || !isText(Expiration))
    return undefined;
  const expiration = parseTimestamp(Expiration);
  if (expiration === undefined) return undefined;
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration,
      accountId: isText(AccountId) ? AccountId : undefined,
    },
    assumedRoleUser:
      isText(user?.AssumedRoleId) && isText(user.Arn) ? { id: user.AssumedRoleId, arn: user.Arn } : undefined,
    providerType: isText(entry?.ProviderType) ? entry.ProviderType : undefined,
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? { ...value } : undefined;
}
