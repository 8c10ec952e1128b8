/**
 * The known keys of each kind of section, and the formats of their values. The names of most keys come from botocore and
 * the AWS CLI (src/domain/data/config_keys.ts). The formats, and the keys of the AWS CLI v2 and the other SDKs, are
 * written here.
 */
import type { CredentialKey } from "../domain/credential_keys.ts";
import {
  BLOCK_KEYS,
  PROFILE_KEY_KINDS,
  SSO_SESSION_KEYS as PUBLISHED_SSO_SESSION_KEYS,
} from "../domain/data/config_keys.ts";
import { EXTERNAL_ID, ROLE_SESSION_NAME } from "../plan/roles/request_values.ts";
import { isMfaDeviceArn, isRoleArn } from "../text/arn.ts";
import { parsePythonInt } from "../text/python_int.ts";
import { isHttpUrl } from "../text/url.ts";
import type { LintCode } from "./catalogue.ts";

/** The format of a value. */
export interface ValueFormat {
  matches(value: string): boolean;
  /** The finding for a value that does not match. */
  readonly code: LintCode;
  /** Completes "use …". */
  readonly what: string;
}

export interface KnownKey {
  readonly format?: ValueFormat;
  /** If the value is a block: its keys, or "any" if they are not listed here. */
  readonly block?: readonly string[] | "any";
}

export type SectionKind = "profile" | "sso-session" | "services";

/** Any value is accepted here. The plan checks the values that matter to it. */
const ANY: KnownKey = {};
const SWITCH = withFormat(/^(true|false)$/i, "unlikely-value", "true or false (any other value counts as false)");
const NUMBER = withFormat((value) => parsePythonInt(value) !== undefined, "unlikely-value", "a whole number");
const ROLE_ARN = withFormat(isRoleArn, "malformed-arn", "an ARN such as arn:aws:iam::123456789012:role/NAME");
const MFA_SERIAL = withFormat(
  // An ARN, or the serial number of a hardware device.
  (value) => isMfaDeviceArn(value) || /^(?!arn:)[\w+=/:,.@-]{9,256}$/.test(value),
  "malformed-arn",
  "an ARN such as arn:aws:iam::123456789012:mfa/NAME, or the serial number of a device",
);
const ACCOUNT = withFormat(/^[0-9]{12}$/, "malformed-value", "twelve digits");
/** Other tools write an alias here, and the AWS CLI uses the value for some endpoints only. */
const OWN_ACCOUNT = withFormat(/^[0-9]{12}$/, "unlikely-value", "twelve digits");
const URL = withFormat(isHttpUrl, "malformed-value", "an http:// or https:// URL");
const REGION = withFormat(
  // The plan already rejects names that cannot be part of a host name.
  /^(?:[a-z]{2,}(?:-[a-z]+)+-[0-9]+|.*(?:fips|global).*|.*[^A-Za-z0-9-].*)$/,
  "unlikely-region",
  "a region name, such as eu-west-1",
);

const CREDENTIAL: Readonly<Record<CredentialKey, KnownKey>> = {
  aws_access_key_id: ANY,
  aws_secret_access_key: ANY,
  aws_session_token: ANY,
  aws_security_token: ANY,
  aws_account_id: OWN_ACCOUNT,
  role_arn: ROLE_ARN,
  source_profile: ANY,
  credential_source: ANY,
  external_id: withFormat(
    EXTERNAL_ID.matches,
    "malformed-value",
    "2 to 1224 characters: letters, digits and _+=,.@:/-",
  ),
  role_session_name: withFormat(
    ROLE_SESSION_NAME.matches,
    "malformed-value",
    "2 to 64 characters: letters, digits and _+=,.@-",
  ),
  duration_seconds: ANY,
  mfa_serial: MFA_SERIAL,
  mfa_process: ANY,
  web_identity_token_file: ANY,
  credential_process: ANY,
  login_session: ANY,
  sso_session: ANY,
  sso_start_url: URL,
  sso_region: REGION,
  sso_account_id: ACCOUNT,
  sso_role_name: ANY,
};

/** The keys that `src/plan` reads to find credentials. */
const PLANNED: Readonly<Record<string, KnownKey>> = {
  ...CREDENTIAL,
  sso_registration_scopes: ANY,
  region: REGION,
  services: ANY,
  endpoint_url: ANY,
  ignore_configured_endpoint_urls: SWITCH,
  use_fips_endpoint: SWITCH,
  use_dualstack_endpoint: SWITCH,
  sts_regional_endpoints: withFormat(/^(legacy|regional)$/i, "unlikely-value", "regional or legacy"),
  ca_bundle: ANY,
  max_attempts: ANY,
  retry_mode: ANY,
  metadata_service_timeout: ANY,
  metadata_service_num_attempts: ANY,
  ec2_metadata_service_endpoint: ANY,
  ec2_metadata_service_endpoint_mode: ANY,
  ec2_metadata_v1_disabled: SWITCH,
  imds_use_ipv6: SWITCH,
};

/** Block keys that only the AWS CLI v2 and s3transfer read. PyPI does not have the AWS CLI v2. */
const UNPUBLISHED_BLOCK_KEYS: Readonly<Record<string, readonly string[]>> = {
  s3: [
    "direct_io",
    "disk_throughput",
    "io_chunksize",
    "max_in_memory_download_chunks",
    "max_in_memory_upload_chunks",
    "preferred_transfer_client",
    "should_stream",
    "signature_version",
    "target_bandwidth",
  ],
};

