/** The host of STS, as a proxy sees it. The proxy rejects every tunnel, so no request reaches AWS. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { startProxy, type TestProxy } from "../cloud/proxy.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let proxy: TestProxy;
let home: TestHome;

beforeAll(async () => {
  proxy = await startProxy();
});
afterAll(async () => await proxy.stop());
afterEach(() => home.remove());

const KEYS = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };

/** The hosts that `whoami` connects to. */
async function requestedHosts(
  env: Record<string, string>,
  config?: string,
  args: readonly string[] = [],
): Promise<string[]> {
  home = makeHome({ config, env: { ...KEYS, HTTPS_PROXY: proxy.url, AWS_MAX_ATTEMPTS: "1" } });
  const before = proxy.requests.length;
  await home.run(["whoami", ...args], { env });
  return proxy.requests.slice(before).map((one) => one.what.replace(/^CONNECT (.*):443$/, "$1"));
}

describe("STS", () => {
  const region = (name: string) => ({ AWS_REGION: name });
  const rows: readonly [what: string, env: Record<string, string>, config: string | undefined, host: string][] = [
    ["no region", {}, undefined, "sts.amazonaws.com"],
    ["a region", region("eu-west-1"), undefined, "sts.eu-west-1.amazonaws.com"],
    ["us-east-1, which is regional, too", region("us-east-1"), undefined, "sts.us-east-1.amazonaws.com"],
    ["China", region("cn-north-1"), undefined, "sts.cn-north-1.amazonaws.com.cn"],
    ["GovCloud", region("us-gov-west-1"), undefined, "sts.us-gov-west-1.amazonaws.com"],
    ["an isolated partition", region("us-iso-east-1"), undefined, "sts.us-iso-east-1.c2s.ic.gov"],
    ["another isolated partition", region("us-isob-east-1"), undefined, "sts.us-isob-east-1.sc2s.sgov.gov"],
    ["a region that is not known yet", region("eu-west-99"), undefined, "sts.eu-west-99.amazonaws.com"],
    ["FIPS", { ...region("us-west-2"), AWS_USE_FIPS_ENDPOINT: "true" }, undefined, "sts-fips.us-west-2.amazonaws.com"],
    [
      "FIPS in GovCloud",
      { ...region("us-gov-east-1"), AWS_USE_FIPS_ENDPOINT: "true" },
      undefined,
      "sts.us-gov-east-1.amazonaws.com",
    ],
    ["dual stack", { ...region("eu-west-1"), AWS_USE_DUALSTACK_ENDPOINT: "true" }, undefined, "sts.eu-west-1.api.aws"],
    [
      "FIPS set by the profile",
      region("us-west-2"),
      "[default]\nuse_fips_endpoint = true\n",
      "sts-fips.us-west-2.amazonaws.com",
    ],
    [
      "legacy endpoints, an old region",
      { ...region("eu-west-1"), AWS_STS_REGIONAL_ENDPOINTS: "legacy" },
      undefined,
      "sts.amazonaws.com",
    ],
    [
      "legacy endpoints, a newer region",
      { ...region("eu-south-1"), AWS_STS_REGIONAL_ENDPOINTS: "legacy" },
      undefined,
      "sts.eu-south-1.amazonaws.com",
    ],
    [
      "an endpoint of the profile",
      region("eu-west-1"),
      "[default]\nendpoint_url = https://vpce.example\n",
      "vpce.example",
    ],
    [
      "an endpoint of the profile, which overrides FIPS and dual stack, as in the AWS CLI",
      { ...region("us-west-2"), AWS_USE_FIPS_ENDPOINT: "true", AWS_USE_DUALSTACK_ENDPOINT: "true" },
      "[default]\nendpoint_url = https://vpce.example\n",
      "vpce.example",
    ],
    [
      "an endpoint of a services section",
      region("eu-west-1"),
      "[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = https://sts.example\n",
      "sts.example",
    ],
  ];
  for (const [what, env, config, host] of rows) {
    test(`${what}: ${host}`, async () => expect(await requestedHosts(env, config)).toEqual([host]));
  }
});
