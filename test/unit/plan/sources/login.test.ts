/** Profiles with `login_session`: the session that `aws login` wrote. */
import { describe, expect, test } from "bun:test";
import type { SourceStep } from "../../../../src/plan/plan.ts";
import { errorOf, planOf, type Situation } from "../../../support/plan_of.ts";

const SESSION = "arn:aws:iam::123456789012:user/me";
const PROFILE = `[profile dev]\nlogin_session = ${SESSION}\n`;

function sourceOf(config: string, environment: Situation["environment"] = {}) {
  return planOf({ config, environment: { AWS_PROFILE: "dev", ...environment } }).plan.source;
}

test("the step has the session with its position, and no region or endpoint unless one is configured", () => {
  expect(sourceOf(PROFILE)).toEqual({
    kind: "login",
    profile: "dev",
    session: { value: SESSION, from: { file: "config", line: 2, column: 17 } },
    region: undefined,
    endpoint: undefined,
    variant: { fips: false, dualStack: false },
    from: { file: "config", line: 2, column: 17 },
  });
});

describe("a setting of the step", () => {
  const rows: readonly [what: string, config: string, environment: Situation["environment"], expected: object][] = [
    ["the profile's region", `${PROFILE}region = eu-west-1\n`, {}, { region: { value: "eu-west-1" } }],
    [
      "the variable's region rather than the profile's",
      `${PROFILE}region = eu-west-1\n`,
      { AWS_REGION: "us-east-2" },
      { region: { value: "us-east-2" } },
    ],
    [
      "the endpoint of the sign-in service",
      PROFILE,
      { AWS_ENDPOINT_URL_SIGNIN: "http://127.0.0.1:1", AWS_ENDPOINT_URL: "http://127.0.0.1:2" },
      { endpoint: { value: "http://127.0.0.1:1" } },
    ],
    [
      "the endpoint of every service",
      PROFILE,
      { AWS_ENDPOINT_URL: "http://127.0.0.1:2" },
      { endpoint: { value: "http://127.0.0.1:2" } },
    ],
    [
      "the endpoint of a services section",
      `${PROFILE}services = own\n[services own]\nsignin =\n  endpoint_url = http://127.0.0.1:3\n`,
      {},
      { endpoint: { value: "http://127.0.0.1:3" } },
    ],
    [
      "no endpoint, if configured endpoints are ignored",
      PROFILE,
      { AWS_ENDPOINT_URL: "http://127.0.0.1:2", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
      { endpoint: undefined },
    ],
    ["FIPS", PROFILE, { AWS_USE_FIPS_ENDPOINT: "true" }, { variant: { fips: true, dualStack: false } }],
    [
      "IPv6, by the profile",
      `${PROFILE}use_dualstack_endpoint = true\n`,
      {},
      { variant: { fips: false, dualStack: true } },
    ],
  ];
  for (const [what, config, environment, expected] of rows) {
    test(what, () => expect(sourceOf(config, environment)).toMatchObject(expected));
  }
});

test("an empty login_session is an error at its position", () => {
  const error = errorOf({ config: "[profile dev]\nlogin_session =\n", environment: { AWS_PROFILE: "dev" } });
  expect(error).toMatchObject({ code: "invalid-setting", at: { file: "config", line: 2 } });
  expect(error?.message).toContain("login_session");
});

describe("what comes before a login session, and after it", () => {
  const keys = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n";
  const rows: readonly [what: string, situation: Situation, kind: SourceStep["kind"]][] = [
    ["keys in the credentials file come before it", { config: PROFILE, credentials: `[dev]\n${keys}` }, "static"],
    ["credential_process comes after it", { config: `${PROFILE}credential_process = x\n` }, "login"],
    ["keys in the config file come after it", { config: `${PROFILE}${keys}` }, "login"],
  ];
  for (const [what, situation, kind] of rows) {
    test(what, () => expect(planOf({ ...situation, environment: { AWS_PROFILE: "dev" } }).plan.source.kind).toBe(kind));
  }
});
