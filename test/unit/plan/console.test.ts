/** The address of the console in each partition. */
import { expect, test } from "bun:test";
import { consoleAddress, planConsole } from "../../../src/plan/console.ts";
import { planOf } from "../../support/plan_of.ts";

const KEYS = "[default]\naws_access_key_id = x\naws_secret_access_key = y\n";

/** @param destination the value of `--destination`. */
function address(region: string | undefined, roleArn?: string, destination?: string) {
  const options = { ...(region === undefined ? {} : { region }), ...(roleArn === undefined ? {} : { roleArn }) };
  const planned = planOf({ credentials: KEYS, options });
  const given = destination === undefined ? undefined : { value: destination, from: { option: "--destination" } };
  const step = planConsole(planned, { destination: given, sessionDuration: undefined });
  return Object.values(consoleAddress(step, planned.plan, region));
}

const role = (partition: string) => `arn:${partition}:iam::123456789012:role/x`;

const ROWS: readonly [region: string | undefined, roleArn: string | undefined, signIn: string, page: string][] = [
  [undefined, undefined, "signin.aws.amazon.com", "console.aws.amazon.com/console/home"],
  ["eu-west-1", role("aws"), "signin.aws.amazon.com", "console.aws.amazon.com/console/home?region=eu-west-1"],
  [undefined, role("aws-cn"), "signin.amazonaws.cn", "console.amazonaws.cn/console/home"],
  ["cn-north-1", undefined, "signin.amazonaws.cn", "console.amazonaws.cn/console/home?region=cn-north-1"],
  [
    "us-gov-west-1",
    undefined,
    "signin.amazonaws-us-gov.com",
    "console.amazonaws-us-gov.com/console/home?region=us-gov-west-1",
  ],
  [undefined, role("aws-us-gov"), "signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com/console/home"],
  [
    "eusc-de-east-1",
    undefined,
    "eusc-de-east-1.signin.amazonaws-eusc.eu",
    "console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1",
  ],
];
for (const [region, roleArn, signIn, page] of ROWS) {
  test(`${region ?? "no region"}, ${roleArn ?? "no role"}`, () => {
    expect(address(region, roleArn)).toEqual([`https://${signIn}`, `https://${page}`]);
  });
}

test("a service in China", () => {
  expect(address("cn-north-1", undefined, "s3")[1]).toBe("https://console.amazonaws.cn/s3/home?region=cn-north-1");
});
