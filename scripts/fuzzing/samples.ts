/** The valid files, responses and command lines that are mutated. Placeholders stand for what differs between runs. */
import { createHash } from "node:crypto";
import { roleCacheKey, ssoRoleCacheKey, ssoTokenCacheKey } from "../../src/cache/key.ts";
import type { Format } from "./mutate.ts";

export interface Sample {
  readonly format: Format;
  readonly text: string;
}

const ROLE = "arn:aws:iam::123456789012:role/deploy";
const LOGIN_SESSION = "arn:aws:iam::123456789012:user/person";

/** No message may contain one of these, whatever is mutated around it. */
export const SECRETS = [
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
  "q4Zr9TtVb2XyLm8NcKd7WsEa1FgHj3Pu5RoIe6Yi",
] as const;
const [FILE_SECRET, SERVED_SECRET] = SECRETS;
const SESSION_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN//////////wEaCWV1LXdlc3QtMSJGMEQCIAexample";

const CONFIG = `[default]
region = eu-west-1

[profile deploy]
role_arn = ${ROLE}
source_profile = user

[profile long]
role_arn = arn:aws:iam::123456789012:role/long
source_profile = deploy
external_id = partner-42
duration_seconds = 1800
role_session_name = build-7
mfa_process = cat {home}/code
mfa_serial = arn:aws:iam::123456789012:mfa/me

[profile instance]
role_arn = ${ROLE}
credential_source = Ec2InstanceMetadata
sts_regional_endpoints = legacy

[profile task]
role_arn = ${ROLE}
credential_source = EcsContainer

[profile process]
credential_process = cat {home}/output

[profile pod]
role_arn = ${ROLE}
web_identity_token_file = {home}/token

[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Reader

[profile legacy]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Reader

[profile login]
login_session = ${LOGIN_SESSION}
services = local
s3 =
  addressing_style = path
  max_concurrent_requests = 20

[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
sso_registration_scopes = sso:account:access

[services local]
sts =
  endpoint_url = {url}
`;

const CREDENTIALS = `[default]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = ${FILE_SECRET}

[user]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = ${FILE_SECRET}
aws_session_token = ${SESSION_TOKEN}
aws_account_id = 123456789012
`;

const SETTINGS = `region = "eu-west-1"
min_ttl = "15m"

[metadata]
timeout = "1s"
attempts = 1
imds_v1 = false

[role.deploy]
role_arn = "${ROLE}"
source_profile = "user"
external_id = "partner-42"
duration = "1h"
tags = { team = "platform", stage = "prod" }
transitive_tag_keys = ["team"]
policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
policy = '{"Version": "2012-10-17", "Statement": []}'
via = ["arn:aws:iam::123456789012:role/hub"]
`;

const SERVED = { AccessKeyId: "ASIAIOSFODNN7EXAMPLE", SecretAccessKey: SERVED_SECRET };

const CACHE_ENTRY = {
  Credentials: { ...SERVED, SessionToken: SESSION_TOKEN, Expiration: "{soon}UTC", AccountId: "123456789012" },
  AssumedRoleUser: {
    AssumedRoleId: "AROAEXAMPLE:build-7",
    Arn: "arn:aws:sts::123456789012:assumed-role/deploy/build-7",
  },
};

const SSO_TOKEN = {
  accessToken: "good-token",
  expiresAt: "{tokenEnd}Z",
  refreshToken: "good-refresh-token",
  clientId: "client",
  clientSecret: "client-secret",
  registrationExpiresAt: "{soon}Z",
  region: "eu-west-1",
  startUrl: "https://corp.awsapps.com/start",
};

const LOGIN_TOKEN = {
  accessToken: {
    accessKeyId: "ASIAIOSFODNN7EXAMPLE",
    secretAccessKey: SERVED_SECRET,
    sessionToken: SESSION_TOKEN,
    accountId: "123456789012",
    expiresAt: "{tokenEnd}Z",
  },
  tokenType: "aws_sigv4",
  refreshToken: "good-refresh-token",
  idToken: "x",
  clientId: "client",
  dpopKey: "{dpopKey}",
};

const SESSION = `<Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>${SERVED_SECRET}</SecretAccessKey><SessionToken>${SESSION_TOKEN}</SessionToken><Expiration>{soon}Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:me</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/deploy/me</Arn></AssumedRoleUser>`;

function hashed(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest("hex");
}

export const CONFIG_FILE = ".aws/config";
export const CREDENTIALS_FILE = ".aws/credentials";
export const SETTINGS_FILE = ".config/rolecall/config.toml";
export const ROLE_ENTRY_FILE = `.aws/cli/cache/${roleCacheKey({ RoleArn: ROLE })}.json`;
export const SSO_ENTRY_FILE = `.aws/cli/cache/${ssoRoleCacheKey({ accountId: "123456789012", roleName: "Reader", sessionName: "corp" })}.json`;
export const SSO_TOKEN_FILE = `.aws/sso/cache/${ssoTokenCacheKey("corp")}.json`;
export const LEGACY_TOKEN_FILE = `.aws/sso/cache/${ssoTokenCacheKey("https://corp.awsapps.com/start")}.json`;
export const LOGIN_TOKEN_FILE = `.aws/login/cache/${hashed("sha256", LOGIN_SESSION)}.json`;

