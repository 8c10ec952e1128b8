/** The identity that profiles and options lead to, and the requests that STS receives. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { errorResponse, type StsCall } from "../cloud/sts.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, type Outcome, type TestHome } from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome | undefined;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => await cloud.stop());
beforeEach(() => home?.remove());

const ROLE = roleArn("marketingadminrole");

interface Situation {
  readonly config?: string;
  readonly credentials?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** A section of the credentials file with the keys of a user. */
const keys = (name: "user1" | "user2") => keysSection(name, cloud[name]);

/** Variables that direct all requests to the simulated cloud. */
function cloudVariables(): Record<string, string> {
  return { AWS_ENDPOINT_URL_STS: cloud.sts.url, ...imdsVariables(cloud.imds) };
}

/** The ARN that `whoami` prints, and the calls that STS received before GetCallerIdentity. */
async function whoami({
  config,
  credentials,
  env,
  args = [],
}: Situation): Promise<{ outcome: Outcome; arn: string; calls: StsCall[] }> {
  home = makeHome({ config, credentials: credentials ?? `${keys("user1")}${keys("user2")}`, env: cloudVariables() });
  const before = cloud.sts.calls.length;
  const outcome = await home.run(["whoami", "--json", ...args], env === undefined ? {} : { env });
  const calls = cloud.sts.calls.slice(before).filter((call) => call.action !== "GetCallerIdentity");
  return { outcome, arn: outcome.stdout === "" ? outcome.stderr : JSON.parse(outcome.stdout).arn, calls };
}

function environmentKeys(): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: cloud.user2.accessKeyId, AWS_SECRET_ACCESS_KEY: cloud.user2.secretAccessKey };
}

const profile = (name: string, ...lines: string[]) => `[profile ${name}]\n${lines.join("\n")}\n`;
const MARKETING = profile("marketingadmin", `role_arn = ${ROLE}`, "source_profile = user1");
const assumed = (role: string) => new RegExp(`^arn:aws:sts::123456789012:assumed-role/${role}/rolecall-session-\\d+$`);

describe("the identity", () => {
  const rows: readonly [what: string, situation: () => Situation, arn: RegExp, callers?: readonly RegExp[]][] = [
    [
      "the example in the AWS CLI's documentation",
      () => ({ config: MARKETING, args: ["-p", "marketingadmin"] }),
      assumed("marketingadminrole"),
      [/user\/user1$/],
    ],
    [
      "a profile named by AWS_PROFILE",
      () => ({ config: MARKETING, env: { AWS_PROFILE: "marketingadmin" } }),
      assumed("marketingadminrole"),
    ],
    ["a profile named by AWS_DEFAULT_PROFILE", () => ({ env: { AWS_DEFAULT_PROFILE: "user2" } }), /user\/user2$/, []],
    [
      "ROLECALL_PROFILE works as the option does",
      () => ({ config: MARKETING, env: { ROLECALL_PROFILE: "marketingadmin", ...environmentKeys() } }),
      assumed("marketingadminrole"),
      [/user\/user1$/],
    ],
    [
      "keys in the environment before a profile named by a variable",
      () => ({ config: MARKETING, env: { AWS_PROFILE: "marketingadmin", ...environmentKeys() } }),
      /user\/user2$/,
      [],
    ],
    [
      "a profile named by an option before keys in the environment",
      () => ({ config: MARKETING, env: environmentKeys(), args: ["-p", "user1"] }),
      /user\/user1$/,
      [],
    ],
    [
      "credential_source = Environment",
      () => ({
        config: profile("e", `role_arn = ${ROLE}`, "credential_source = Environment"),
        env: environmentKeys(),
        args: ["-p", "e"],
      }),
      assumed("marketingadminrole"),
      [/user\/user2$/],
    ],
    [
      "credential_source = Ec2InstanceMetadata",
      () => ({
        config: profile("e", `role_arn = ${ROLE}`, "credential_source = Ec2InstanceMetadata"),
        args: ["-p", "e"],
      }),
      assumed("marketingadminrole"),
      [/assumed-role\/instance\/i-/],
    ],
    [
      "credential_source = EcsContainer",
      () => ({
        config: profile("e", `role_arn = ${ROLE}`, "credential_source = EcsContainer"),
        env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.container.url}/v2/credentials/x` },
        args: ["-p", "e"],
      }),
      assumed("marketingadminrole"),
      [/assumed-role\/task\//],
    ],
    [
      "a chain of three",
      () => ({
        config:
          profile("a", `role_arn = ${roleArn("deploy")}`, "source_profile = b") +
          profile("b", `role_arn = ${roleArn("hub")}`, "source_profile = user1"),
        args: ["-p", "a"],
      }),
      assumed("deploy"),
      [/user\/user1$/, /assumed-role\/hub\//],
    ],
    [
      "--role-arn on top of keys",
      () => ({ env: environmentKeys(), args: ["--role-arn", ROLE] }),
      assumed("marketingadminrole"),
      [/user\/user2$/],
    ],
    [
      "--role-arn on top of a role profile",
      () => ({
        config: profile("b", `role_arn = ${roleArn("hub")}`, "source_profile = user1"),
        args: ["-p", "b", "--role-arn", roleArn("deploy")],
      }),
      assumed("deploy"),
      [/user\/user1$/, /assumed-role\/hub\//],
    ],
    [
      "--role-arn with --source-profile",
      () => ({ args: ["--role-arn", ROLE, "--source-profile", "user2"] }),
      assumed("marketingadminrole"),
      [/user\/user2$/],
    ],
    [
      "a source profile with keys does not assume its role",
      () => ({
        config: MARKETING + profile("user1", `role_arn = ${roleArn("closed")}`, "source_profile = user2"),
        args: ["-p", "marketingadmin"],
      }),
      assumed("marketingadminrole"),
      [/user\/user1$/],
    ],
    ["nothing configured: the instance", () => ({ credentials: "" }), /assumed-role\/instance\/i-/, []],
    [
      "nothing configured in a task: the container",
      () => ({
        credentials: "",
        env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.container.url}/v2/credentials/x` },
      }),
      /assumed-role\/task\//,
      [],
    ],
  ];
  for (const [what, situation, expected, callers] of rows) {
    test(what, async () => {
      const { arn, calls } = await whoami(situation());
      expect(arn).toMatch(expected);
      if (callers !== undefined) {
        expect(calls.length).toBe(callers.length);
        for (const [index, caller] of callers.entries()) expect(calls[index]?.caller).toMatch(caller);
      }
    });
  }
});

