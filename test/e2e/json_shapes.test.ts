/** The shape of all JSON output: the documented keys and values, and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { explainHome, SITUATIONS } from "../support/explain_situations.ts";
import {
  anything,
  boolean,
  count,
  either,
  listOf,
  mapOf,
  nullValue,
  object,
  oneOf,
  position,
  type Shape,
  text,
  timestamp,
} from "../support/shape.ts";
import { type HomeFiles, makeHome } from "../support/subject.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => await cloud.stop());

function expectShape(shape: Shape, stdout: string): void {
  const value: unknown = JSON.parse(stdout);
  expect(shape(value, "$")).toEqual([]);
}

const FILE_POSITION = object({ file: text, line: position, column: position });
const FROM = either(FILE_POSITION, object({ variable: text }), object({ option: text }), object({ default: text }));
const OVER = listOf(object({ value: anything, from: FROM }));
const sourced = (value: Shape) => object({ value, from: FROM }, { over: OVER });

describe("explain", () => {
  const cache = object(
    { state: oneOf("hit", "miss", "expired", "ends-soon", "off") },
    { key: text, file: text, expiration: timestamp },
  );
  const token = object(
    { state: oneOf("valid", "refreshable", "expired", "missing"), canRefresh: boolean },
    { file: text, expiration: timestamp, registrationExpiration: timestamp },
  );
  const previewKeys = { isNeeded: boolean, cache, mfaCodeFrom: oneOf("person", "option", "process", "nobody") };
  const settings = mapOf(sourced(anything));
  const step = (
    kind: string,
    required: Readonly<Record<string, Shape>>,
    optional: Readonly<Record<string, Shape>> = {},
  ) => object({ kind: oneOf(kind), from: FROM, isNeeded: boolean, ...required }, { ...previewKeys, ...optional });
  const STEPS: Readonly<Record<string, Shape>> = {
    environment: step("environment", { settings }, { expiration: text }),
    static: step("static", { profile: text, file: oneOf("config", "credentials") }),
    process: step("process", { profile: text, program: text }),
    sso: step(
      "sso",
      { profile: text, settings, accountId: text, roleName: text, startUrl: text, region: text },
      { session: text, portalEndpoint: text, oidcEndpoint: text, token },
    ),
    login: step("login", { profile: text, settings, session: text }, { region: text, endpoint: text, token }),
    "web-identity": step("web-identity", { settings, roleArn: text, tokenFile: text }, { roleSessionName: text }),
    container: step("container", { url: text }),
    ec2: step("ec2", {
      settings,
      named: boolean,
      endpoint: text,
      timeoutSeconds: anything,
      attempts: count,
      v1: boolean,
    }),
    "assume-role": step(
      "assume-role",
      { roleArn: text, settings },
      {
        profile: text,
        sourceProfile: text,
        credentialSource: oneOf("Environment", "Ec2InstanceMetadata", "EcsContainer"),
        roleSessionName: text,
        externalId: text,
        durationSeconds: count,
        mfaSerial: text,
        mfaProcess: text,
        policy: text,
        policyArns: listOf(text),
        tags: listOf(anything),
        transitiveTagKeys: listOf(text),
        sourceIdentity: text,
      },
    ),
  };
  const EXPLANATION = object(
    {
      profile: sourced(text),
      region: sourced(either(text, nullValue)),
      stsEndpoint: object(
        { value: either(text, nullValue), from: FROM, reason: text, signingRegion: either(text, nullValue) },
        { over: OVER },
      ),
      steps: listOf((value, path) => {
        const kind = typeof value === "object" && value !== null && "kind" in value ? String(value.kind) : "";
        return STEPS[kind]?.(value, path) ?? [`${path}: unknown kind "${kind}"`];
      }),
      services: object({ attempts: sourced(count) }, { caBundle: sourced(text), proxy: sourced(text) }),
      cache: object({ minTtl: sourced(count) }),
      passedOver: listOf(text),
      ignored: listOf(object({ what: text, from: FROM, why: text })),
    },
    {
      mfaSession: object(
        { from: FROM, settings, mfaSerial: text, isNeeded: boolean },
        { mfaProcess: text, durationSeconds: count, ...previewKeys },
      ),
    },
  );
  const seen = new Set<string>();

  test.each(Object.entries(SITUATIONS))("%s", async (_, situation) => {
    const home = explainHome(situation);
    const { stdout, exitCode } = await home.run(["explain", "--json", ...(situation.args ?? [])]);
    home.remove();
    expect(exitCode).toBe(0);
    expectShape(EXPLANATION, stdout);
    const { steps }: { steps: readonly { kind: string }[] } = JSON.parse(stdout);
    for (const { kind } of steps) seen.add(kind);
    expect(steps.slice(1).every(({ kind }) => kind === "assume-role")).toBe(true);
  });

  test("the situations cover every kind of step", () => {
    expect([...seen].sort()).toEqual(Object.keys(STEPS).sort());
  });
});

const KEYS =
  "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
const ARN = "role_arn = arn:aws:iam::123456789012:role/deploy\n";

describe("probe", () => {
  const STATES = ["available", "absent", "misconfigured", "unreachable", "refused"];
  const row = object(
    {
      source: oneOf("environment", "shared-files", "web-identity", "container", "ec2", "sts"),
      state: oneOf(...STATES),
      detail: text,
      ms: count,
      hints: listOf(text),
    },
    {
      ways: listOf(object({ way: oneOf("IMDSv2", "IMDSv1", "IPv4", "IPv6"), detail: text, ms: count })),
      clockOffsetSeconds: anything,
    },
  );
  const seen = new Set<string>();
  const rows: readonly [name: string, sources: number, args: readonly string[], home: () => HomeFiles][] = [
    ["no source", 5, [], () => ({ env: { AWS_EC2_METADATA_DISABLED: "true" } })],
    ["an instance and STS", 6, ["--sts"], () => ({ credentials: `[default]\n${KEYS}` })],
    ["broken files", 5, [], () => ({ config: "[default\n" })],
    [
      "an unreachable container endpoint",
      5,
      [],
      () => ({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9/x" } }),
    ],
    [
      "a container endpoint that returns an error",
      5,
      [],
      () => ({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.sts.url}/x` } }),
    ],
  ];
  test.each(rows)("%s", async (_, sources, args, files) => {
    const made = files();
    const env = { ...imdsVariables(cloud.imds), AWS_ENDPOINT_URL_STS: cloud.sts.url, ...made.env };
    const home = makeHome({ ...made, env });
    const { stdout } = await home.run(["probe", "--json", ...args]);
    home.remove();
    expectShape(listOf(row), stdout);
    const found: readonly { state: string }[] = JSON.parse(stdout);
    expect(found).toHaveLength(sources);
    for (const { state } of found) seen.add(state);
  });

  test("the situations cover every state", () => {
    expect([...seen].sort()).toEqual(STATES.toSorted());
  });
});

/** The values of a key in a list of objects, each once and sorted. */
function distinctValues(stdout: string, key: string): string[] {
  const list: readonly Record<string, string>[] = JSON.parse(stdout);
  return [...new Set(list.map((item) => item[key] ?? ""))].sort();
}

