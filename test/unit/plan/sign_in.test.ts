/** What `login` and `logout` are about. */
import { describe, expect, test } from "bun:test";
import { RolecallError } from "../../../src/domain/errors.ts";
import { describeTarget, oidcUrl, planSignIn, portalUrl, targetOfSource } from "../../../src/plan/sign_in.ts";
import { inputsOf, planOf, type Situation } from "../../support/plan_of.ts";

const SESSION = `[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access, codewhisperer:completions
`;
const ROLE = "sso_account_id = 123456789012\nsso_role_name = Reader\n";
const LEGACY = `sso_start_url = https://old.awsapps.com/start\nsso_region = us-east-1\n${ROLE}`;
const ARN = "arn:aws:iam::123456789012:user/me";

const plan = (situation: Situation, session?: string) =>
  planSignIn(
    inputsOf(situation),
    session === undefined ? undefined : { value: session, from: { option: "--sso-session" } },
  );

describe("planSignIn", () => {
  const rows: readonly [what: string, situation: Situation, session: string | undefined, expected: string][] = [
    ["--sso-session without any profile", { config: SESSION }, "corp", 'the sso-session "corp"'],
    [
      "--sso-session, and a variable that names no profile",
      { config: SESSION, environment: { AWS_PROFILE: "gone" } },
      "corp",
      'the sso-session "corp"',
    ],
    ["an sso_session without a role", { config: `[default]\nsso_session = corp\n${SESSION}` }, undefined, "corp"],
    ["an sso_session profile", { config: `[default]\nsso_session = corp\n${ROLE}${SESSION}` }, undefined, "corp"],
    ["a legacy profile", { config: `[default]\n${LEGACY}` }, undefined, "https://old.awsapps.com/start"],
    [
      "keys in the environment do not matter",
      {
        config: `[default]\n${LEGACY}`,
        environment: { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "s" },
      },
      undefined,
      "https://old.awsapps.com/start",
    ],
    [
      "a role signs in for the source of its chain",
      {
        config: `[profile a]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = b\n[profile b]\nrole_arn = arn:aws:iam::123456789012:role/y\nsource_profile = c\n[profile c]\n${LEGACY}`,
        options: { profile: "a" },
      },
      undefined,
      "https://old.awsapps.com/start",
    ],
    [
      "the source of --role-arn",
      {
        config: `[profile c]\n${LEGACY}`,
        options: { roleArn: "arn:aws:iam::123456789012:role/x", sourceProfile: "c" },
      },
      undefined,
      "https://old.awsapps.com/start",
    ],
    [
      "a role whose source has a login_session",
      {
        config: `[profile a]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = c\n[profile c]\nlogin_session = ${ARN}\n`,
        options: { profile: "a" },
      },
      undefined,
      'the profile "c"',
    ],
    ["a login_session", { config: `[default]\nlogin_session = ${ARN}\n` }, undefined, 'the profile "default"'],
    [
      "a profile without credentials",
      { config: "[profile a]\nregion = eu-west-1\n", options: { profile: "a" } },
      undefined,
      'the profile "a"',
    ],
    ["a profile that does not exist", { config: "", options: { profile: "new" } }, undefined, 'the profile "new"'],
    ["no files at all", {}, undefined, 'the profile "default"'],
  ];
  for (const [what, situation, session, expected] of rows) {
    test(what, () => expect(describeTarget(plan(situation, session))).toContain(expected));
  }
});