describe("AssumeRole receives", () => {
  const rows: readonly [
    what: string,
    lines: string[],
    args: string[],
    parameters: Record<string, string | RegExp | undefined>,
  ][] = [
    [
      "only the ARN and a session name",
      [],
      [],
      {
        ExternalId: undefined,
        DurationSeconds: undefined,
        SerialNumber: undefined,
        RoleSessionName: /^rolecall-session-\d{10}$/,
      },
    ],
    [
      "the profile's settings",
      ["role_session_name = build-7", "external_id = partner-42", "duration_seconds = 1800"],
      [],
      { RoleSessionName: "build-7", ExternalId: "partner-42", DurationSeconds: "1800" },
    ],
    [
      "the options, which override the profile",
      ["role_session_name = build-7", "external_id = nope"],
      ["--role-session-name", "mine", "--external-id", "partner-42", "--duration-seconds", "15m"],
      { RoleSessionName: "mine", ExternalId: "partner-42", DurationSeconds: "900" },
    ],
    // By itself, cac parses these values as numbers.
    ["an external id that looks like a number", [], ["--external-id", "1e3"], { ExternalId: "1e3" }],
    ["an external id with a leading zero", [], ["--external-id=0042"], { ExternalId: "0042" }],
    ["a session name that is a number", [], ["--role-session-name", "0x10"], { RoleSessionName: "0x10" }],
    [
      "an MFA code with a leading zero",
      [`mfa_serial = ${mfaArn("user1")}`],
      ["--mfa-code", "012345"],
      { SerialNumber: mfaArn("user1"), TokenCode: "012345" },
    ],
  ];
  for (const [what, lines, args, parameters] of rows) {
    test(what, async () => {
      const config = profile("a", `role_arn = ${roleArn("partner")}`, "source_profile = user1", ...lines);
      const { calls } = await whoami({ config, args: ["-p", "a", ...args] });
      expect(calls.length).toBe(1);
      expect(calls[0]?.parameters.RoleArn).toBe(roleArn("partner"));
      for (const [name, expected] of Object.entries(parameters)) {
        const sent = calls[0]?.parameters[name];
        if (expected instanceof RegExp) expect(sent).toMatch(expected);
        else expect(sent).toBe(expected as string);
      }
      expect(calls[0]?.userAgent).toContain("rolecall/");
    });
  }
});

