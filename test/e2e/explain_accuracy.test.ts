/** What `explain` prints is what other commands do: the roles and their parameters, the host, the cache, MFA prompts. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { startProxy, type TestProxy } from "../cloud/proxy.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const profile = (name: string, ...lines: string[]) => `[profile ${name}]\n${lines.join("\n")}\n`;
const role = (name: string) => `role_arn = ${roleArn(name)}`;

const CONFIG =
  profile("m", role("marketingadminrole"), "source_profile = user1") +
  profile("partner", role("partner"), "source_profile = user2", "external_id = partner-42", "duration_seconds = 1800") +
  profile("hub", role("hub"), "source_profile = user1") +
  profile("deploy", role("deploy"), "source_profile = hub", "role_session_name = build-7") +
  profile("guarded", role("guarded"), "source_profile = user1", `mfa_serial = ${mfaArn("user1")}`) +
  profile("ec2", role("marketingadminrole"), "credential_source = Ec2InstanceMetadata") +
  profile("env", role("marketingadminrole"), "credential_source = Environment") +
  profile("web", role("pod"), "web_identity_token_file = token", "external_id = not-sent");

const SETTINGS = `[role.tagged]
role_arn = "${roleArn("deploy")}"
source_profile = "user1"
via = ["${roleArn("hub")}"]
tags = { team = "platform" }
`;

interface Run {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function setUp(env: Readonly<Record<string, string>> = {}): void {
  const keys = (["user1", "user2"] as const).map((name) => keysSection(name, cloud[name]));
  home = makeHome({
    config: CONFIG,
    credentials: keys.join(""),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, ...imdsVariables(cloud.imds), ...env },
  });
  home.write("token", "header.web-identity.signature");
  home.write(".config/rolecall/config.toml", SETTINGS);
}

async function explained({ args = [], env = {} }: Run) {
  const { stdout, stderr } = await home.run(["explain", "--json", ...args], { env });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** The calls that STS receives during `export`. */
async function callsOfExport({ args = [], env = {} }: Run) {
  const before = cloud.sts.calls.length;
  const { stderr, exitCode } = await home.run(["export", ...args], { env });
  expect([stderr, exitCode]).toEqual(["", 0]);
  return cloud.sts.calls.slice(before);
}

const environmentKeys = () => ({
  AWS_ACCESS_KEY_ID: cloud.user2.accessKeyId,
  AWS_SECRET_ACCESS_KEY: cloud.user2.secretAccessKey,
});

describe("the roles and the endpoint of STS", () => {
  const rows: readonly [what: string, run: () => Run, source: string, roles: number][] = [
    ["a role", () => ({ args: ["-p", "m"] }), "static", 1],
    ["a role's settings", () => ({ args: ["-p", "partner", "--region", "eu-west-1"] }), "static", 1],
    ["an option that overrides them", () => ({ args: ["-p", "partner", "--duration-seconds", "20m"] }), "static", 1],
    ["a chain", () => ({ env: { AWS_PROFILE: "deploy", AWS_REGION: "eu-west-1" } }), "static", 2],
    ["--role-arn with a role profile", () => ({ args: ["-p", "hub", "--role-arn", roleArn("deploy")] }), "static", 2],
    ["a role of the settings file", () => ({ args: ["--role", "tagged"] }), "static", 2],
    ["MFA", () => ({ args: ["-p", "guarded", "--mfa-code", "123456"] }), "static", 1],
    ["EC2", () => ({ args: ["-p", "ec2"] }), "ec2", 1],
    [
      "the environment, named by credential_source",
      () => ({ args: ["-p", "env"], env: environmentKeys() }),
      "environment",
      1,
    ],
    [
      "the environment, which overrides AWS_PROFILE",
      () => ({ env: { ...environmentKeys(), AWS_PROFILE: "m" } }),
      "environment",
      0,
    ],
    ["--profile, which overrides the environment", () => ({ args: ["-p", "m"], env: environmentKeys() }), "static", 1],
    ["a web identity", () => ({ args: ["-p", "web"] }), "web-identity", 0],
  ];
  for (const [what, run, source, roles] of rows) {
    test(what, async () => {
      setUp();
      const plan = await explained(run());
      const calls = await callsOfExport(run());
      const steps = plan.steps.filter((step: { roleArn?: string }) => step.roleArn !== undefined);
      expect([plan.steps[0].kind, plan.steps.length - 1]).toEqual([source, roles]);
      expect(calls.length).toBe(steps.length);
      for (const [index, { action, parameters, host, region }] of calls.entries()) {
        const step = steps[index];
        expect(`http://${host}`).toBe(plan.stsEndpoint.value);
        // AssumeRoleWithWebIdentity is not signed. explain does not request the instance's region.
        if (action === "AssumeRole" && source !== "ec2") expect(region).toBe(plan.stsEndpoint.signingRegion);
        expect(parameters.RoleArn).toBe(step.roleArn);
        expect(parameters.ExternalId).toBe(step.externalId);
        expect(parameters.DurationSeconds).toBe(step.durationSeconds?.toString());
        expect(parameters.SerialNumber).toBe(step.mfaSerial);
        expect(parameters["Tags.member.1.Value"]).toBe(step.tags?.[0].value);
        if (step.roleSessionName !== undefined) expect(parameters.RoleSessionName).toBe(step.roleSessionName);
      }
    });
  }
});