/** The files below the home. */
export const FILES: Readonly<Record<string, Sample>> = {
  [CONFIG_FILE]: { format: "ini", text: CONFIG },
  [CREDENTIALS_FILE]: { format: "ini", text: CREDENTIALS },
  [SETTINGS_FILE]: { format: "toml", text: SETTINGS },
  [ROLE_ENTRY_FILE]: json(CACHE_ENTRY),
  [SSO_ENTRY_FILE]: json({ ProviderType: "sso", Credentials: CACHE_ENTRY.Credentials }),
  [SSO_TOKEN_FILE]: json(SSO_TOKEN),
  [LEGACY_TOKEN_FILE]: json({ ...SSO_TOKEN, refreshToken: undefined }),
  [LOGIN_TOKEN_FILE]: json(LOGIN_TOKEN),
  output: json({ Version: 1, ...SERVED, SessionToken: SESSION_TOKEN, Expiration: "{soon}Z" }),
  code: { format: "text", text: "123456\n" },
  token: { format: "text", text: "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL3gifQ.c2lnbmF0dXJl" },
};

/** The responses of the services, by the names that `services.ts` gives to requests. */
export const RESPONSES = {
  imdsToken: { format: "text", text: "AQAEAEXAMPLETOKENEXAMPLETOKENEXAMPLETOKENEXAMPLETOKENEXA==" },
  imdsRole: { format: "text", text: "instance" },
  imdsRegion: { format: "text", text: "eu-central-1" },
  imdsCredentials: json({ Code: "Success", Type: "AWS-HMAC", ...SERVED, Token: SESSION_TOKEN, Expiration: "{soon}Z" }),
  container: json({ ...SERVED, Token: SESSION_TOKEN, Expiration: "{soon}Z", AccountId: "123456789012" }),
  sts: xml("AssumeRole", SESSION),
  webIdentity: xml("AssumeRoleWithWebIdentity", SESSION),
  mfaSession: xml("GetSessionToken", SESSION),
  identity: xml(
    "GetCallerIdentity",
    "<Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>",
  ),
  stsError: {
    format: "xml",
    text: '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::123456789012:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/deploy</Message></Error><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ErrorResponse>',
  },
  portal: json({
    roleCredentials: {
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      secretAccessKey: SERVED_SECRET,
      sessionToken: SESSION_TOKEN,
      expiration: 4_102_444_800_000,
    },
  }),
  oidc: json({ accessToken: "refreshed", expiresIn: 28_800, tokenType: "Bearer", refreshToken: "next", idToken: "x" }),
  registration: json({ clientId: "id", clientSecret: "secret", clientSecretExpiresAt: 4_102_444_800 }),
  device: json({
    deviceCode: "device",
    userCode: "ABCD-EFGH",
    verificationUri: "https://device.sso.eu-west-1.amazonaws.com/",
    verificationUriComplete: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH",
    expiresIn: 600,
    interval: 1,
  }),
  login: json({ ...LOGIN_TOKEN, dpopKey: undefined, expiresIn: 900 }),
  federation: json({ SigninToken: "sign-in-token" }),
} as const satisfies Readonly<Record<string, Sample>>;

export type ResponseName = keyof typeof RESPONSES;

function json(value: object): { readonly format: "json"; readonly text: string } {
  return { format: "json", text: JSON.stringify(value) };
}

function xml(action: string, content: string): { readonly format: "xml"; readonly text: string } {
  const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
  const text = `<${action}Response xmlns="${namespace}"><${action}Result>${content}</${action}Result><ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata></${action}Response>`;
  return { format: "xml", text };
}

/** Valid command lines. */
export const COMMAND_LINES: readonly [readonly string[], ...(readonly string[])[]] = [
  ["export", "--profile", "user", "--format", "env"],
  ["export", "-p", "deploy", "--duration-seconds=15m", "--tag", "a=b", "--tag", "c=d", "--transitive-tag-key", "a"],
  [
    "export",
    "--role-arn",
    ROLE,
    "--source-profile",
    "user",
    "--external-id",
    "partner-42",
    "--role-session-name",
    "me",
    "--no-cache",
  ],
  ["export", "--profile", "user", "--policy", '{"Version":"2012-10-17"}', "--role-arn", ROLE],
  [
    "export",
    "--mfa-session",
    "--mfa-session-duration",
    "1h",
    "--mfa-serial",
    "arn:aws:iam::1:mfa/x",
    "--mfa-code",
    "123456",
  ],
  ["exec", "--profile", "user", "--region", "eu-west-1", "--", "true", "--json"],
  ["whoami", "--json", "--endpoint-url", "{url}", "--min-ttl", "5m"],
  ["explain", "--role", "deploy", "--json", "--settings", "{home}/.config/rolecall/config.toml"],
  ["console", "--destination", "s3", "--session-duration", "1h", "--profile", "deploy"],
  ["check", "--format", "github", "--color", "always"],
  ["check", "--fix", "-q"],
  ["profiles", "--json"],
  ["probe", "--sts", "--json", "--verbose"],
  ["cache", "list", "--json"],
  ["cache", "clear", "--all"],
  ["logout", "--all"],
  ["logout", "--profile", "sso", "--region", "eu-west-1"],
  ["completion", "__complete", "fish", "--", "export", "--profile", "d"],
  ["completion", "__complete", "bash", "--", " \t\n=:", "A=b rolecall export --profile d"],
  ["export", "--help", "--verbose"],
  ["--version"],
];