describe("session options", () => {
  const POLICY = '{"Version": "2012-10-17", "Statement": []}';

  test("are sent to the last role", async () => {
    const args = [
      "--tag",
      "team=platform",
      "--tag",
      "stage=a=b",
      "--transitive-tag-key",
      "team",
      "--source-identity",
      "me@example",
      "--policy",
      POLICY,
      "--policy-arn",
      "arn:aws:iam::aws:policy/ReadOnlyAccess",
    ];
    const { calls } = await whoami({ config: MARKETING, args: ["-p", "marketingadmin", ...args] });
    expect(calls[0]?.parameters).toMatchObject({
      "Tags.member.1.Key": "team",
      "Tags.member.1.Value": "platform",
      "Tags.member.2.Key": "stage",
      "Tags.member.2.Value": "a=b",
      "TransitiveTagKeys.member.1": "team",
      SourceIdentity: "me@example",
      Policy: POLICY,
      "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    });
  });

  test("can be set by variables, with commas between the items of a list", async () => {
    const env = { ROLECALL_TAG: "a=1, b=2", ROLECALL_TRANSITIVE_TAG_KEY: "b" };
    const { calls } = await whoami({ config: MARKETING, args: ["-p", "marketingadmin"], env });
    expect(calls[0]?.parameters).toMatchObject({ "Tags.member.2.Key": "b", "TransitiveTagKeys.member.1": "b" });
  });

  test("--policy can name a file", async () => {
    home = makeHome();
    const file = home.write("policy.json", POLICY);
    const { calls } = await whoami({ config: MARKETING, args: ["-p", "marketingadmin", "--policy", `@${file}`] });
    expect(calls[0]?.parameters.Policy).toBe(POLICY);
  });

  const invalid: readonly [what: string, args: string[], message: string][] = [
    ["a tag without a value", ["--tag", "team"], "use KEY=VALUE"],
    ["a duplicate tag", ["--tag", "a=1", "--tag", "A=2"], 'duplicate tag "A"'],
    ["a transitive tag key without a tag", ["--transitive-tag-key", "team"], "add the tag: --tag team=VALUE"],
    ["a policy that is not JSON", ["--policy", "{"], "not a JSON object"],
    ["a policy file that does not exist", ["--policy", "@/no/such"], "does not exist"],
    ["a policy ARN that is not an ARN", ["--policy-arn", "ReadOnlyAccess"], "invalid policy ARN"],
    ["a source identity with a space", ["--source-identity", "a b"], "invalid source identity"],
  ];
  for (const [what, args, message] of invalid) {
    test(`invalid: ${what}`, async () => {
      const { outcome, calls } = await whoami({ config: MARKETING, args: ["-p", "marketingadmin", ...args] });
      expect(outcome.stderr).toContain("error[invalid-option]");
      expect(outcome.stderr).toContain(message);
      expect([outcome.exitCode, calls]).toEqual([2, []]);
    });
  }
});

describe("the region that requests are signed for", () => {
  const rows: readonly [what: string, situation: () => Situation, region: string][] = [
    ["none configured: boto3's default", () => ({ config: MARKETING, args: ["-p", "marketingadmin"] }), "us-east-1"],
    [
      "--region",
      () => ({
        config: MARKETING,
        args: ["-p", "marketingadmin", "--region", "eu-west-1"],
        env: { AWS_REGION: "eu-west-2" },
      }),
      "eu-west-1",
    ],
    [
      "AWS_REGION",
      () => ({
        config: MARKETING,
        args: ["-p", "marketingadmin"],
        env: { AWS_REGION: "eu-west-2", AWS_DEFAULT_REGION: "eu-west-3" },
      }),
      "eu-west-2",
    ],
    [
      "the profile's own",
      () => ({ config: `${MARKETING}region = ap-south-1\n`, args: ["-p", "marketingadmin"] }),
      "ap-south-1",
    ],
    [
      "the instance's, if the instance is the source",
      () => ({
        config: profile("e", `role_arn = ${ROLE}`, "credential_source = Ec2InstanceMetadata"),
        args: ["-p", "e"],
      }),
      "eu-central-1",
    ],
  ];
  for (const [what, situation, region] of rows) {
    test(what, async () => {
      const { calls } = await whoami(situation());
      expect(calls.map((call) => call.region)).toEqual([region]);
    });
  }
});

describe("errors of STS", () => {
  test("a temporary error is retried", async () => {
    cloud.sts.react({ status: 503, body: "busy" }, "reset");
    const { arn, calls } = await whoami({ config: MARKETING, args: ["-p", "marketingadmin"] });
    expect(arn).toMatch(assumed("marketingadminrole"));
    expect(calls.length).toBe(3);
  });

  const attempts: readonly [what: string, env: Record<string, string>, tries: number][] = [
    ["three times", {}, 3],
    ["AWS_MAX_ATTEMPTS times", { AWS_MAX_ATTEMPTS: "1" }, 1],
    ["five times in the legacy retry mode", { AWS_RETRY_MODE: "legacy" }, 5],
  ];
  for (const [what, env, tries] of attempts) {
    test(`a permanent error is tried ${what}`, async () => {
      cloud.sts.react(...Array(tries).fill({ status: 503, body: "busy" }));
      const { outcome, calls } = await whoami({ config: MARKETING, args: ["-p", "marketingadmin"], env });
      expect([outcome.exitCode, calls.length]).toEqual([1, tries]);
      expect(outcome.stderr).toContain("error[sts-unreachable]");
    });
  }

  test("a wrong clock is corrected once", async () => {
    cloud.sts.clockSkewMs = 20 * 60 * 1000;
    try {
      const { arn } = await whoami({ config: MARKETING, args: ["-p", "marketingadmin"] });
      expect(arn).toMatch(assumed("marketingadminrole"));
    } finally {
      cloud.sts.clockSkewMs = 0;
    }
  });

  test("a clock that cannot be corrected is reported with its offset", async () => {
    const date = new Date(Date.now() + 20 * 60_000);
    const refusal = errorResponse(403, "SignatureDoesNotMatch", "Signature expired: 20260102T030405Z", date);
    cloud.sts.react(refusal, refusal, refusal);
    const { outcome } = await whoami({ config: MARKETING, args: ["-p", "marketingadmin"] });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toMatch(/this machine's clock is (20 min|19 min 59 s) slow/);
    cloud.sts.clearReactions();
  });

  test("credentials that have already expired are an error", async () => {
    cloud.sts.sessionSeconds = -60;
    try {
      const { outcome } = await whoami({ config: MARKETING, args: ["-p", "marketingadmin"] });
      expect(outcome.exitCode).toBe(1);
      expect(outcome.stderr).toContain("error[credentials-expired]");
    } finally {
      cloud.sts.sessionSeconds = undefined;
    }
  });

  test("AccessDenied is not retried", async () => {
    const { outcome, calls } = await whoami({ args: ["-p", "user1", "--role-arn", roleArn("closed")] });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain("error[sts-denied]");
    expect(outcome.stderr).toContain("is not authorized to perform: sts:AssumeRole");
    expect(calls.length).toBe(1);
  });

  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"]) {
    test(`${name} with a line break is an error before any call, and its value is not shown`, async () => {
      const { outcome, calls } = await whoami({ env: { ...environmentKeys(), [name]: "hunter\n2" } });
      expect([outcome.exitCode, calls.length]).toEqual([1, 0]);
      expect(outcome.stderr).toContain("error[unsafe-value]");
      expect(outcome.stderr).not.toContain("hunter");
    });
  }

  test("the request that STS quotes in its error is not shown", async () => {
    const credentials = `[s]\naws_access_key_id = ${cloud.user1.accessKeyId}\naws_secret_access_key = wrong/secret\n`;
    const { outcome } = await whoami({ credentials, args: ["-p", "s", "--role-arn", ROLE] });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain("SignatureDoesNotMatch");
    expect(outcome.stderr).not.toContain("x-amz-security-token");
    expect(outcome.stderr).not.toContain("wrong/secret");
  });

  test("a response that is too large is not read to the end", async () => {
    cloud.sts.react({ body: "x".repeat(2 * 1024 * 1024) });
    const { outcome } = await whoami({ args: ["-p", "user1", "--role-arn", ROLE] });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain("larger than 1048576 bytes");
  });

  test("a redirect is not followed", async () => {
    cloud.sts.react({ status: 307, headers: { location: `${cloud.sts.url}/elsewhere` } });
    const { outcome, calls } = await whoami({ args: ["-p", "user1", "--role-arn", ROLE] });
    expect(outcome.exitCode).toBe(1);
    expect(calls.length).toBe(1);
  });
});
