/** The endpoint of STS, compared with the rules of the AWS SDK, for each region and combination of settings. */
import { expect, test } from "bun:test";
import { STSClient } from "@aws-sdk/client-sts";
import { PARTITIONS } from "../../../src/domain/data/partitions.ts";
import type { StsSettings } from "../../../src/plan/plan.ts";
import { stsEndpoint } from "../../../src/sts/endpoint.ts";

const FROM = { default: "the test" };
const sourced = <Value>(value: Value) => ({ value, from: FROM });

interface Flags {
  readonly fips: boolean;
  readonly dualStack: boolean;
  readonly global: boolean;
}

const FLAGS: readonly Flags[] = [false, true].flatMap((fips) =>
  [false, true].flatMap((dualStack) => [false, true].map((global) => ({ fips, dualStack, global }))),
);

function settings(region: string, flags: Flags, endpoint?: string): StsSettings {
  return {
    region: sourced(region),
    regionFromInstance: false,
    global: sourced(flags.global),
    fips: sourced(flags.fips),
    dualStack: sourced(flags.dualStack),
    endpoint: endpoint === undefined ? undefined : sourced(endpoint),
  };
}

/** What the AWS SDK would use. */
function sdkEndpoint(region: string, { fips, dualStack, global }: Flags) {
  const client = new STSClient({ region });
  const { url, properties } = client.config.endpointProvider({
    Region: region,
    UseGlobalEndpoint: global,
    UseFIPS: fips,
    UseDualStack: dualStack,
  });
  const signingRegion: unknown = properties?.authSchemes?.[0]?.signingRegion;
  return { url: url.origin, signingRegion: signingRegion ?? region };
}

const REGIONS = [
  ...PARTITIONS.flatMap(({ regions }): readonly string[] => regions),
  // Regions that do not exist yet, of several partitions, and a name that no partition has.
  ...["eu-west-99", "cn-south-9", "us-gov-east-9", "us-iso-north-1", "eusc-de-west-9", "elsewhere"],
];

for (const flags of FLAGS) {
  const on = Object.entries(flags).flatMap(([name, value]) => (value ? [name] : []));
  test(`the endpoints of ${REGIONS.length} regions are the SDK's with ${on.join(", ") || "no flag"}`, () => {
    const ours = REGIONS.map((region) => stsEndpoint(settings(region, flags), region));
    expect(ours).toEqual(REGIONS.map((region) => sdkEndpoint(region, flags)) as typeof ours);
  });
}

const plain = { fips: false, dualStack: false, global: false };

test.each([
  ["fips-us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"],
  ["us-east-2-fips", "https://sts-fips.us-east-2.amazonaws.com", "us-east-2"],
])("the region %s means the FIPS endpoint", (region, url, signingRegion) => {
  expect(stsEndpoint(settings(region, plain), region)).toEqual({ url, signingRegion });
});

test("a configured endpoint is used unchanged", () => {
  const configured = settings("eu-west-1", { fips: true, dualStack: true, global: true }, "http://127.0.0.1:1/sts");
  expect(stsEndpoint(configured, "eu-west-1")).toEqual({ url: "http://127.0.0.1:1/sts", signingRegion: "eu-west-1" });
});

test.each(["evil.example/", "a b", "-a", "1", ""])("the region %p is rejected, whoever names it", (region) => {
  expect(() => stsEndpoint(settings(region, plain), region)).toThrow("invalid region");
  expect(() => stsEndpoint(settings("eu-west-1", plain), region)).toThrow("invalid region");
});