describe("the cache", () => {
  const states = (plan: { steps: { isNeeded: boolean; cache?: { state: string } }[] }) =>
    plan.steps.map(({ isNeeded, cache }) => `${isNeeded ? "needed" : "not needed"} ${cache?.state ?? "-"}`);

  test("a missing session is requested, and is cached afterwards", async () => {
    setUp();
    const run = { args: ["-p", "deploy"] };
    expect(states(await explained(run))).toEqual(["needed -", "needed miss", "needed miss"]);
    await callsOfExport({ args: ["-p", "hub"] });
    expect(states(await explained(run))).toEqual(["not needed -", "needed hit", "needed miss"]);
    expect((await callsOfExport(run)).map(({ parameters }) => parameters.RoleArn)).toEqual([roleArn("deploy")]);
    const plan = await explained(run);
    expect(states(plan)).toEqual(["not needed -", "not needed hit", "needed hit"]);
    expect(await Bun.file(plan.steps[2].cache.file).exists()).toBe(true);
    expect(await callsOfExport(run)).toEqual([]);
    expect(states(await explained({ args: [...run.args, "--no-cache"] }))).toEqual([
      "needed -",
      "needed off",
      "needed off",
    ]);
    expect(states(await explained({ args: [...run.args, "--min-ttl", "2h"] }))).toEqual([
      "needed -",
      "needed ends-soon",
      "needed ends-soon",
    ]);
  });

  test("a web identity's session", async () => {
    setUp();
    const run = { args: ["-p", "web"] };
    expect(states(await explained(run))).toEqual(["needed miss"]);
    await callsOfExport(run);
    expect(states(await explained(run))).toEqual(["needed hit"]);
  });

  test("an MFA code is needed only if no session is cached", async () => {
    setUp();
    const run = { args: ["-p", "guarded"] };
    expect((await explained(run)).steps[1].mfaCodeFrom).toBe("person");
    expect((await explained({ args: [...run.args, "--no-input"] })).steps[1].mfaCodeFrom).toBe("nobody");
    await callsOfExport({ args: [...run.args, "--mfa-code", "123456"] });
    expect((await explained(run)).steps[1].mfaCodeFrom).toBeUndefined();
  });

  test("an MFA session", async () => {
    setUp();
    const run = { args: ["-p", "guarded", "--mfa-session"] };
    const session = async () => {
      const { mfaSession, steps } = await explained(run);
      return [mfaSession.cache.state, mfaSession.mfaCodeFrom, mfaSession.isNeeded, steps[1].mfaCodeFrom];
    };
    expect(await session()).toEqual(["miss", "person", true, undefined]);
    await callsOfExport({ args: [...run.args, "--mfa-code", "123456"] });
    expect(await session()).toEqual(["hit", undefined, false, undefined]);
  });
});

describe("the host, as a proxy sees it", () => {
  let proxy: TestProxy;
  beforeAll(async () => {
    proxy = await startProxy();
  });
  afterAll(async () => await proxy.stop());

  const region = (name: string) => ({ AWS_REGION: name });
  const rows: readonly [what: string, env: Readonly<Record<string, string>>, config?: string][] = [
    ["no region", {}],
    ["a region", region("eu-west-1")],
    ["China", region("cn-north-1")],
    ["GovCloud", region("us-gov-west-1")],
    ["GovCloud, FIPS", { ...region("us-gov-east-1"), AWS_USE_FIPS_ENDPOINT: "true" }],
    ["an isolated partition", region("us-iso-east-1")],
    ["FIPS", { ...region("us-west-2"), AWS_USE_FIPS_ENDPOINT: "true" }],
    ["dual stack", { ...region("eu-west-1"), AWS_USE_DUALSTACK_ENDPOINT: "true" }],
    [
      "FIPS and dual stack",
      { ...region("us-east-1"), AWS_USE_DUALSTACK_ENDPOINT: "true", AWS_USE_FIPS_ENDPOINT: "true" },
    ],
    ["legacy endpoints", { ...region("eu-west-1"), AWS_STS_REGIONAL_ENDPOINTS: "legacy" }],
    ["legacy endpoints, a newer region", { ...region("eu-south-1"), AWS_STS_REGIONAL_ENDPOINTS: "legacy" }],
    ["an endpoint of the profile", region("eu-west-1"), "[default]\nendpoint_url = https://vpce.example\n"],
  ];
  for (const [what, env, config] of rows) {
    test(what, async () => {
      const variables = { HTTPS_PROXY: proxy.url, AWS_MAX_ATTEMPTS: "1", ...environmentKeys() };
      home = makeHome({ config, env: variables });
      const plan = await explained({ env });
      expect(plan.services.proxy.value).toBe(proxy.url);
      expect(proxy.requests.length).toBe(seen);
      await home.run(["whoami"], { env });
      expect(proxy.requests.slice(seen).map((one) => one.what)).toEqual([
        `CONNECT ${new URL(plan.stsEndpoint.value).host}:443`,
      ]);
      seen = proxy.requests.length;
    });
  }
  let seen = 0;
});
