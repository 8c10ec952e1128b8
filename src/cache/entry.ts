/** An entry of the AWS CLI's cache, in the format in which botocore stores responses of STS and reads them back. */
import type { Credentials } from "../domain/credentials.ts";
import { asJsonObject, parseJsonObject, stringMember } from "../text/json_object.ts";
import { parseTimestamp } from "../text/timestamp.ts";

export interface CacheEntry {
  readonly credentials: Credentials;
  /** The identity of a role session; other kinds of entries have none. */
  readonly assumedRoleUser?: AssumedRoleUser | undefined;
  /** `sso` for role credentials of IAM Identity Center. */
  readonly providerType?: string | undefined;
}

export interface AssumedRoleUser {
  readonly id: string;
  readonly arn: string;
}

/** Serializes an entry. */
export function formatEntry({ credentials, assumedRoleUser, providerType }: CacheEntry): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = credentials;
  return JSON.stringify({
    ...(providerType === undefined ? {} : { ProviderType: providerType }),
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      // botocore writes `UTC` as the time zone for roles. It reads `UTC`, `Z` and offsets.
      Expiration: expiration && `${expiration.toISOString().slice(0, 19)}${providerType === undefined ? "UTC" : "Z"}`,
      AccountId: accountId,
    },
    ...(assumedRoleUser === undefined
      ? {}
      : { AssumedRoleUser: { AssumedRoleId: assumedRoleUser.id, Arn: assumedRoleUser.arn } }),
  });
}

/** @returns undefined if the text is not a complete entry. A half-written entry is a cache miss, not an error. */
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