test("check", async () => {
  const home = makeHome({
    config: `[default]\nregoin = x\ncolour = red\n[profile a]\n${ARN}source_profile = gone\n`,
    credentials: `[default]\n${KEYS}`,
  });
  const { stdout } = await home.run(["check", "--json"]);
  home.remove();
  const finding = {
    code: text,
    severity: oneOf("error", "warning", "note"),
    message: text,
    file: text,
    line: position,
    column: position,
  };
  expectShape(listOf(object({ ...finding, help: listOf(text), fixable: boolean })), stdout);
  expect(distinctValues(stdout, "severity")).toEqual(["error", "note", "warning"]);
});

test("profiles", async () => {
  const sso =
    "sso_start_url = https://x.example/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = R\n";
  const home = makeHome({
    config: `[default]\n[profile role]\n${ARN}source_profile = keys\n[profile program]\ncredential_process = true\n[profile sso]\n${sso}[profile login]\nlogin_session = arn:aws:iam::123456789012:user/me\n[profile pod]\n${ARN}web_identity_token_file = /token\n[profile broken]\n${ARN}source_profile = gone\n`,
    credentials: `[keys]\n${KEYS}`,
  });
  const { stdout } = await home.run(["profiles", "--json"]);
  home.remove();
  const kinds = ["broken", "login", "none", "process", "role", "sso", "static", "web-identity"];
  const orNull = either(text, nullValue);
  const profile = {
    name: text,
    kind: oneOf(...kinds),
    roleArn: orNull,
    sourceProfile: orNull,
    credentialSource: orNull,
    region: orNull,
    chosen: boolean,
    from: FILE_POSITION,
  };
  expectShape(listOf(object(profile, { error: object({ code: text, message: text }) })), stdout);
  expect(distinctValues(stdout, "kind")).toEqual(kinds);
});

test("whoami, export and cache", async () => {
  const { accessKeyId, secretAccessKey } = cloud.user1;
  const home = makeHome({
    config: "[profile m]\nrole_arn = arn:aws:iam::123456789012:role/marketingadminrole\nsource_profile = default\n",
    credentials: `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
  });
  const printed = async (...args: string[]) => (await home.run(args)).stdout;
  expectShape(object({ account: text, arn: text, userId: text }), await printed("whoami", "--json", "-p", "m"));
  const keys = { Version: count, AccessKeyId: text, SecretAccessKey: text };
  expectShape(object({ ...keys, SessionToken: text, Expiration: text }), await printed("export", "-p", "m"));
  expectShape(object(keys), await printed("export"));
  const session = object({ kind: oneOf("role"), file: text, session: text, accountId: text, expiration: timestamp });
  const whole = object({ removed: listOf(session), kept: listOf(session) });
  expectShape(listOf(session), await printed("cache", "list", "--json"));
  expectShape(whole, await printed("cache", "clear", "--json"));
  expect(await printed("cache", "list", "--json")).toBe("[]\n");
  home.remove();
});

test("ROLECALL_PROFILE and ROLECALL_SETTINGS apply to commands without --profile", async () => {
  const home = makeHome({
    config: "[profile a]\n[default]\n",
    credentials: `[a]\n${KEYS}`,
    env: { AWS_EC2_METADATA_DISABLED: "true" },
  });
  const env = { ROLECALL_PROFILE: "a", AWS_PROFILE: "default" };
  const list = await home.run(["profiles", "--json"], { env });
  expect(JSON.parse(list.stdout)).toMatchObject([
    { name: "a", chosen: true },
    { name: "default", chosen: false },
  ]);
  const probed = await home.run(["probe"], { env });
  expect(probed.stdout).toContain('profile "a": access key');
  const settings = home.write("settings.toml", "metadata = 1\n");
  const broken = await home.run(["probe"], { env: { ROLECALL_SETTINGS: settings } });
  expect([broken.stderr.split(":")[0], broken.exitCode]).toEqual(["error[settings-invalid]", 2]);
  home.remove();
});
