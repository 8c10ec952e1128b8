/** The settings of the EC2 instance metadata service. */
import { describe, expect, test } from "bun:test";
import type { Ec2Step } from "../../../../src/plan/plan.ts";
import { cases } from "../../../support/cases.ts";
import { errorOf, planOf, type Situation } from "../../../support/plan_of.ts";

function ec2Of(situation: Situation): Ec2Step {
  const { source } = planOf(situation).plan;
  if (source.kind !== "ec2") throw new Error(`the source is ${source.kind}`);
  return source;
}

describe("EC2 metadata settings", () => {
  test("the defaults are those of the AWS CLI", () => {
    const { endpoint, timeoutSeconds, attempts, v1, named } = ec2Of({});
    expect([endpoint.value, timeoutSeconds.value, attempts.value, v1.value, named]).toEqual([
      "http://169.254.169.254",
      1,
      1,
      true,
      false,
    ]);
  });

  test("variables override the profile's keys", () => {
    const config =
      "[default]\nmetadata_service_timeout = 2\nmetadata_service_num_attempts = 5\nec2_metadata_v1_disabled = True\n";
    const { timeoutSeconds, attempts, v1 } = ec2Of({ config, environment: { AWS_METADATA_SERVICE_TIMEOUT: "7" } });
    expect(timeoutSeconds).toEqual({
      value: 7,
      from: { variable: "AWS_METADATA_SERVICE_TIMEOUT" },
      overrides: [{ value: "2", from: { file: "config", line: 2, column: 28 } }],
    });
    expect(attempts).toEqual({ value: 5, from: { file: "config", line: 3, column: 33 } });
    expect(v1).toEqual({ value: false, from: { file: "config", line: 4, column: 28 } });
  });

  const endpoints: readonly [what: string, situation: Situation, endpoint: string][] = [
    ["imds_use_ipv6", { config: "[default]\nimds_use_ipv6 = TRUE\n" }, "http://[fd00:ec2::254]"],
    ["anything but true is false", { environment: { AWS_IMDS_USE_IPV6: "yes" } }, "http://169.254.169.254"],
    [
      "the mode overrides imds_use_ipv6",
      { config: "[default]\nimds_use_ipv6 = true\nec2_metadata_service_endpoint_mode = IPv4\n" },
      "http://169.254.169.254",
    ],
  ];
  for (const [what, situation, endpoint] of endpoints) {
    test(what, () => expect(ec2Of(situation).endpoint.value).toBe(endpoint));
  }

  const invalid: readonly [what: string, situation: Situation][] = [
    ["a time-out that is not a number", { environment: { AWS_METADATA_SERVICE_TIMEOUT: "soon" } }],
    ["zero attempts", { environment: { AWS_METADATA_SERVICE_NUM_ATTEMPTS: "0" } }],
    [
      "even if EC2 is not the source, as in the AWS CLI",
      {
        environment: {
          AWS_METADATA_SERVICE_TIMEOUT: "1.5",
          AWS_ACCESS_KEY_ID: "AKID",
          AWS_SECRET_ACCESS_KEY: "secret",
        },
      },
    ],
  ];
  for (const [what, situation] of invalid) {
    test(`invalid: ${what}`, () => expect(errorOf(situation)?.code).toBe("invalid-setting"));
  }
});

interface EndpointCase {
  readonly docs: string;
  readonly env: Readonly<Record<string, string>>;
  readonly fs: { readonly config?: string };
  readonly endpoint_override?: string;
  readonly mode_override?: string;
  readonly result: { readonly Ok?: string; readonly Err?: string };
}

/** Cases with settings that only the code of an SDK can set. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "explicit endpoint override": "an override in code, which a command does not have",
  "explicit mode override": "an override in code, which a command does not have",
};

describe("imds-endpoint-tests.json", () => {
  for (const testCase of cases<{ tests: readonly EndpointCase[] }>("imds-endpoint-tests.json").tests) {
    const reason = DIFFERENT[testCase.docs];
    const name = reason === undefined ? testCase.docs : `${testCase.docs} (differs: ${reason})`;
    test(name, () => {
      const { AWS_CONFIG_FILE, ...environment } = testCase.env;
      const config = AWS_CONFIG_FILE === undefined ? undefined : testCase.fs.config;
      const situation = { environment, ...(config === undefined ? {} : { config }) };
      const outcome = errorOf(situation)?.code ?? `${ec2Of(situation).endpoint.value}/latest/api/token`;
      const agrees = outcome === (testCase.result.Ok ?? "invalid-setting");
      expect(agrees).toBe(reason === undefined);
    });
  }
});
