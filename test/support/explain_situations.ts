/** Situations for `explain`, with what could break its output: long names, secrets, ignored settings. */
import { roleCacheKey, ssoTokenCacheKey } from "../../src/cache/key.ts";
import { makeHome, type TestHome } from "./subject.ts";

/** Secrets that the output must never contain. */
export const SECRETS = {
  key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  environmentKey: "environment/secret/access/key/EXAMPLE",
  token: "FwoGZXIvYXdzEXAMPLETOKEN",
  printed: "printed-by-the-process-EXAMPLE",
  code: "987654",
  password: "proxy-password-EXAMPLE",
  authorization: "container-authorization-EXAMPLE",
  ssoToken: "sso-access-token-EXAMPLE",
  refreshToken: "refresh-token-EXAMPLE",
  clientSecret: "client-secret-EXAMPLE",
};

export interface ExplainSituation {
  readonly config?: string;
  readonly credentials?: string;
  readonly settings?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** ARNs of roles whose sessions are cached, with the minutes until each expires. */
  readonly cached?: Readonly<Record<string, number>>;
  /** Other files, by their paths in the home folder. */
  readonly files?: Readonly<Record<string, string>>;
}

const REFRESHABLE = {
  refreshToken: SECRETS.refreshToken,
  clientId: "client",
  clientSecret: SECRETS.clientSecret,
};

/**
 * The token file that `aws sso login` writes.
 *
 * @param minutes until the token expires.
 * @param name of the session or, for a legacy profile, its start URL.
 */
function ssoToken(
  minutes: number,
  extra: Readonly<Record<string, string>> = {},
  name = "corp",
): Readonly<Record<string, string>> {
  const token = { accessToken: SECRETS.ssoToken, expiresAt: inMinutes(minutes), ...extra };
  return { [`.aws/sso/cache/${ssoTokenCacheKey(name)}.json`]: JSON.stringify(token) };
}

function inMinutes(minutes: number): string {
  return `${new Date(Date.now() + minutes * 60_000 + 30_000).toISOString().slice(0, 19)}Z`;
}

const KEYS = `aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = ${SECRETS.key}\n`;
const ENVIRONMENT_KEYS = {
  AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT",
  AWS_SECRET_ACCESS_KEY: SECRETS.environmentKey,
  AWS_SESSION_TOKEN: SECRETS.token,
};
const arn = (role: string, partition = "aws") => `arn:${partition}:iam::123456789012:role/${role}`;
const DEVICE = "arn:aws:iam::123456789012:mfa/user1";

const CHAIN = `[profile deploy]
role_arn = ${arn("deploy")}
source_profile = hub
mfa_serial = ${DEVICE}
duration_seconds = 3600
region = eu-west-1

[profile hub]
role_arn = ${arn("hub")}
source_profile = gate
external_id = partner-42
region = eu-central-1

[profile gate]
role_arn = ${arn("gate")}
source_profile = user1
mfa_serial = ${DEVICE}
`;

const SSO = `[profile corp]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = ReadOnly
region = eu-west-1

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
`;

const SETTINGS = `region = "eu-west-3"
min_ttl = "30m"

[metadata]
timeout = "3s"

[role.deploy]
role_arn = "${arn("deploy")}"
source_profile = "user1"
external_id = "partner-42"
duration = "1h"
tags = { team = "platform", stage = "prod" }
transitive_tag_keys = ["team"]
policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
via = ["${arn("hub")}"]
`;

