/** The environment that `exec` gives to COMMAND. */
import type { Credentials } from "../domain/credentials.ts";
import type { EnvironmentChange } from "../domain/environment.ts";
import { formatTimestamp } from "../text/timestamp.ts";

/** Variables that could make an SDK use other credentials, and rolecall's own. */
const REMOVED = [
  /^AWS_PROFILE$/,
  /^AWS_DEFAULT_PROFILE$/,
  /^AWS_SECURITY_TOKEN$/,
  /^AWS_ROLE_ARN$/,
  /^AWS_ROLE_SESSION_NAME$/,
  /^AWS_WEB_IDENTITY_TOKEN_FILE$/,
  /^AWS_CONTAINER_CREDENTIALS_/,
  /^AWS_CONTAINER_AUTHORIZATION_TOKEN/,
  /^ROLECALL_/,
];

/**
 * Sets the credentials, and removes all variables that would select other ones.
 *
 * @param region for `AWS_REGION` and `AWS_DEFAULT_REGION`. If it is undefined, both stay as they are.
 */
export function execEnvironment(credentials: Credentials, region: string | undefined): EnvironmentChange {
  return {
    removes: choosesCredentials,
    sets: new Map([...credentialVariables(credentials), ...regionVariables(region)]),
  };
}

/** Whether the variable selects or contains credentials. A session token must not stay beside keys that have none. */
export function choosesCredentials(name: string): boolean {
  return REMOVED.some((pattern) => pattern.test(name)) || CREDENTIAL_VARIABLES.some((variable) => variable === name);
}

/** Returns both names of the region's variable: SDKs differ in which one they read. */
export function regionVariables(region: string | undefined): readonly (readonly [name: string, value: string])[] {
  if (region === undefined) return [];
  return [
    ["AWS_REGION", region],
    ["AWS_DEFAULT_REGION", region],
  ];
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
