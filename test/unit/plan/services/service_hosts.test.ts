/** The hosts of IAM Identity Center and of the sign-in service. The rows are botocore's results. */
import { describe, expect, test } from "bun:test";
import { identityCenterUrl, signInUrl } from "../../../../src/plan/services/service_hosts.ts";

const PLAIN = { fips: false, dualStack: false };
const FIPS = { fips: true, dualStack: false };
const DUAL_STACK = { fips: false, dualStack: true };
const BOTH = { fips: true, dualStack: true };

describe("the portal of IAM Identity Center", () => {
  const rows: readonly [region: string, variant: typeof PLAIN, host: string][] = [
    ["eu-west-1", PLAIN, "portal.sso.eu-west-1.amazonaws.com"],
    ["eu-west-1", DUAL_STACK, "portal.sso.eu-west-1.api.aws"],
    ["eu-west-1", FIPS, "portal.sso-fips.eu-west-1.amazonaws.com"],
    ["eu-west-1", BOTH, "portal.sso-fips.eu-west-1.api.aws"],
    ["cn-north-1", PLAIN, "portal.sso.cn-north-1.amazonaws.com.cn"],
    ["us-gov-west-1", FIPS, "portal.sso.us-gov-west-1.amazonaws.com"],
    ["us-gov-west-1", BOTH, "portal.sso-fips.us-gov-west-1.api.aws"],
    ["us-iso-east-1", PLAIN, "portal.sso.us-iso-east-1.c2s.ic.gov"],
    ["us-isob-east-1", DUAL_STACK, "portal.sso.us-isob-east-1.api.aws.scloud"],
    ["eu-isoe-west-1", PLAIN, "portal.sso.eu-isoe-west-1.cloud.adc-e.uk"],
    ["us-isof-south-1", PLAIN, "portal.sso.us-isof-south-1.csp.hci.ic.gov"],
    ["eusc-de-east-1", BOTH, "portal.sso-fips.eusc-de-east-1.api.amazonwebservices.eu"],
    ["eu-west-99", PLAIN, "portal.sso.eu-west-99.amazonaws.com"],
    ["us-gov-east-9", DUAL_STACK, "portal.sso.us-gov-east-9.api.aws"],
    ["cn-south-9", PLAIN, "portal.sso.cn-south-9.amazonaws.com.cn"],
    ["aws-cn-global", PLAIN, "portal.sso.aws-cn-global.amazonaws.com.cn"],
    ["elsewhere", PLAIN, "portal.sso.elsewhere.amazonaws.com"],
  ];
  for (const [region, variant, host] of rows) {
    test(host, () => expect(identityCenterUrl("sso", region, variant)).toBe(`https://${host}`));
  }
});

test("the OIDC service that refreshes its tokens", () => {
  expect(identityCenterUrl("sso-oidc", "eu-west-1", PLAIN)).toBe("https://oidc.eu-west-1.amazonaws.com");
});

describe("the sign-in service", () => {
  const rows: readonly [region: string, variant: typeof PLAIN, host: string][] = [
    ["us-east-1", PLAIN, "us-east-1.signin.aws.amazon.com"],
    ["us-east-1", DUAL_STACK, "signin.us-east-1.api.aws"],
    ["us-east-1", FIPS, "signin-fips.us-east-1.amazonaws.com"],
    ["us-east-1", BOTH, "signin-fips.us-east-1.api.aws"],
    ["cn-north-1", PLAIN, "cn-north-1.signin.amazonaws.cn"],
    ["us-gov-west-1", PLAIN, "us-gov-west-1.signin.amazonaws-us-gov.com"],
    ["us-gov-west-1", FIPS, "signin-fips.amazonaws-us-gov.com"],
    ["us-gov-east-1", FIPS, "us-gov-east-1.signin-fips.amazonaws-us-gov.com"],
    ["us-iso-east-1", PLAIN, "us-iso-east-1.signin.c2shome.ic.gov"],
    ["us-isob-east-1", PLAIN, "us-isob-east-1.signin.sc2shome.sgov.gov"],
    ["eusc-de-east-1", PLAIN, "eusc-de-east-1.signin.amazonaws-eusc.eu"],
  ];
  for (const [region, variant, host] of rows) {
    test(host, () => expect(signInUrl(region, variant)).toBe(`https://${host}`));
  }
});