const PROFILE: Readonly<Record<string, KnownKey>> = {
  ...published(PROFILE_KEY_KINDS),
  ...PLANNED,
  // Keys whose format botocore and the AWS CLI v1 do not publish.
  output: withFormat(
    /^(json|text|table|yaml|yaml-stream|off)$/,
    "unlikely-value",
    "json, text, table, yaml or yaml-stream",
  ),
  account_id_endpoint_mode: withFormat(
    /^(preferred|required|disabled)$/i,
    "unlikely-value",
    "preferred, required or disabled",
  ),
  cli_binary_format: withFormat(/^(base64|raw-in-base64-out)$/i, "unlikely-value", "base64 or raw-in-base64-out"),
  cli_follow_urlparam: SWITCH,
  cli_history: withFormat(/^(enabled|disabled)$/i, "unlikely-value", "enabled or disabled"),
  cli_timestamp_format: withFormat(/^(iso8601|wire)$/i, "unlikely-value", "iso8601 or wire"),
  request_min_compression_size_bytes: NUMBER,
  s3_disable_express_session_auth: SWITCH,
  // Keys of the AWS CLI v2: https://docs.aws.amazon.com/cli/latest/topic/config-vars.html.
  cli_auto_prompt: withFormat(/^(on|on-partial|off)$/i, "unlikely-value", "on, on-partial or off"),
  cli_error_format: ANY,
  cli_help_output: ANY,
  s3api: { block: "any" },
  // Keys of the other AWS SDKs.
  s3_disable_multiregion_access_points: SWITCH,
  use_http2: SWITCH,
  user_agent_extra: ANY,
};

const SSO_SESSION: Readonly<Record<string, KnownKey>> = {
  ...Object.fromEntries(PUBLISHED_SSO_SESSION_KEYS.map((key) => [key, ANY])),
  sso_start_url: URL,
  sso_region: REGION,
  sso_registration_scopes: ANY,
};

/** In a services section, each key is the name of a service, and its value is a block. */
const SERVICE: KnownKey = { block: ["endpoint_url"] };

/** Names that people use by mistake, some of them from other tools, and the keys they mean. Only for suggestions. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["access_key_id", "aws_access_key_id"],
  ["aws_access_key", "aws_access_key_id"],
  ["aws_default_region", "region"],
  ["aws_region", "region"],
  ["aws_secret_key", "aws_secret_access_key"],
  ["default_region", "region"],
  ["duration", "duration_seconds"],
  ["mfa_arn", "mfa_serial"],
  ["mfa_device", "mfa_serial"],
  ["profile", "source_profile"],
  ["role", "role_arn"],
  ["role_duration", "duration_seconds"],
  ["secret_access_key", "aws_secret_access_key"],
  ["session_name", "role_session_name"],
  ["session_token", "aws_session_token"],
  ["source", "source_profile"],
  ["token_file", "web_identity_token_file"],
]);

/** Tools that store keys of their own in the AWS files. */
const OTHER_TOOLS: readonly (readonly [tool: string, keys: RegExp])[] = [
  ["granted", /^(granted|common_fate)_/],
  ["aws-vault", /^(include_profile|parent_profile|session_tags|transitive_session_tags|source_identity|chain_mfa)$/],
  ["saml2aws", /^x_(principal_arn|security_token_expires)$/],
  ["aws-azure-login", /^azure_/],
  ["aws-sso-util", /^sso_(account_name|auto_populated|interactive_auth)$/],
  ["the AWS Toolkit", /^toolkit_/],
  ["aws-google-auth", /^google_config\./],
  ["gimme-aws-creds or another tool for Okta", /^(okta_|gimme_creds_)/],
  ["aws-mfa or a similar tool", /^(assumed_role|assumed_role_arn|aws_mfa_device|expiration|aws_expiration)$/],
];

/** The tool that reads a key; undefined if it is not known here. */
export function toolOf(key: string): string | undefined {
  return OTHER_TOOLS.find(([, keys]) => keys.test(key))?.[0];
}

/** The key of that name in such a section; undefined if it is not known. */
export function knownKey(kind: SectionKind, key: string): KnownKey | undefined {
  if (kind === "services") return SERVICE;
  const keys = kind === "profile" ? PROFILE : SSO_SESSION;
  return Object.hasOwn(keys, key) ? keys[key] : undefined;
}

export const PLANNED_KEYS: readonly string[] = Object.keys(PLANNED);
export const PROFILE_KEYS: readonly string[] = Object.keys(PROFILE);
export const SSO_SESSION_KEYS: readonly string[] = Object.keys(SSO_SESSION);

/** The key that is probably meant by a name from `ALIASES`. */
export function aliasOf(key: string): string | undefined {
  return ALIASES.get(key);
}

function withFormat(format: RegExp | ((value: string) => boolean), code: LintCode, what: string): KnownKey {
  const matches = format instanceof RegExp ? (value: string) => format.test(value) : format;
  return { format: { matches, code, what } };
}

/** The keys of a generated table. */
function published(
  kinds: Readonly<Record<string, "text" | "boolean" | "integer" | "block">>,
): Record<string, KnownKey> {
  const formats = { text: ANY, boolean: SWITCH, integer: NUMBER };
  return Object.fromEntries(
    Object.entries(kinds).map(([key, kind]) => [key, kind === "block" ? { block: blockKeys(key) } : formats[kind]]),
  );
}

function blockKeys(block: string): readonly string[] | "any" {
  const published: Readonly<Record<string, readonly string[]>> = BLOCK_KEYS;
  const keys = [...(published[block] ?? []), ...(UNPUBLISHED_BLOCK_KEYS[block] ?? [])];
  return keys.length === 0 ? "any" : keys.sort();
}