describe("planSignIn rejects", () => {
  const rows: readonly [what: string, situation: Situation, session: string | undefined, code: string, text: string][] =
    [
      ["an unknown session", { config: SESSION }, "crop", "sso-incomplete", 'did you mean "corp"'],
      [
        "a session without a start URL",
        { config: "[sso-session x]\nsso_region = eu-west-1\n" },
        "x",
        "sso-incomplete",
        "sso_start_url",
      ],
      [
        "a session without a region",
        { config: "[sso-session x]\nsso_start_url = https://x.awsapps.com/start\n" },
        "x",
        "sso-incomplete",
        "sso_region",
      ],
      [
        "a start URL without TLS",
        { config: "[sso-session x]\nsso_start_url = http://x.awsapps.com/start\nsso_region = eu-west-1\n" },
        "x",
        "invalid-setting",
        "https://",
      ],
      [
        "a start URL that is none",
        { config: "[sso-session x]\nsso_start_url = javascript:alert(1)\nsso_region = eu-west-1\n" },
        "x",
        "invalid-setting",
        "start URL",
      ],
      [
        "a region that is no host label",
        { config: "[sso-session x]\nsso_start_url = https://x.awsapps.com/start\nsso_region = evil.example/\n" },
        "x",
        "invalid-setting",
        "region",
      ],
      [
        "access keys",
        { config: "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n" },
        undefined,
        "sign-in-impossible",
        "access keys",
      ],
      [
        "a credential_process",
        { config: "[default]\ncredential_process = x\n" },
        undefined,
        "sign-in-impossible",
        "credential_process",
      ],
      [
        "a web identity",
        { config: "[default]\nweb_identity_token_file = /t\nrole_arn = arn:aws:iam::123456789012:role/x\n" },
        undefined,
        "sign-in-impossible",
        "a web identity",
      ],
      [
        "a role of the machine",
        { config: "[default]\nrole_arn = arn:aws:iam::123456789012:role/x\ncredential_source = Ec2InstanceMetadata\n" },
        undefined,
        "sign-in-impossible",
        "the role of the machine",
      ],
      [
        "a role of keys",
        {
          config:
            "[default]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = k\n[profile k]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        },
        undefined,
        "sign-in-impossible",
        "access keys",
      ],
      [
        "no profile, if there are sessions",
        { config: SESSION },
        undefined,
        "sign-in-impossible",
        "choose a session: --sso-session corp",
      ],
    ];
  for (const [what, situation, session, code, text] of rows) {
    test(what, () => {
      try {
        plan(situation, session);
        expect.unreachable();
      } catch (error) {
        if (!(error instanceof RolecallError)) throw error;
        expect(error.code as string).toBe(code);
        expect([error.message, ...error.help].join("\n")).toContain(text);
      }
    });
  }
});

test("a start URL of the customer's own needs no region", () => {
  const target = plan({ config: "[sso-session x]\nsso_start_url = https://sso.example.com\n" }, "x");
  expect(target).toMatchObject({ kind: "sso", region: undefined, scopes: undefined });
});

test("the scopes are a list", () => {
  expect(plan({ config: SESSION }, "corp")).toMatchObject({
    scopes: ["sso:account:access", "codewhisperer:completions"],
  });
});

describe("the endpoints", () => {
  const rows: readonly [what: string, region: string, lines: string, oidc: string, portal: string][] = [
    ["plain", "eu-west-1", "", "https://oidc.eu-west-1.amazonaws.com", "https://portal.sso.eu-west-1.amazonaws.com"],
    [
      "China",
      "cn-north-1",
      "",
      "https://oidc.cn-north-1.amazonaws.com.cn",
      "https://portal.sso.cn-north-1.amazonaws.com.cn",
    ],
    [
      "the European sovereign cloud",
      "eusc-de-east-1",
      "",
      "https://oidc.eusc-de-east-1.amazonaws.eu",
      "https://portal.sso.eusc-de-east-1.amazonaws.eu",
    ],
    [
      "FIPS",
      "us-east-1",
      "use_fips_endpoint = true\n",
      "https://oidc-fips.us-east-1.amazonaws.com",
      "https://portal.sso-fips.us-east-1.amazonaws.com",
    ],
    [
      "FIPS in GovCloud",
      "us-gov-west-1",
      "use_fips_endpoint = true\n",
      "https://oidc.us-gov-west-1.amazonaws.com",
      "https://portal.sso.us-gov-west-1.amazonaws.com",
    ],
    [
      "dual stack",
      "eu-west-1",
      "use_dualstack_endpoint = true\n",
      "https://oidc.eu-west-1.api.aws",
      "https://portal.sso.eu-west-1.api.aws",
    ],
    [
      "configured",
      "eu-west-1",
      "endpoint_url = https://vpce.example/x\n",
      "https://vpce.example/x",
      "https://vpce.example/x",
    ],
  ];
  for (const [what, region, lines, oidc, portal] of rows) {
    test(what, () => {
      const config = `[default]\nsso_session = x\n${lines}[sso-session x]\nsso_start_url = https://x.awsapps.com/start\nsso_region = ${region}\n`;
      const target = plan({ config });
      if (target.kind !== "sso") throw new Error("no session");
      expect([oidcUrl(target, region), portalUrl(target, region)]).toEqual([oidc, portal]);
    });
  }
});

test("the target of a plan's source is that of its profile", () => {
  const config = `[profile a]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = b\n[profile b]\n${LEGACY}`;
  const { plan: made, scope } = planOf({ config, options: { profile: "a" } });
  if (made.source.kind !== "sso") throw new Error("no SSO source");
  expect(targetOfSource(made.source, scope)).toMatchObject({ kind: "sso", profile: "b" });
});
