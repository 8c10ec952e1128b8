/** EC2 and container metadata: which requests are sent, which failures are retried and which are errors. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { type ImdsBehavior, imdsVariables } from "../cloud/imds.ts";
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

const CONFIGURED =
  "[profile i]\nrole_arn = arn:aws:iam::123456789012:role/marketingadminrole\ncredential_source = Ec2InstanceMetadata\n";

/** Runs `export` with no source of credentials except metadata. */
async function exported(env: Record<string, string>, args: readonly string[] = [], config?: string) {
  home = makeHome({ config, env: { AWS_ENDPOINT_URL_STS: cloud.sts.url } });
  const outcome = await home.run(["export", ...args], { env });
  return { ...outcome, credentials: outcome.stdout === "" ? undefined : JSON.parse(outcome.stdout) };
}

const ec2Endpoint = () => imdsVariables(cloud.imds);
const containerVariables = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.container.url}/v2/credentials/x` });
const requested = () => cloud.imds.requests.map((request) => `${request.method} ${request.target}`);

const TOKEN = "PUT /latest/api/token";
const ROLES = "GET /latest/meta-data/iam/security-credentials/";
const KEYS = `${ROLES}instance`;
/** For a request that gets no response. The next requests may take as long. */
const TIMEOUT = { AWS_METADATA_SERVICE_TIMEOUT: "3" };
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
      "no token service (404): uses IMDSv1",
      { token: { status: 404 }, requireToken: false },
      {},
      "credentials",
      [TOKEN, ROLES, KEYS],
    ],
    [
      "token rejected (403): uses IMDSv1",
      { token: { status: 403 }, requireToken: false },
      {},
      "credentials",
      [TOKEN, ROLES, KEYS],
    ],
    [
      "PUT not allowed (405): uses IMDSv1",
      { token: { status: 405 }, requireToken: false },
      {},
      "credentials",
      [TOKEN, ROLES, KEYS],
    ],
    [
      "no response to the token request (hop limit): uses IMDSv1",
      { token: "hang", requireToken: false },
      TIMEOUT,
      "credentials",
      [TOKEN, ROLES, KEYS],
    ],
    [
      "no response to the token request, and IMDSv1 is rejected",
      { token: "hang" },
      TIMEOUT,
      /EC2 metadata: the EC2 instance metadata service requires an IMDSv2 token \(HTTP 401\)[\s\S]*set the instance's hop limit to 2/,
      [TOKEN, ROLES],
    ],
    [
      "a bad token request (400) is an error",
      { token: { status: 400 } },
      {},
      /rejected the request for a token \(HTTP 400\)/,
      [TOKEN],
    ],
    [
      "a failing token service (500): retries, then uses IMDSv1",
      { token: BUSY, requireToken: false },
      { AWS_METADATA_SERVICE_NUM_ATTEMPTS: "2" },
      "credentials",
      [TOKEN, TOKEN, TOKEN, TOKEN, TOKEN, ROLES, KEYS],
    ],
    [
      "IMDSv1 disabled",
      { token: { status: 404 }, requireToken: false },
      { AWS_EC2_METADATA_V1_DISABLED: "true" },
      /error\[ec2-metadata-v1-disabled\]/,
      [TOKEN],
    ],
    ["no role attached", { role: undefined }, {}, /EC2 metadata: the EC2 instance has no role/, [TOKEN, ROLES]],
    [
      "an error document",
      { credentials: { body: '{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"}' } },
      {},
      /AssumeRoleUnauthorizedAccess: EC2 cannot assume the role/,
      [TOKEN, ROLES, KEYS],
    ],
    [
      "a response that is not JSON",
      { credentials: { body: "nonsense" } },
      {},
      /returned an unreadable response for GET/,
      [TOKEN, ROLES, KEYS],
    ],
    [
      "a captive portal that responds to every path",
      { always: { body: "<html>please log in</html>" } },
      {},
      /a proxy or captive portal responded to GET .* instead of the EC2 instance metadata service \(HTTP 200\)/,
      [TOKEN, ROLES],
    ],
    [
      "missing members",
      { credentials: { body: '{"AccessKeyId":"AKIA"}' } },
      {},
      /without SecretAccessKey, Token, Expiration/,
      [TOKEN, ROLES, KEYS],
    ],
    [
      "failures before the last attempt",
      { next: [BUSY, BUSY] },
      { AWS_METADATA_SERVICE_NUM_ATTEMPTS: "3" },
      "credentials",
      [TOKEN, TOKEN, TOKEN, ROLES, KEYS],
    ],
    [
      "a redirect is not followed",
      { credentials: { status: 302, headers: { location: "/latest/" } } },
      {},
      /returned HTTP 302/,
      [TOKEN, ROLES, KEYS],
    ],
    ["disabled", {}, { AWS_EC2_METADATA_DISABLED: "TRUE" }, /disabled, because AWS_EC2_METADATA_DISABLED is true/, []],
  ];
  for (const [what, behavior, env, expected, requests] of rows) {
    test(what, async () => {
      Object.assign(cloud.imds.behavior, behavior);
      const { exitCode, stdout, stderr, credentials } = await exported({ ...ec2Endpoint(), ...env });
      if (expected === "credentials") {
        expect(stderr).toBe("");
        expect(cloud.iam.principal(credentials.AccessKeyId)?.arn).toContain("assumed-role/instance/");
      } else {
        expect(stdout).toBe("");
        expect(stderr).toMatch(expected);
        expect(exitCode).toBe(1);
      }
      expect(requested()).toEqual([...requests]);
    });
  }

  test("the token is sent with every request", async () => {
    await exported(ec2Endpoint());
    const [tokenRequest, ...others] = cloud.imds.requests;
    expect(tokenRequest?.headers["x-aws-ec2-metadata-token-ttl-seconds"]).toBe("21600");
    for (const { headers } of others) expect(headers["x-aws-ec2-metadata-token"]).toMatch(/^\S{40,}$/);
  });

  test("special characters in a role name are sent unencoded, as by the AWS CLI", async () => {
    cloud.imds.behavior.role = "my+role=of,a.team@work_1-x";
    expect((await exported(ec2Endpoint())).exitCode).toBe(0);
    expect(requested()).toEqual([TOKEN, ROLES, `${ROLES}my+role=of,a.team@work_1-x`]);
  });

  for (const status of [503, 429, 500]) {
    test(`HTTP ${status}, as while the instance boots, is retried, although nothing names the instance`, async () => {
      cloud.imds.behavior.next = [{ status }, { status }, { status }, { status }];
      const { exitCode, stderr } = await exported(ec2Endpoint());
      expect([stderr, exitCode]).toEqual(["", 0]);
      expect(requested()).toEqual([TOKEN, TOKEN, TOKEN, TOKEN, TOKEN, ROLES, KEYS]);
    });
  }

  test("HTTP 503 is retried even if one attempt is configured", async () => {
    cloud.imds.behavior.next = [{ status: 503 }, { status: 503 }];
    const { exitCode, stderr } = await exported({ ...ec2Endpoint(), AWS_METADATA_SERVICE_NUM_ATTEMPTS: "1" });
    expect([stderr, exitCode]).toEqual(["", 0]);
  });

  test("a token that the service has forgotten is replaced, once", async () => {
    // The first token is not one that the service knows.
    cloud.imds.behavior.next = [{ body: "forgotten" }];
    expect((await exported(ec2Endpoint())).exitCode).toBe(0);
    expect(requested()).toEqual([TOKEN, ROLES, TOKEN, ROLES, KEYS]);
  });

  test("a configured source is retried, because it can be slow while the instance boots", async () => {
    cloud.imds.behavior.next = [BUSY, BUSY];
    const { exitCode, stderr } = await exported(ec2Endpoint(), ["-p", "i"], CONFIGURED);
    expect([stderr, exitCode]).toEqual(["", 0]);
  });

  test("the error for a configured source that is unreachable shows where it is configured", async () => {
    const { exitCode, stderr } = await exported(
      { AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9" },
      ["-p", "i"],
      CONFIGURED,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error[credential-source-empty]");
    expect(stderr).toContain(".aws/config:3:21");
  });

  test("credentials that expire soon are extended, and -v shows it", async () => {
    cloud.imds.behavior.expiresIn = 60;
    const { credentials, stderr } = await exported(ec2Endpoint(), ["-v"]);
    const left = (Date.parse(credentials.Expiration) - Date.now()) / 60_000;
    expect(left).toBeGreaterThan(15);
    expect(left).toBeLessThanOrEqual(25);
    expect(stderr).toContain("there are no newer ones; using them until");
  });

  test("the error lists every source that was tried", async () => {
    const { stderr } = await exported({ AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9" });
    for (const line of [
      "environment",
      "shared files",
      "web identity",
      "container",
      "EC2 metadata: cannot reach the EC2 instance metadata service",
    ]) {
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
    ["the full URI", containerVariables, "credentials", 1],
    [
      "a failing endpoint gets three attempts",
      () => {
        cloud.container.behavior.next = [BUSY, "reset"];
        return containerVariables();
      },
      "credentials",
      3,
    ],
    [
      "a failing endpoint gets no fourth attempt",
      () => {
        cloud.container.behavior.next = [BUSY, BUSY, BUSY];
        return containerVariables();
      },
      /error\[container-credentials-failed\].*HTTP 500/,
      3,
    ],
    [
      "EC2 metadata is not a fallback",
      () => {
        cloud.container.behavior.next = [BUSY, BUSY, BUSY];
        return { ...containerVariables(), ...ec2Endpoint() };
      },
      /container-credentials-failed/,
      3,
    ],
    [
      "an error document is shown",
      () => {
        cloud.container.behavior.next = Array(3).fill({
          status: 403,
          body: '{"code":"NoRole","message":"no role for this task"}',
        });
        return containerVariables();
      },
      /NoRole: no role for this task/,
      3,
    ],
    [
      "missing members",
      () => {
        cloud.container.behavior.next = [{ body: '{"AccessKeyId":"AKIA"}' }];
        return containerVariables();
      },
      /without SecretAccessKey, Token, Expiration/,
      1,
    ],
    [
      "expired credentials",
      () => {
        cloud.container.behavior.expiresIn = -60;
        return containerVariables();
      },
      /error\[credentials-expired\]/,
      1,
    ],
    [
      "a host that is not allowed over http",
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
      "an invalid relative URI",
      () => ({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "@evil.example/x" }),
      /error\[container-endpoint-refused\]/,
      0,
    ],
    [
      "a token with a line break",
      () => ({ ...containerVariables(), AWS_CONTAINER_AUTHORIZATION_TOKEN: "a\nb" }),
      /error\[container-token-invalid\]/,
      0,
    ],
    [
      "a token file that does not exist",
      () => ({ ...containerVariables(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/no/such" }),
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
    test("is read from the variable", async () => {
      cloud.container.behavior.token = "Basic abc";
      const { exitCode } = await exported({ ...containerVariables(), AWS_CONTAINER_AUTHORIZATION_TOKEN: "Basic abc" });
      expect(exitCode).toBe(0);
    });

    test("is read from the file, which overrides the variable, for every attempt", async () => {
      cloud.container.behavior.token = "rotated";
      home = makeHome();
      const file = home.write("token", "old");
      // The token is replaced after the first attempt, which was rejected.
      cloud.container.onRequest = () => void home.write("token", "rotated");
      const env = {
        ...containerVariables(),
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: "other",
      };
      expect((await home.run(["export"], { env })).exitCode).toBe(0);
    });

    test("cannot end with a line break, as echo writes it", async () => {
      home = makeHome();
      const file = home.write("token", "from-file\n");
      const env = { ...containerVariables(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file };
      const { stderr, exitCode } = await home.run(["export"], { env });
      expect(exitCode).toBe(2);
      expect(stderr).toContain("write the token with printf %s instead of echo");
      expect(stderr).not.toContain("from-file");
    });
  });
});

describe("the password in the URL of a metadata service is redacted", () => {
  const url = "http://me:hunter2@127.0.0.1:9/x";
  for (const name of ["AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]) {
    test(name, async () => {
      const { stderr, exitCode } = await exported({ [name]: url }, ["-v"]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("127.0.0.1:9");
      expect(stderr).not.toContain("hunter2");
    });
  }
});

describe("a proxy in the environment", () => {
  test("never receives a metadata request", async () => {
    const proxy = await startProxy();
    const env = { HTTP_PROXY: proxy.url, http_proxy: proxy.url, ALL_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    try {
      for (const variables of [ec2Endpoint(), containerVariables()]) {
        const { exitCode, stderr } = await exported({ ...variables, ...env });
        expect([stderr, exitCode]).toEqual(["", 0]);
        home.remove();
      }
      expect(proxy.requests).toEqual([]);
    } finally {
      await proxy.stop();
    }
  });
});
