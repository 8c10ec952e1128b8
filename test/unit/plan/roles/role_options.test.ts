/** Options that describe a role: an error if no role is assumed, because they would have no effect. */
import { describe, expect, test } from "bun:test";
import { mergeSharedConfig } from "../../../../src/config/merge.ts";
import { RolecallError } from "../../../../src/domain/errors.ts";
import type { Sourced } from "../../../../src/domain/origin.ts";
import { parseIni } from "../../../../src/ini/parse.ts";
import { makePlan } from "../../../../src/plan/make_plan.ts";
import type { CredentialOptions } from "../../../../src/plan/scope.ts";

const KEYS = "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n";
const ROLE = "[default]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = keys\n";
const DEVICE = "arn:aws:iam::123456789012:mfa/me";

/** The option that the error names, or "no error". */
function outcome(options: CredentialOptions, config = KEYS): string {
  const paths = { configFile: "config", credentialsFile: "credentials" };
  const files = mergeSharedConfig(
    parseIni(config, "config"),
    parseIni(KEYS.replace("default", "keys"), "credentials"),
    paths,
  );
  try {
    makePlan({ options, environment: {}, config: files });
    return "no error";
  } catch (error) {
    if (!(error instanceof RolecallError) || error.at === undefined || !("option" in error.at)) throw error;
    return `${error.code} ${error.at.option}`;
  }
}

function given(option: string, value: string): Sourced<string> {
  return { value, from: { option } };
}

const OPTIONS: readonly [option: string, options: CredentialOptions][] = [
  ["--external-id", { externalId: given("--external-id", "partner") }],
  ["--role-session-name", { roleSessionName: given("--role-session-name", "me") }],
  ["--duration-seconds", { durationSeconds: given("--duration-seconds", "1h") }],
  ["--mfa-serial", { mfaSerial: given("--mfa-serial", DEVICE) }],
  ["--mfa-process", { mfaProcess: given("--mfa-process", "ykman code") }],
  ["--policy", { policy: given("--policy", "{}") }],
  ["--policy-arn", { policyArns: [given("--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess")] }],
  ["--tag", { tags: [given("--tag", "team=platform")] }],
  ["--source-identity", { sourceIdentity: given("--source-identity", "me") }],
];

describe("without a role", () => {
  for (const [option, options] of OPTIONS) {
    test(`${option} is an error`, () => expect(outcome(options)).toBe(`option-conflict ${option}`));
  }

  test("--transitive-tag-key is an error", () => {
    const options = { transitiveTagKeys: [given("--transitive-tag-key", "team")] };
    expect(outcome(options)).toBe("option-conflict --transitive-tag-key");
  });

  test("both MFA options are an error at the device", () => {
    const options = { mfaSerial: given("--mfa-serial", DEVICE), mfaProcess: given("--mfa-process", "x") };
    expect(outcome(options)).toBe("option-conflict --mfa-serial");
  });

  test("the region, the profile and the endpoint do not describe a role", () => {
    const options = {
      region: given("--region", "eu-west-1"),
      endpointUrl: given("--endpoint-url", "http://127.0.0.1:1"),
    };
    expect(outcome(options)).toBe("no error");
  });
});

describe("with a role", () => {
  for (const [option, options] of OPTIONS) {
    test(`${option} is not an error`, () => expect(outcome(options, ROLE)).toBe("no error"));
  }
});

describe("with --mfa-session and no role", () => {
  const session = { mfaSession: given("--mfa-session", "true"), mfaSerial: given("--mfa-serial", DEVICE) };

  test("the MFA options describe the session", () => {
    expect(outcome({ ...session, mfaProcess: given("--mfa-process", "ykman code") })).toBe("no error");
  });

  test("the other options are an error", () => {
    expect(outcome({ ...session, externalId: given("--external-id", "x") })).toBe("option-conflict --external-id");
  });
});