export const SITUATIONS: Readonly<Record<string, ExplainSituation>> = {
  static: { credentials: `[default]\n${KEYS}`, config: "[default]\nregion = eu-west-1\n" },
  "no-region": {
    config: `[profile marketingadmin]\nrole_arn = ${arn("marketingadminrole")}\nsource_profile = user1\n`,
    credentials: `[user1]\n${KEYS}`,
    args: ["-p", "marketingadmin"],
  },
  "chain-with-mfa": { config: CHAIN, credentials: `[user1]\n${KEYS}region = us-west-2\n`, args: ["-p", "deploy"] },
  "chain-with-code": {
    config: CHAIN,
    credentials: `[user1]\n${KEYS}`,
    args: ["-p", "deploy", "--mfa-code", SECRETS.code, "--no-input", "--no-cache"],
  },
  "chain-cached": {
    config: CHAIN,
    credentials: `[user1]\n${KEYS}`,
    args: ["-p", "deploy"],
    cached: { [arn("hub")]: 45, [arn("gate")]: 5 },
  },
  "mfa-session": {
    config: CHAIN,
    credentials: `[user1]\n${KEYS}`,
    args: ["-p", "deploy", "--mfa-session", "--mfa-session-duration", "8h"],
  },
  "mfa-process": {
    config: `${CHAIN}mfa_process = ykman oath accounts code --password ${SECRETS.password}\n`,
    credentials: `[user1]\n${KEYS}`,
    args: ["-p", "gate", "--mfa-process", `pass otp ${SECRETS.code}`],
  },
  environment: {
    config: `[profile deploy]\nrole_arn = ${arn("deploy")}\nsource_profile = user1\nregion = eu-west-1\n`,
    credentials: `[user1]\n${KEYS}`,
    env: {
      ...ENVIRONMENT_KEYS,
      AWS_CREDENTIAL_EXPIRATION: inMinutes(45),
      AWS_PROFILE: "deploy",
      AWS_REGION: "eu-west-2",
      AWS_DEFAULT_REGION: "",
    },
  },
  "profile-over-environment": {
    credentials: `[user1]\n${KEYS}`,
    env: {
      ...ENVIRONMENT_KEYS,
      AWS_PROFILE: "gone",
      AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/token",
      AWS_ROLE_ARN: arn("pod"),
    },
    args: ["-p", "user1", "--region", "ap-southeast-2"],
  },
  "overridden-keys": {
    config: `[default]\nregion = eu-west-1\nrole_arn = ${arn("deploy")}\nsource_profile = both\nexternal_id = in-config\ncredential_process = /bin/false\n${KEYS}\n[profile both]\nrole_arn = ${arn("never")}\nsource_profile = default\n${KEYS}`,
    credentials: `[default]\nregion = eu-west-2\nexternal_id = in-credentials\n[both]\n${KEYS}`,
    args: ["--external-id", "by-option"],
  },
  ec2: {
    config: `[profile e]\nrole_arn = ${arn("deploy")}\ncredential_source = Ec2InstanceMetadata\nec2_metadata_service_endpoint_mode = IPv6\nmetadata_service_num_attempts = 4\n`,
    env: { AWS_EC2_METADATA_V1_DISABLED: "true", AWS_METADATA_SERVICE_NUM_ATTEMPTS: "5" },
    args: ["-p", "e"],
  },
  "ec2-last-resort": { config: "[default]\nregion = eu-west-1\n" },
  container: {
    config: `[profile task]\nrole_arn = ${arn("deploy")}\ncredential_source = EcsContainer\nregion = eu-west-1\n`,
    env: {
      AWS_PROFILE: "task",
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/0123",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://localhost:1234/x",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: SECRETS.authorization,
    },
  },
  "web-identity": {
    config: `[default]\nrole_arn = ${arn("in-the-profile")}\nweb_identity_token_file = /old/token\nexternal_id = x\nregion = eu-west-1\n`,
    env: {
      AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
      AWS_ROLE_ARN: arn("pod"),
      AWS_ROLE_SESSION_NAME: "build-7",
    },
    cached: { [arn("pod")]: 5 },
  },
  sso: { config: SSO, args: ["-p", "corp"], files: ssoToken(45) },
  "sso-refresh": {
    config: SSO,
    args: ["-p", "corp"],
    files: ssoToken(5, { ...REFRESHABLE, registrationExpiresAt: inMinutes(1000) }),
  },
  "sso-legacy": {
    config:
      "[profile old]\nsso_account_id = 123456789012\nsso_role_name = A\nregion = eu-west-1\n" +
      "sso_start_url = https://old.awsapps.com/start\nsso_region = eu-west-1\n",
    args: ["-p", "old"],
    files: ssoToken(45, {}, "https://old.awsapps.com/start"),
  },
  "sso-refreshable": {
    config: SSO,
    args: ["-p", "corp"],
    files: ssoToken(45, { ...REFRESHABLE, registrationExpiresAt: inMinutes(1000) }),
  },
  "sso-registration-expired": {
    config: SSO,
    args: ["-p", "corp"],
    files: ssoToken(-5, { ...REFRESHABLE, registrationExpiresAt: inMinutes(-1) }),
  },
  "sso-expired": { config: SSO, args: ["-p", "corp"], files: ssoToken(-5) },
  "sso-missing": { config: SSO, args: ["-p", "corp"] },
  process: {
    config: `[profile p]\ncredential_process = /bin/echo '{"Version": 1, "SecretAccessKey": "${SECRETS.printed}"}'\nregion = eu-west-1\n`,
    args: ["-p", "p"],
  },
  login: {
    config: "[profile me]\nlogin_session = arn:aws:iam::123456789012:user/me\nregion = eu-west-1\n",
    env: { AWS_PROFILE: "me" },
  },
  "settings-role": {
    credentials: `[user1]\n${KEYS}`,
    settings: SETTINGS,
    args: ["--role", "deploy", "--external-id", "mine", "--policy", '{"Version":"2012-10-17","Statement":[]}'],
  },
  china: { credentials: `[default]\n${KEYS}`, env: { AWS_REGION: "cn-north-1" } },
  "china-no-region": {
    config: `[profile c]\nrole_arn = ${arn("deploy", "aws-cn")}\nsource_profile = user1\n`,
    credentials: `[user1]\n${KEYS}`,
    args: ["-p", "c"],
  },
  govcloud: {
    credentials: `[default]\n${KEYS}`,
    config: "[default]\nregion = us-gov-west-1\nuse_fips_endpoint = true\n",
    env: { AWS_USE_FIPS_ENDPOINT: "true" },
  },
  fips: { credentials: `[default]\n${KEYS}`, env: { AWS_REGION: "us-west-2", AWS_USE_FIPS_ENDPOINT: "true" } },
  "dual-stack": {
    credentials: `[default]\n${KEYS}`,
    config: "[default]\nregion = eu-west-1\nuse_dualstack_endpoint = true\n",
  },
  "legacy-global": {
    credentials: `[default]\n${KEYS}`,
    config: "[default]\nregion = eu-west-1\nsts_regional_endpoints = legacy\n",
  },
  "custom-endpoint": {
    credentials: `[default]\n${KEYS}`,
    config:
      "[default]\nregion = eu-west-1\nmax_attempts = 5\nca_bundle = /etc/ssl/corp.pem\nservices = local\nendpoint_url = http://profile.example\n[services local]\nsts =\n  endpoint_url = http://section.example\n",
    env: {
      AWS_ENDPOINT_URL_STS: "https://sts.example:8443/a/path",
      HTTPS_PROXY: `http://user:${SECRETS.password}@proxy.example:3128`,
    },
  },
  "very-long": {
    config: `[profile ${"a-profile-with-a-long-name".repeat(3)}]\nrole_arn = ${arn(`${"path/".repeat(20)}deploy`)}\nsource_profile = user1\n`,
    credentials: `[user1]\n${KEYS}`,
    args: ["-p", "a-profile-with-a-long-name".repeat(3), "--region", "eu-west-1"],
  },
};

/** Makes the home folder of a situation. */
export function explainHome({ config, credentials, settings, env, cached, files }: ExplainSituation): TestHome {
  const home = makeHome({ config, credentials, ...(env === undefined ? {} : { env }) });
  if (settings !== undefined) home.write(".config/rolecall/config.toml", settings);
  for (const [name, text] of Object.entries(files ?? {})) home.write(name, text);
  for (const [role, minutes] of Object.entries(cached ?? {})) {
    const parameters = PARAMETERS[role] ?? {};
    const entry = {
      Credentials: {
        AccessKeyId: "ASIAEXAMPLE",
        SecretAccessKey: SECRETS.key,
        SessionToken: SECRETS.token,
        Expiration: inMinutes(minutes),
      },
    };
    home.write(`.aws/cli/cache/${roleCacheKey({ RoleArn: role, ...parameters })}.json`, JSON.stringify(entry));
  }
  return home;
}

/** The parameters in the cache keys of the cached sessions, in addition to the role. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [arn("hub")]: { ExternalId: "partner-42" },
  [arn("gate")]: { SerialNumber: DEVICE },
  [arn("pod")]: { RoleSessionName: "build-7" },
};
