/** The region and the endpoint of STS. */
import { describe, expect, test } from "bun:test";
import { errorOf, planOf, type Situation } from "../../../support/plan_of.ts";

const KEYS = "aws_access_key_id = AKID\naws_secret_access_key = secret\n";
const role = (partition: string) =>
  `[profile a]\nrole_arn = arn:${partition}:iam::123456789012:role/deploy\nsource_profile = b\n[profile b]\nregion = ap-south-1\n${KEYS}`;

describe("region", () => {
  const rows: readonly [what: string, situation: Situation, region: string, global: boolean][] = [
    [
      "the option first",
      { config: role("aws"), environment: { AWS_REGION: "eu-west-2" }, options: { profile: "a", region: "eu-west-1" } },
      "eu-west-1",
      false,
    ],
    [
      "AWS_REGION before AWS_DEFAULT_REGION",
      { environment: { AWS_REGION: "eu-west-2", AWS_DEFAULT_REGION: "eu-west-3" } },
      "eu-west-2",
      false,
    ],
    [
      "AWS_DEFAULT_REGION before the profile",
      { config: "[default]\nregion = eu-west-1\n", environment: { AWS_DEFAULT_REGION: "eu-west-3" } },
      "eu-west-3",
      false,
    ],
    [
      "an empty AWS_REGION counts as not set",
      { config: "[default]\nregion = eu-west-1\n", environment: { AWS_REGION: "" } },
      "eu-west-1",
      false,
    ],
    [
      "an AWS_REGION of blanks counts as not set",
      { config: "[default]\nregion = eu-west-1\n", environment: { AWS_REGION: " \t" } },
      "eu-west-1",
      false,
    ],
    [
      "not the source profile's: boto3's global endpoint",
      { config: role("aws"), options: { profile: "a" } },
      "us-east-1",
      true,
    ],
    ["no region, in China", { config: role("aws-cn"), options: { profile: "a" } }, "cn-north-1", false],
    ["no region, in GovCloud", { config: role("aws-us-gov"), options: { profile: "a" } }, "us-gov-west-1", false],
    [
      "legacy global STS",
      { config: "[default]\nregion = eu-west-1\nsts_regional_endpoints = legacy\n" },
      "eu-west-1",
      true,
    ],
  ];
  for (const [what, situation, region, global] of rows) {
    test(what, () => {
      const { sts } = planOf(situation).plan;
      expect([sts.region.value, sts.global.value]).toEqual([region, global]);
    });
  }

  for (const region of ["us_east_1", "us-east-1 # home", "evil.example/"]) {
    test(`a region that no role needs is not checked: ${region}`, () => {
      expect(planOf({ config: `[default]\nregion = ${region}\n${KEYS}` }).plan.region?.value).toBe(region);
    });
  }

  test("the instance's own region is used only if no region is configured", () => {
    expect(planOf({}).plan.sts.regionFromInstance).toBe(true);
    expect(planOf({ environment: { AWS_REGION: "eu-west-1" } }).plan.sts.regionFromInstance).toBe(false);
    expect(planOf({ credentials: `[default]\n${KEYS}` }).plan.sts.regionFromInstance).toBe(false);
  });

  const invalid: readonly [what: string, situation: Situation][] = [
    ["no region, in a partition without a default", { config: role("aws-iso"), options: { profile: "a" } }],
    [
      "a role in a region that is not a host label",
      { config: role("aws"), environment: { AWS_REGION: "us_east_1" }, options: { profile: "a" } },
    ],
    [
      "a role in a host name as the region",
      { config: role("aws"), environment: { AWS_REGION: "evil.example/" }, options: { profile: "a" } },
    ],
    ["a missing services section", { config: "[default]\nservices = nope\n" }],
    ["an endpoint that is not a URL", { environment: { AWS_ENDPOINT_URL: "localhost:4566" } }],
  ];
  for (const [what, situation] of invalid) {
    test(`invalid: ${what}`, () => expect(errorOf(situation)?.code).toBe("invalid-setting"));
  }
});

describe("endpoint, in order of precedence", () => {
  const config =
    "[default]\nservices = local\nendpoint_url = http://profile:1\n[services local]\nsts =\n  endpoint_url = http://section:1\n";
  const everywhere = { AWS_ENDPOINT_URL_STS: "http://sts-variable:1", AWS_ENDPOINT_URL: "http://variable:1" };
  const rows: readonly [what: string, situation: Situation, endpoint: string | undefined][] = [
    [
      "--endpoint-url",
      { config, environment: everywhere, options: { endpointUrl: "http://option:1" } },
      "http://option:1",
    ],
    ["AWS_ENDPOINT_URL_STS", { config, environment: everywhere }, "http://sts-variable:1"],
    ["AWS_ENDPOINT_URL", { config, environment: { AWS_ENDPOINT_URL: "http://variable:1" } }, "http://variable:1"],
    ["the services section", { config }, "http://section:1"],
    ["the profile", { config: "[default]\nendpoint_url = http://profile:1\n" }, "http://profile:1"],
    ["none configured", {}, undefined],
    [
      "a variable disables all but the option",
      { config, environment: { ...everywhere, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" } },
      undefined,
    ],
    [
      "the profile disables all but the option",
      { config: "[default]\nendpoint_url = http://profile:1\nignore_configured_endpoint_urls = true\n" },
      undefined,
    ],
    [
      "the option, even if the others are disabled",
      { environment: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }, options: { endpointUrl: "http://option:1" } },
      "http://option:1",
    ],
  ];
  for (const [what, situation, endpoint] of rows) {
    test(what, () => expect(planOf(situation).plan.sts.endpoint?.value).toBe(endpoint));
  }
});
