/** The keys that `check` knows, with the kinds of values that they take. */
import { describe, expect, test } from "bun:test";
import { aliasOf, knownKey } from "../../../src/lint/known_keys.ts";
import { lintOf } from "../../support/lint_of.ts";

/** The findings of a profile with these lines, as `code line`. */
function findings(lines: string): string[] {
  return lintOf({ config: `[profile a]\n${lines}\n` }).findings.map(
    ({ code, at }) => `${code} ${"line" in at ? at.line : ""}`,
  );
}

describe("a key with a value that suits it has no finding", () => {
  const rows: readonly string[] = [
    // botocore reads the proxy_* keys from the profile and from the block proxies_config.
    "proxy_ca_bundle = /etc/proxy.pem",
    "proxy_client_cert = /etc/client.pem",
    "proxy_use_forwarding_for_https = true",
    "proxies_config =\n  proxy_ca_bundle = /etc/proxy.pem\n  proxy_client_cert = /c.pem\n  proxy_use_forwarding_for_https = true",
    "disable_host_prefix_injection = true",
    "data_path = /opt/models",
    "csm_port = 31000",
    "api_versions =\n  ec2 = 2015-03-01",
    "emr =\n  service_role = EMR_DefaultRole",
    "s3 =\n  direct_io = true\n  max_queue_size = 1000\n  s3_disable_multiregion_access_points = true",
    "cli_auto_prompt = on-partial",
    "cli_timestamp_format = wire",
    "cli_binary_format = raw-in-base64-out",
    "account_id_endpoint_mode = required",
    // A virtual MFA device has an ARN, a hardware device a serial number.
    "role_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Environment\nmfa_serial = arn:aws:iam::123456789012:mfa/me",
    "role_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Environment\nmfa_serial = GAHT12345678",
    "output = yaml-stream",
  ];
  for (const lines of rows) test(lines.replace(/\n\s*/g, " / "), () => expect(findings(lines)).toEqual([]));
});

describe("a value of another kind is a finding", () => {
  const rows: readonly [lines: string, finding: string][] = [
    ["disable_host_prefix_injection = maybe", "unlikely-value 2"],
    ["proxy_use_forwarding_for_https = 1", "unlikely-value 2"],
    ["csm_port = high", "unlikely-value 2"],
    ["cli_history = on", "unlikely-value 2"],
    ["request_min_compression_size_bytes = 10k", "unlikely-value 2"],
    ["proxies_config = /etc/proxy.pem", "unlikely-value 2"],
    ["output = xml", "unlikely-value 2"],
    ["cli_auto_prompt = yes", "unlikely-value 2"],
    ["cli_timestamp_format = rfc822", "unlikely-value 2"],
    ["cli_binary_format = hex", "unlikely-value 2"],
    ["account_id_endpoint_mode = on", "unlikely-value 2"],
    ["sts_regional_endpoints = global", "unlikely-value 2"],
    ["region = ireland", "unlikely-region 2"],
    ["aws_account_id = 1234", "unlikely-value 2"],
    ["proxies_config =\n  proxy_ca_bundel = /etc/proxy.pem", "unknown-key 3"],
    ["proxy_ca_bundel = /etc/proxy.pem", "unknown-key 2"],
    ["s3 =\n  direct_oi = true", "unknown-key 3"],
  ];
  for (const [lines, finding] of rows)
    test(lines.replace(/\n\s*/g, " / "), () => expect(findings(lines)).toEqual([finding]));
});

describe("a section knows its own keys", () => {
  const rows: readonly [kind: Parameters<typeof knownKey>[0], key: string, isKnown: boolean][] = [
    ["profile", "role_arn", true],
    ["profile", "rol_arn", false],
    ["profile", "toString", false],
    ["sso-session", "sso_start_url", true],
    ["sso-session", "sso_region", true],
    ["sso-session", "sso_registration_scopes", true],
    ["sso-session", "sso_account_id", false],
    ["services", "dynamodb", true],
  ];
  for (const [kind, key, isKnown] of rows) {
    test(`${kind}: ${key}`, () => expect(knownKey(kind, key) !== undefined).toBe(isKnown));
  }
});

test("a key of another tool suggests the AWS CLI's key", () => {
  expect([aliasOf("aws_access_key"), aliasOf("token_file"), aliasOf("role_arn")]).toEqual([
    "aws_access_key_id",
    "web_identity_token_file",
    undefined,
  ]);
});
