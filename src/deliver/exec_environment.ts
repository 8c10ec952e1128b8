/** The environment that `exec` gives to COMMAND. */
import type { Credentials } from "../domain/credentials.ts";
import type { EnvironmentChange } from "../domain/environment.ts";
import { ACTIVE_VARIABLE } from "../domain/option_table.ts";
import type { Plan } from "../plan/plan.ts";
import { resourceName } from "../text/arn.ts";
import { formatTimestamp } from "../text/timestamp.ts";

/** Variables that could make an SDK use other credentials, and rolecall's own: what their names begin with. */
const REMOVED_PREFIXES = [
  "AWS_CONTAINER_CREDENTIALS_",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  // SDKs send such a token instead of a signature. The only one so far is AWS_BEARER_TOKEN_BEDROCK.
  "AWS_BEARER_TOKEN_",
  "ROLECALL_",
];

/** As `REMOVED_PREFIXES`: whole names. */
const REMOVED_NAMES: ReadonlySet<string> = new Set([
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SECURITY_TOKEN",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  // Older names of the keys: the SDKs for Go, Java v1 and Ruby, and minio-go.
  "AWS_ACCESS_KEY",
  "AWS_SECRET_KEY",
  // The SDKs for JavaScript v2 and Ruby.
  "AMAZON_ACCESS_KEY_ID",
  "AMAZON_SECRET_ACCESS_KEY",
  "AMAZON_SESSION_TOKEN",
  // Ansible and older tools for EC2.
  "EC2_ACCESS_KEY",
  "EC2_SECRET_KEY",
  "EC2_SECURITY_TOKEN",
  // The account of other keys: SDKs put it into the host names of endpoints.
  "AWS_ACCOUNT_ID",
  // Other files with keys: botocore (`OriginalEC2Provider`) and the SDK for Java v1.
  "AWS_CREDENTIAL_FILE",
  "AWS_CREDENTIAL_PROFILES_FILE",
]);

/**
 * Sets the credentials, and removes all variables that would select other ones.
 *
 * @param region for `AWS_REGION` and `AWS_DEFAULT_REGION`. If it is undefined, both stay as they are.
 * @param active as for `activeVariables`.
 * @param account the account in the environment, if it belongs to the credentials: they are from the environment, too.
 */
export function execEnvironment(
  credentials: Credentials,
  region: string | undefined,
  active: string | undefined,
  account?: string,
): EnvironmentChange {
  return {
    removes: choosesCredentials,
    sets: new Map([
      ...credentialVariables(credentials),
      ...(account === undefined ? [] : [["AWS_ACCOUNT_ID", account] as const]),
      ...regionVariables(region),
      ...activeVariables(active),
    ]),
  };
}

/** Whether the variable selects or contains credentials. A session token must not remain with keys that have none. */
export function choosesCredentials(name: string): boolean {
  return (
    REMOVED_NAMES.has(name) ||
    REMOVED_PREFIXES.some((prefix) => name.startsWith(prefix)) ||
    CREDENTIAL_VARIABLES.some((variable) => variable === name)
  );
}

/** Returns both names of the region's variable: SDKs differ in which one they read. */
export function regionVariables(region: string | undefined): readonly (readonly [name: string, value: string])[] {
  if (region === undefined) return [];
  return [
    ["AWS_REGION", region],
    ["AWS_DEFAULT_REGION", region],
  ];
}

/**
 * Returns the variables with which older SDKs find the credentials file that newer ones find: the SDK for Java v1, which
 * takes the home folder from the system's user database and falls back to the config file, and the SDKs for
 * JavaScript v2 and Go v1, which read `AWS_SHARED_CREDENTIALS_FILE` only if `AWS_SDK_LOAD_CONFIG` is set.
 *
 * @param path of the credentials file, whether or not it exists.
 * @param loadConfig whether the SDKs for JavaScript v2 and Go v1 would not find the file by default.
 */
export function oldFileVariables(
  path: string,
  loadConfig: boolean,
): readonly (readonly [name: string, value: string])[] {
  return [["AWS_CREDENTIAL_PROFILES_FILE", path], ...(loadConfig ? [["AWS_SDK_LOAD_CONFIG", "1"] as const] : [])];
}

/** @param active the name of the profile or role in use. */
export function activeVariables(active: string | undefined): readonly (readonly [name: string, value: string])[] {
  return active === undefined ? [] : [[ACTIVE_VARIABLE, active]];
}

/** The name of the role that `--role-arn` adds to the plan, else the profile. Undefined if the plan has neither. */
export function activeName({ profile, roles }: Pick<Plan, "profile" | "roles">): string | undefined {
  const last = roles.at(-1);
  return last !== undefined && last.profile === undefined ? resourceName(last.roleArn.value) : profile?.value;
}

const CREDENTIAL_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
] as const;

/** Returns the variables for the values that the credentials have, in the AWS CLI's order. */
export function credentialVariables(credentials: Credentials): [name: string, value: string][] {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  const [keyIdName, secretName, tokenName, expirationName] = CREDENTIAL_VARIABLES;
  const variables: [string, string][] = [
    [keyIdName, accessKeyId],
    [secretName, secretAccessKey],
  ];
  if (sessionToken !== undefined) variables.push([tokenName, sessionToken]);
  if (expiration !== undefined) variables.push([expirationName, formatTimestamp(expiration)]);
  return variables;
}
