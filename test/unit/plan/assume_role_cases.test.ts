/** The role chains that the AWS SDKs agree on, from the shared cases of assume-role-tests.json. */
import { describe, expect, test } from "bun:test";
import type { Plan } from "../../../src/plan/plan.ts";
import { cases } from "../../support/cases.ts";
import { errorOf, planOf, type Situation } from "../../support/plan_of.ts";

type Settings = Readonly<Record<string, string>>;

interface Case {
  readonly docs: string;
  readonly input: {
    readonly profiles: Readonly<Record<string, Settings>>;
    readonly sso_sessions?: Readonly<Record<string, Settings>>;
    readonly selected_profile: string;
  };
  readonly output: { readonly ProfileChain?: readonly unknown[]; readonly Error?: string };
}

/** Cases in which the AWS CLI behaves differently, by name, with the reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "profile only contains configuration":
    "the AWS CLI continues with the container and EC2; without them the result is no-credentials, too",
  "SSO token profile selected": "the AWS CLI needs sso_account_id and sso_role_name for credentials",
  "invalid SSO token configuration: sso_region must be in sso-session":
    "without the two keys it is not an SSO profile, as above",
  "invalid SSO token configuration: sso-session not found": "without the two keys it is not an SSO profile, as above",
};

function situationOf({ input }: Case): Situation {
  const section = (header: string, settings: Settings) =>
    [`[${header}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`)].join("\n");
  const profiles = Object.entries(input.profiles).map(([name, settings]) => section(`profile ${name}`, settings));
  const sessions = Object.entries(input.sso_sessions ?? {}).map(([name, settings]) =>
    section(`sso-session ${name}`, settings),
  );
  return {
    config: [...profiles, ...sessions].join("\n"),
    options: { profile: input.selected_profile, region: "us-east-1" },
  };
}

/** The plan in the format of the cases. */
function chainOf(situation: Situation): unknown[] {
  const { plan, scope } = planOf(situation);
  return [
    sourceOf(plan, (profile, key) => scope.config.profiles.get(profile)?.settings.get(key)?.value),
    ...plan.roles.map(roleOf),
  ];
}

function sourceOf({ source }: Plan, setting: (profile: string, key: string) => string | undefined): unknown {
  switch (source.kind) {
    case "ec2":
      return { NamedSource: "Ec2InstanceMetadata" };
    case "static":
      return {
        AccessKey: {
          access_key_id: setting(source.profile, "aws_access_key_id"),
          secret_access_key: setting(source.profile, "aws_secret_access_key"),
          ...optional("account_id", setting(source.profile, "aws_account_id")),
        },
      };
    case "web-identity":
      return {
        WebIdentityToken: {
          role_arn: source.roleArn.value,
          web_identity_token_file: source.tokenFile.value,
          ...optional("role_session_name", source.roleSessionName?.value),
        },
      };
    case "sso":
      return {
        Sso: {
          sso_account_id: source.accountId.value,
          sso_region: source.region.value,
          sso_role_name: source.roleName.value,
          sso_start_url: source.startUrl.value,
        },
      };
    default:
      return source;
  }
}

function roleOf({ roleArn, externalId, roleSessionName }: Plan["roles"][number]): unknown {
  return {
    AssumeRole: {
      role_arn: roleArn.value,
      ...optional("external_id", externalId?.value),
      ...optional("role_session_name", roleSessionName?.value),
    },
  };
}

function optional(name: string, value: string | undefined) {
  return value === undefined ? {} : { [name]: value };
}

function agrees(testCase: Case): boolean {
  const situation = situationOf(testCase);
  if (testCase.output.Error !== undefined) {
    const code = errorOf(situation)?.code;
    return code !== undefined;
  }
  return errorOf(situation) === undefined && Bun.deepEquals(chainOf(situation), testCase.output.ProfileChain, true);
}

describe("assume-role-tests.json", () => {
  for (const testCase of cases<readonly Case[]>("assume-role-tests.json")) {
    const reason = DIFFERENT[testCase.docs];
    test(reason === undefined ? testCase.docs : `${testCase.docs} (differs: ${reason})`, () => {
      expect(agrees(testCase)).toBe(reason === undefined);
    });
  }
});
