/** Start URLs: those of AWS, and the regions in their names. */
import { describe, expect, test } from "bun:test";
import { regionOf } from "../../../src/login/start_url.ts";
import { isAwsStartUrl } from "../../../src/plan/sign_in.ts";

describe("isAwsStartUrl", () => {
  const rows: readonly [url: string, isAws: boolean][] = [
    ["https://d-1234567890.awsapps.com/start", true],
    ["https://corp.AWSAPPS.com/start/", true],
    ["https://ssoins-1.portal.eu-west-1.app.aws", true],
    ["https://ssoins-1.eu-west-1.portal.amazonaws.com", true],
    ["https://ssoins-1.cn-north-1.portal.amazonaws.com.cn", true],
    ["https://ssoins-1.eusc-de-east-1.portal.amazonaws.eu", true],
    ["https://ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn", true],
    ["https://start.home.awsapps.cn/directory/x", true],
    ["https://identitycenter.amazonaws.com/ssoins-1", true],
    ["https://identitycenter.amazonaws.eu/ssoins-1", true],
    ["https://identitycenter.us-gov.amazonaws.com/ssoins-1", true],
    ["https://sso.example.com/start", false],
    ["https://awsapps.com.evil.example/start", false],
    ["https://evilawsapps.com/start", false],
    ["https://x.identitycenter.amazonaws.com/", false],
    ["https://amazonaws.com/", false],
  ];
  for (const [url, isAws] of rows) test(url, () => expect(isAwsStartUrl(new URL(url))).toBe(isAws));
});

describe("regionOf", () => {
  const rows: readonly [host: string, region: string | undefined][] = [
    ["ssoins-1.portal.eu-west-1.app.aws", "eu-west-1"],
    ["ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn", "cn-north-1"],
    ["ssoins-1.us-gov-west-1.portal.amazonaws.com", "us-gov-west-1"],
    ["ssoins-1.cn-north-1.portal.amazonaws.com.cn", "cn-north-1"],
    ["ssoins-1.eusc-de-east-1.portal.amazonaws.eu", "eusc-de-east-1"],
    ["d-1234567890.awsapps.com", undefined],
    ["a.b.portal.eu-west-1.app.aws", undefined],
    ["ssoins-1.portal.-.app.aws", undefined],
  ];
  for (const [host, region] of rows) test(host, () => expect(regionOf(host)).toBe(region));
});
