/** EC2 and container metadata: what is asked, what is tolerated, what is an error. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import type { ImdsBehavior } from "../cloud/imds.ts";
import { startProxy } from "../cloud/proxy.ts";
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

const NAMED =
  "[profile i]\nrole_arn = arn:aws:iam::123456789012:role/marketingadminrole\ncredential_source = Ec2InstanceMetadata\n";

/** `export`, with nothing to find but the metadata. */
async function exported(env: Record<string, string>, args: readonly string[] = [], config?: string) {
  home = makeHome({ config, env: { AWS_ENDPOINT_URL_STS: cloud.sts.url } });
  const outcome = await home.run(["export", ...args], { env });
  return { ...outcome, credentials: outcome.stdout === "" ? undefined : JSON.parse(outcome.stdout) };
}

const imdsAt = () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: cloud.imds.url });
const containerAt = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.container.url}/v2/credentials/x` });
const asked = () => cloud.imds.requests.map((request) => `${request.method} ${request.target}`);

const TOKEN = "PUT /latest/api/token";
const ROLES = "GET /latest/meta-data/iam/security-credentials/";
const KEYS = `${ROLES}instance`;
const BUSY = { status: 500, body: "busy" };

describe("EC2 metadata", () => {
  const rows: readonly [
    what: string,
    behavior: Partial<ImdsBehavior>,
    env: Record<string, string>,
    expected: "credentials" | RegExp,
    requests: readonly string[],
  ][] = [
    ["IMDSv2: token, role, keys", {}, {}, "credentials", [TOKEN, ROLES, KEYS]],
    [
      "no token service (404): IMDSv1",
      { token: { status: 404 }, requireToken: false },
      {},
      "credentials",
      [TOKEN, ROLES, KEYS],
    ],
    [
      "tokens refused (403): IMDSv1",
      { token: { status: 403 }, requireToken: false },
      {},
      "credentials",
      [TOKEN, ROLES, KEYS],
    ],
    [
      "token request not allowed (405): IMDSv1",
      { token: { status: 405 }, requireToken: false },
      {},
      "credentials",
      [TOKEN, ROLES, KEYS],
    ],
    [
      "the token never comes (hop limit): IMDSv1",
      { token: "hang", requireToken: false },
      {},
      "credentials",
      [TOKEN, ROLES, KEYS],
    ],
    [
      "the token never comes, and IMDSv1 is refused",
      { token: "hang" },
      {},
      /EC2 metadata: the EC2 instance metadata answered HTTP 401[\s\S]*set the instance's hop limit to 2/,
      [TOKEN, ROLES],
    ],
    ["a bad request (400) ends it", { token: { status: 400 } }, {}, /refused to give a token \(HTTP 400\)/, [TOKEN]],
    [
      "a failing token service: attempts, then IMDSv1",
      { token: BUSY, requireToken: false },
      { AWS_METADATA_SERVICE_NUM_ATTEMPTS: "2" },
      "credentials",
      [TOKEN, TOKEN, ROLES, KEYS],
    ],
    [
      "IMDSv1 forbidden",
      { token: { status: 404 }, requireToken: false },
      { AWS_EC2_METADATA_V1_DISABLED: "true" },
      /error\[ec2-metadata-v1-disabled\]/,
      [TOKEN],
    ],
    ["no role attached", { role: undefined }, {}, /EC2 metadata: the EC2 instance has no role/, [TOKEN, ROLES]],
    [
      "an error of its own",
      { credentials: { body: '{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"}' } },
      {},
      /AssumeRoleUnauthorizedAccess: EC2 cannot assume the role/,
      [TOKEN, ROLES, KEYS],
    ],
    ["no JSON", { credentials: { body: "nonsense" } }, {}, /something that cannot be read/, [TOKEN, ROLES, KEYS]],
    [
      "a captive portal, which takes every path for its own",
      { always: { body: "<html>please log in</html>" } },
      {},
      /a proxy or a captive portal answered GET .* in place of the EC2 instance metadata \(HTTP 200\)/,
      [TOKEN, ROLES],
    ],
    [
      "half an answer",
      { credentials: { body: '{"AccessKeyId":"AKIA"}' } },
      {},
      /without SecretAccessKey, Token, Expiration/,
      [TOKEN, ROLES, KEYS],
    ],
    [
      "a failure within the attempts",
      { next: [BUSY, BUSY] },
      { AWS_METADATA_SERVICE_NUM_ATTEMPTS: "3" },
      "credentials",
      [TOKEN, TOKEN, TOKEN, ROLES, KEYS],
    ],
    [
      "a redirect is not followed",
      { credentials: { status: 302, headers: { location: "/latest/" } } },
      {},
      /answered HTTP 302/,
      [TOKEN, ROLES, KEYS],
    ],
    ["disabled", {}, { AWS_EC2_METADATA_DISABLED: "TRUE" }, /disabled, because AWS_EC2_METADATA_DISABLED is true/, []],
  ];
  for (const [what, behavior, env, expected, requests] of rows) {
    test(what, async () => {
      Object.assign(cloud.imds.behavior, behavior);
      const { exitCode, stdout, stderr, credentials } = await exported({ ...imdsAt(), ...env });
      if (expected === "credentials") {
        expect(stderr).toBe("");
        expect(cloud.iam.principal(credentials.AccessKeyId)?.arn).toContain("assumed-role/instance/");
      } else {
        expect(stdout).toBe("");
        expect(stderr).toMatch(expected);
        expect(exitCode).toBe(1);
      }
      expect(asked()).toEqual([...requests]);
    });
  }

  test("the token goes with every request", async () => {
    await exported(imdsAt());
    const [first, ...others] = cloud.imds.requests;
    expect(first?.headers["x-aws-ec2-metadata-token-ttl-seconds"]).toBe("21600");
    for (const { headers } of others) expect(headers["x-aws-ec2-metadata-token"]).toMatch(/^\S{40,}$/);
  });

  test("a role's name with all that it may have is asked for as the AWS CLI does", async () => {
    cloud.imds.behavior.role = "my+role=of,a.team@work_1-x";
    expect((await exported(imdsAt())).exitCode).toBe(0);
    expect(asked()).toEqual([TOKEN, ROLES, `${ROLES}my+role=of,a.team@work_1-x`]);
  });

  test("a source that was named gets patience: it may be slow while the instance boots", async () => {
    cloud.imds.behavior.next = [BUSY, BUSY];
    const { exitCode, stderr } = await exported(imdsAt(), ["-p", "i"], NAMED);
    expect([stderr, exitCode]).toEqual(["", 0]);
  });

  test("a source that was named and is not there is an error that names it", async () => {
    const { exitCode, stderr } = await exported(
      { AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9" },
      ["-p", "i"],
      NAMED,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error[credential-source-empty]");
    expect(stderr).toContain(".aws/config:3:21");
  });

  test("credentials near their end are prolonged, and -v says so", async () => {
    cloud.imds.behavior.expiresIn = 60;
    const { credentials, stderr } = await exported(imdsAt(), ["-v"]);
    const left = (Date.parse(credentials.Expiration) - Date.now()) / 60_000;
    expect(left).toBeGreaterThan(15);
    expect(left).toBeLessThanOrEqual(25);
    expect(stderr).toContain("the metadata has none newer");
  });

  test("the error tells what was passed over", async () => {
    const { stderr } = await exported({ AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9" });
    for (const line of ["environment", "shared files", "web identity", "container", "EC2 metadata: nothing answers"]) {
      expect(stderr).toContain(`= tried: ${line}`);
    }
  });
});

describe("container credentials", () => {
  const rows: readonly [
    what: string,
    env: () => Record<string, string>,
    expected: "credentials" | RegExp,
    requests: number,
  ][] = [
    ["the full URI", containerAt, "credentials", 1],
    [
      "a failing endpoint is asked three times",
      () => {
        cloud.container.behavior.next = [BUSY, "reset"];
        return containerAt();
      },
      "credentials",
      3,
    ],
    [
      "and not a fourth time",
      () => {
        cloud.container.behavior.next = [BUSY, BUSY, BUSY];
        return containerAt();
      },
      /error\[container-credentials-failed\].*HTTP 500/,
      3,
    ],
    [
      "EC2 is not asked in its stead",
      () => {
        cloud.container.behavior.next = [BUSY, BUSY, BUSY];
        return { ...containerAt(), ...imdsAt() };
      },
      /container-credentials-failed/,
      3,
    ],
    [
      "its own error is shown",
      () => {
        cloud.container.behavior.next = Array(3).fill({
          status: 403,
          body: '{"code":"NoRole","message":"no role for this task"}',
        });
        return containerAt();
      },
      /NoRole: no role for this task/,
      3,
    ],
    [
      "half an answer",
      () => {
        cloud.container.behavior.next = [{ body: '{"AccessKeyId":"AKIA"}' }];
        return containerAt();
      },
      /without SecretAccessKey, Token, Expiration/,
      1,
    ],
    [
      "expired when they come",
      () => {
        cloud.container.behavior.expiresIn = -60;
        return containerAt();
      },
      /error\[credentials-expired\]/,
      1,
    ],
    [
      "a host that may not be asked",
      () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://metadata.example/x" }),
      /error\[container-endpoint-refused\]/,
      0,
    ],
    [
      "a URI without a host",
      () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: "/v2/credentials/x" }),
      /error\[container-endpoint-refused\]/,
      0,
    ],
    [
      "a relative URI that is none",
      () => ({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "@evil.example/x" }),
      /error\[container-endpoint-refused\]/,
      0,
    ],
    [
      "a token with a line break",
      () => ({ ...containerAt(), AWS_CONTAINER_AUTHORIZATION_TOKEN: "a\nb" }),
      /error\[container-token-invalid\]/,
      0,
    ],
    [
      "a token file that is not there",
      () => ({ ...containerAt(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/no/such" }),
      /error\[container-token-invalid\].*does not exist/,
      0,
    ],
  ];
  for (const [what, env, expected, requests] of rows) {
    test(what, async () => {
      const { stdout, stderr, credentials } = await exported(env());
      if (expected === "credentials") {
        expect(stderr).toBe("");
        expect(cloud.iam.principal(credentials.AccessKeyId)?.arn).toContain("assumed-role/task/");
      } else {
        expect(stdout).toBe("");
        expect(stderr).toMatch(expected);
      }
      expect(cloud.container.requests.length).toBe(requests);
      expect(cloud.imds.requests).toEqual([]);
    });
  }

  describe("the authorization token", () => {
    test("comes from the variable", async () => {
      cloud.container.behavior.token = "Basic abc";
      const { exitCode } = await exported({ ...containerAt(), AWS_CONTAINER_AUTHORIZATION_TOKEN: "Basic abc" });
      expect(exitCode).toBe(0);
    });

    test("comes from the file before the variable, and is read at every request", async () => {
      cloud.container.behavior.token = "rotated";
      home = makeHome();
      const file = home.write("token", "old");
      // Whoever provides the token replaces it once the old one was refused.
      cloud.container.onRequest = () => void home.write("token", "rotated");
      const env = {
        ...containerAt(),
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: "other",
      };
      expect((await home.run(["export"], { env })).exitCode).toBe(0);
    });

    test("with the newline that echo leaves is an error that says so", async () => {
      home = makeHome();
      const file = home.write("token", "from-file\n");
      const env = { ...containerAt(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file };
      const { stderr, exitCode } = await home.run(["export"], { env });
      expect(exitCode).toBe(2);
      expect(stderr).toContain("printf %s leaves none");
      expect(stderr).not.toContain("from-file");
    });
  });
});

describe("the password in a URL of a metadata service is not shown", () => {
  const url = "http://me:hunter2@127.0.0.1:9/x";
  for (const name of ["AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]) {
    test(name, async () => {
      const { stderr, exitCode } = await exported({ [name]: url }, ["-v"]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("@127.0.0.1:9");
      expect(stderr).not.toContain("hunter2");
    });
  }
});

describe("a proxy in the environment", () => {
  test("never sees a metadata request", async () => {
    const proxy = await startProxy();
    const env = { HTTP_PROXY: proxy.url, http_proxy: proxy.url, ALL_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    try {
      for (const where of [imdsAt(), containerAt()]) {
        const { exitCode, stderr } = await exported({ ...where, ...env });
        expect([stderr, exitCode]).toEqual(["", 0]);
        home.remove();
      }
      expect(proxy.asked).toEqual([]);
    } finally {
      await proxy.stop();
    }
  });
});
