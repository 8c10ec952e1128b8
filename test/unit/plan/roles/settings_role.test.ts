/** `--role NAME`: the settings of a role, overridden by the options. */
import { describe, expect, test } from "bun:test";
import { parseSettings } from "../../../../src/config/settings.ts";
import { RolecallError, throwProblem } from "../../../../src/domain/errors.ts";
import type { Sourced } from "../../../../src/domain/origin.ts";
import { withSettingsRole } from "../../../../src/plan/roles/settings_role.ts";
import type { CredentialOptions } from "../../../../src/plan/scope.ts";

const ARN = "arn:aws:iam::123456789012:role/deploy";

/** A role that sets everything; each value is the name of its key. */
const FULL = `[role.full]
role_arn = "${ARN}"
source_profile = "source_profile"
external_id = "external_id"
role_session_name = "role_session_name"
duration = "duration"
mfa_serial = "mfa_serial"
mfa_process = "mfa_process"
source_identity = "source_identity"
policy = "policy"
policy_arns = ["policy_arns"]
tags = { a = "tags" }
transitive_tag_keys = ["transitive_tag_keys"]
via = ["via", "via2"]

[role.container]
role_arn = "${ARN}"
credential_source = "EcsContainer"
`;
const SETTINGS = parseSettings(FULL, "config.toml", throwProblem);

function option(value: string): Sourced<string> {
  return { value, from: { option: "--x" } };
}

const NAME = { value: "full", from: { option: "--role" } };

function role(options: CredentialOptions, name = "full"): CredentialOptions {
  return withSettingsRole(options, { ...NAME, value: name }, SETTINGS);
}

/** The value of each option that is set; a list becomes a list of strings. */
function values(options: CredentialOptions): Readonly<Record<string, string | readonly string[]>> {
  const isList = (value: unknown): value is readonly Sourced<string>[] => Array.isArray(value);
  const set: [string, Sourced<string> | readonly Sourced<string>[]][] = Object.entries(options).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(
    set.map(([key, value]) => [key, isList(value) ? value.map((one) => one.value) : value.value]),
  );
}

const ALL = {
  roleArn: ARN,
  sourceProfile: "source_profile",
  externalId: "external_id",
  roleSessionName: "role_session_name",
  durationSeconds: "duration",
  mfaSerial: "mfa_serial",
  mfaProcess: "mfa_process",
  sourceIdentity: "source_identity",
  policy: "policy",
  policyArns: ["policy_arns"],
  tags: ["a=tags"],
  transitiveTagKeys: ["transitive_tag_keys"],
  via: ["via", "via2"],
};

test("every setting of the role becomes the option of the same meaning", () => {
  expect(values(role({}))).toEqual(ALL);
});

test("settings that the role does not have stay unset", () => {
  expect(values(role({}, "container"))).toEqual({
    roleArn: ARN,
    credentialSource: "EcsContainer",
    policyArns: [],
    tags: [],
    transitiveTagKeys: [],
    via: [],
  });
});

describe("an option overrides the setting of the same meaning, and only that", () => {
  const texts = [
    ...(["externalId", "roleSessionName", "durationSeconds", "mfaSerial", "mfaProcess", "sourceIdentity"] as const),
    ...(["policy", "sourceProfile"] as const),
  ];
  for (const key of texts) {
    test(key, () => expect(values(role({ [key]: option("mine") }))).toEqual({ ...ALL, [key]: "mine" }));
  }
  for (const key of ["policyArns", "tags", "transitiveTagKeys"] as const) {
    test(key, () => expect(values(role({ [key]: [option("mine")] }))).toEqual({ ...ALL, [key]: ["mine"] }));
    test(`${key}, unless it is an empty list`, () => expect(values(role({ [key]: [] }))).toEqual(ALL));
  }
});

describe("an option that names the source overrides both settings for it", () => {
  test("--credential-source, and the role has a source profile", () => {
    const { sourceProfile: _, ...others } = ALL;
    expect(values(role({ credentialSource: option("Environment") }))).toEqual({
      ...others,
      credentialSource: "Environment",
    });
  });

  test("--source-profile, and the role has a credential source", () => {
    const options = role({ sourceProfile: option("base") }, "container");
    expect([options.sourceProfile?.value, options.credentialSource]).toEqual(["base", undefined]);
  });
});

test("options that have nothing to do with the role stay as they are", () => {
  const options = { profile: option("a"), region: option("b"), mfaSession: option("true"), endpointUrl: option("c") };
  expect(role(options)).toMatchObject(options);
});

test("the role's settings are the overridden values of the options", () => {
  const { externalId } = role({ externalId: option("mine") });
  expect(externalId).toMatchObject({ value: "mine", from: { option: "--x" } });
  expect(JSON.stringify(externalId)).toContain('"config.toml"');
});

describe("an error", () => {
  function errorOf(options: CredentialOptions, name: string, settings: typeof SETTINGS | undefined): RolecallError {
    try {
      withSettingsRole(options, { ...NAME, value: name }, settings);
    } catch (error) {
      if (error instanceof RolecallError) return error;
      throw error;
    }
    throw new Error("no error");
  }

  test("--role together with --role-arn, whether or not the role exists", () => {
    for (const name of ["full", "nope"]) {
      const error = errorOf({ roleArn: { value: ARN, from: { option: "--role-arn" } } }, name, SETTINGS);
      expect([error.code, error.at]).toEqual(["option-conflict", { option: "--role-arn" }]);
    }
  });

  const rows: readonly [what: string, name: string, settings: typeof SETTINGS | undefined, help: string][] = [
    ["a role of a similar name: it is suggested, with its position", "ful", SETTINGS, "config.toml:1"],
    ["a role of another similar name", "containr", SETTINGS, "config.toml:16"],
    ["no role of a similar name: the file is named", "production", SETTINGS, "[role.production]"],
    ["no settings file: the usual one is named", "full", undefined, "~/.config/rolecall/config.toml"],
    ["a name that every object has", "constructor", SETTINGS, "[role.constructor]"],
  ];
  for (const [what, name, settings, help] of rows) {
    test(what, () => {
      const error = errorOf({}, name, settings);
      expect([error.code, error.at]).toEqual(["role-not-found", { option: "--role" }]);
      expect(error.help.join()).toContain(help);
    });
  }
});
