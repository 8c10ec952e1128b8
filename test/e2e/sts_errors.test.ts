/** The errors for error responses of STS. Each is in a golden file that has the name of its situation. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn, userArn } from "../cloud/iam.ts";
import type { Reaction, TestResponse } from "../cloud/server.ts";
import { errorResponse } from "../cloud/sts.ts";
import { keysSection } from "../support/aws_files.ts";
import { golden } from "../support/golden.ts";
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

const keys = (name: string, ...more: string[]) => `${keysSection(name, cloud.user1)}${more.join("\n")}\n`;
const profile = (name: string, role: string, ...lines: string[]) =>
  `[profile ${name}]\nrole_arn = ${role}\nsource_profile = user1\n${lines.join("\n")}\n`;

interface Situation {
  readonly config?: string;
  readonly credentials?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** The response to every request. */
  readonly response?: Reaction;
}

const DENIED = `User: ${userArn("user1")} is not authorized to perform: sts:AssumeRole on resource: ${roleArn("deploy")}`;
const denied = (rest: string) => errorResponse(403, "AccessDenied", `${DENIED} ${rest}`);
const minutesAhead = (response: TestResponse, minutes: number): TestResponse => ({
  ...response,
  headers: { ...response.headers, date: new Date(Date.now() + minutes * 60_000 + 20_000).toUTCString() },
});
const OTHER_REGION = "Credential should be scoped to a valid region, not 'eu-west-1'. ";
const jwt = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify({ iss: "https://oidc.example/id/1", ...claims })).toString("base64url")}.c2ln`;
const temporary = () => ({
  AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG",
  AWS_SESSION_TOKEN: "IQoJb3JpZ2luX2VjEXAMPLETOKEN",
});
const EXPIRED = errorResponse(403, "ExpiredToken", "The security token included in the request is expired");
const pod = (home: string) => ({ AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: roleArn("pod") });

const ROWS: readonly [name: string, situation: () => Situation][] = [
  ["denied", () => ({ config: profile("a", roleArn("closed")) })],
  ["denied-option", () => ({ args: ["-p", "user1", "--role-arn", roleArn("closed")] })],
  ["denied-external-id", () => ({ config: profile("a", roleArn("partner"), "external_id = partner-43") })],
  [
    "denied-with-mfa",
    () => ({
      config: profile("a", roleArn("closed"), `mfa_serial = ${mfaArn("user1")}`, "external_id = xy"),
      args: ["-p", "a", "--mfa-code", "012345"],
    }),
  ],
  ["denied-other-account", () => ({ config: profile("a", "arn:aws:iam::210987654321:role/theirs") })],
  [
    "denied-second-role",
    () => ({
      config:
        profile("hub", roleArn("hub")) +
        `[profile a]\nrole_arn = ${roleArn("closed")}\nsource_profile = hub\nrole_session_name = me\n`,
      args: ["-p", "a", "--role-session-name", "me"],
    }),
  ],
  [
    "denied-by-scp",
    () => ({
      config: profile("a", roleArn("deploy")),
      response: denied("with an explicit deny in a service control policy"),
    }),
  ],
  [
    "denied-by-boundary",
    () => ({
      config: profile("a", roleArn("deploy")),
      response: denied("because no permissions boundary allows the sts:AssumeRole action"),
    }),
  ],
  [
    "denied-by-trust-policy",
    () => ({
      config: profile("a", roleArn("deploy")),
      response: denied("because no resource-based policy allows the sts:AssumeRole action"),
    }),
  ],
  [
    "denied-tags",
    () => ({
      config: profile("a", roleArn("deploy")),
      args: ["-p", "a", "--tag", "team=x"],
      response: errorResponse(403, "AccessDenied", DENIED.replace("AssumeRole", "TagSession")),
    }),
  ],
  [
    "mfa-code-rejected",
    () => ({
      config: profile("a", roleArn("guarded"), `mfa_serial = ${mfaArn("user1")}`),
      args: ["-p", "a", "--mfa-code", "999999"],
    }),
  ],
  [
    "region-of-another-endpoint",
    () => ({
      config: profile("a", roleArn("deploy"), "region = eu-west-1"),
      response: errorResponse(403, "SignatureDoesNotMatch", OTHER_REGION),
    }),
  ],
  [
    "service-of-another-endpoint",
    () => ({
      config: profile("a", roleArn("deploy")),
      args: ["-p", "a", "--region", "eu-west-1"],
      response: errorResponse(403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 's3'. "),
    }),
  ],
  [
    "response-of-a-proxy",
    () => ({
      config: profile("a", roleArn("deploy")),
      response: {
        status: 403,
        headers: { "content-type": "text/html" },
        body: "<html><h1>Blocked by policy</h1></html>",
      },
    }),
  ],
  ["clock", () => ({ config: profile("a", roleArn("deploy")), response: minutesAhead(EARLY, 7) })],
  ["expired-environment", () => ({ args: ["--role-arn", roleArn("deploy")], env: temporary(), response: EXPIRED })],
  [
    "expired-file",
    () => ({
      credentials: keys("user1", "aws_session_token = IQoJb3JpZ2luX2VjEXAMPLETOKEN"),
      config: profile("a", roleArn("deploy")),
      response: EXPIRED,
    }),
  ],
  [
    "expired-process",
    () => ({
      config: `[default]\ncredential_process = sh -c 'echo "{\\"Version\\":1,\\"AccessKeyId\\":\\"ASIAX\\",\\"SecretAccessKey\\":\\"made-up-key\\",\\"SessionToken\\":\\"made-up-token\\"}"'\n`,
      args: ["--role-arn", roleArn("deploy")],
      response: EXPIRED,
    }),
  ],
  [
    "region-disabled",
    () => ({
      config: profile("a", roleArn("deploy"), "region = ap-east-1"),
      response: errorResponse(
        403,
        "RegionDisabledException",
        "STS is not activated in this region for account:123456789012.",
      ),
    }),
  ],
  [
    "unknown-key",
    () => ({
      credentials: "[user1]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG\n",
      config: profile("a", roleArn("deploy")),
    }),
  ],
  [
    "unknown-key-stale-token",
    () => ({ env: { ...temporary(), AWS_ACCESS_KEY_ID: "AKIAEXAMPLE" }, args: ["--role-arn", roleArn("deploy")] }),
  ],
  [
    "wrong-secret",
    () => ({
      credentials: `[user1]\naws_access_key_id = ${cloud.user1.accessKeyId}\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG\n`,
      config: profile("a", roleArn("deploy")),
    }),
  ],
  ["duration", () => ({ config: profile("a", roleArn("marketingadminrole"), "duration_seconds = 43200") })],
  [
    "token-invalid",
    () => ({
      args: [],
      env: pod(home.path),
      files: { token: jwt({}) },
      response: errorResponse(
        400,
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account for https://oidc.example/id/1",
      ),
    }),
  ],
  ["token-no-jwt", () => ({ args: [], env: pod(home.path), files: { token: "secret-but-no-token" } })],
  [
    "token-rejected",
    () => ({
      args: [],
      env: pod(home.path),
      files: { token: jwt({}) },
      response: errorResponse(403, "IDPRejectedClaim", "The identity provider rejected the claim"),
    }),
  ],
  [
    "token-expired",
    () => ({
      args: [],
      env: pod(home.path),
      files: { token: jwt({ exp: 1767323045 }) },
      response: errorResponse(
        400,
        "ExpiredTokenException",
        "Token expired: current date/time 1 must be before the expiration date/time 2",
      ),
    }),
  ],
  [
    "token-unchecked",
    () => ({
      args: [],
      env: { ...pod(home.path), AWS_MAX_ATTEMPTS: "1" },
      files: { token: jwt({}) },
      response: errorResponse(
        400,
        "IDPCommunicationError",
        "Couldn't retrieve verification key from your identity provider",
      ),
    }),
  ],
  [
    "token-denied",
    () => ({
      args: [],
      env: { ...pod(home.path), AWS_ROLE_ARN: roleArn("closed") },
      files: { token: jwt({}) },
    }),
  ],
];

const EARLY = errorResponse(
  403,
  "SignatureDoesNotMatch",
  "Signature expired: 20260102T030405Z is now earlier than 20260102T030600Z (20260102T031100Z - 5 min.)",
);

test("the error for a cached session that has expired, and cannot be replaced, names the session", async () => {
  home = makeHome({ env: { AWS_ENDPOINT_URL_STS: cloud.sts.url } });
  home.write(".aws/credentials", keys("user1"));
  home.write(".aws/config", profile("a", roleArn("marketingadminrole")));
  expect((await home.run(["export", "-p", "a"])).exitCode).toBe(0);
  // The second response is for the new session.
  cloud.sts.react(EXPIRED, EXPIRED);
  const { stderr } = await home.run(["whoami", "-p", "a"]);
  expect(stderr).toContain('the session token of the profile "user1" has expired');
  expect(stderr).toContain(`AWS rejected the session of ${roleArn("marketingadminrole")}, which was cached`);
});

describe("golden files", () => {
  for (const [name, situation] of ROWS) {
    test(name, async () => {
      home = makeHome({ env: { AWS_ENDPOINT_URL_STS: cloud.sts.url } });
      const { config, credentials = keys("user1"), args = ["-p", "a"], env = {}, files = {}, response } = situation();
      if (config !== undefined) home.write(".aws/config", config);
      home.write(".aws/credentials", credentials);
      for (const [file, text] of Object.entries(files)) home.write(file, text);
      if (response !== undefined) cloud.sts.react(...Array(5).fill(response));
      const { stdout, stderr, exitCode } = await home.run(["export", ...args], { env });
      const shown = stderr
        .replaceAll(home.path, "/home/me")
        .replaceAll(cloud.sts.url, "http://sts.example")
        .replace(/(\d+ min) \d+ s\b/, "$1")
        .replace(/session-\d+/g, "session-1");
      expect([stdout, exitCode]).toEqual(["", 1]);
      expect(shown).toBe(golden(`errors/sts/${name}.txt`, shown));
      for (const secret of ["IQoJb3JpZ2luX2VjEXAMPLETOKEN", "wJalrXUtnFEMI/K7MDENG", "secret-but-no-token", "c2ln"]) {
        expect(stderr).not.toContain(secret);
      }
    });
  }
});
