/** One entry of the AWS CLI's cache: what botocore writes for an answer of STS, and reads back. */
import type { Credentials } from "../domain/credentials.ts";
import { asJsonObject, parseJsonObject, stringMember } from "../text/json_object.ts";
import { parseTimestamp } from "../text/timestamp.ts";

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
  const entry = parseJsonObject(text);
  const credentials = asJsonObject(entry?.Credentials);
  const user = asJsonObject(entry?.AssumedRoleUser);
  const [accessKeyId, secretAccessKey, sessionToken] = ["AccessKeyId", "SecretAccessKey", "SessionToken"].map((name) =>
    stringMember(credentials, name),
  );
  const expiration = parseTimestamp(stringMember(credentials, "Expiration") ?? "");
  if (!accessKeyId || !secretAccessKey || !sessionToken || expiration === undefined) return undefined;
  const [id, arn] = [stringMember(user, "AssumedRoleId"), stringMember(user, "Arn")];
  return {
    credentials: {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiration,
      accountId: stringMember(credentials, "AccountId"),
    },
    assumedRoleUser: id === undefined || arn === undefined ? undefined : { id, arn },
    providerType: stringMember(entry, "ProviderType"),
  };
}
