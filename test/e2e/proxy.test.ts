/** Requests to STS through a proxy. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { startProxy, type TestProxy } from "../cloud/proxy.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let cloud: Cloud;
let proxy: TestProxy;
let home: TestHome | undefined;

beforeAll(async () => {
  [cloud, proxy] = await Promise.all([startCloud(), startProxy()]);
});
afterAll(async () => {
  await Promise.all([cloud.stop(), proxy.stop()]);
});
afterEach(() => home?.remove());

/** Runs `whoami`. @returns its outcome and the requests that the proxy received. */
async function whoami(env: Record<string, string>, args: readonly string[] = []) {
  const { accessKeyId, secretAccessKey } = cloud.user1;
  home = makeHome({ env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } });
  const before = proxy.requests.length;
  const outcome = await home.run(["whoami", ...args], { env });
  return { ...outcome, asked: proxy.requests.slice(before) };
}

const plain = () => ({ AWS_ENDPOINT_URL_STS: cloud.sts.url });
const withUser = () => proxy.url.replace("http://", "http://user:p%40ss@");

describe("a plain http endpoint", () => {
  const rows: readonly [what: string, env: () => Record<string, string>, proxied: boolean][] = [
    ["HTTP_PROXY", () => ({ HTTP_PROXY: proxy.url }), true],
    ["http_proxy", () => ({ http_proxy: proxy.url }), true],
    [
      "the lower-case variable has precedence",
      () => ({ http_proxy: proxy.url, HTTP_PROXY: "http://127.0.0.1:9" }),
      true,
    ],
    ["an empty lower-case variable turns the proxy off", () => ({ http_proxy: "", HTTP_PROXY: proxy.url }), false],
    ["a proxy without a scheme", () => ({ HTTP_PROXY: proxy.url.replace("http://", "") }), true],
    ["NO_PROXY lists the host", () => ({ HTTP_PROXY: proxy.url, NO_PROXY: "example.com, 127.0.0.1" }), false],
    ["NO_PROXY lists another host", () => ({ HTTP_PROXY: proxy.url, NO_PROXY: "27.0.0.1,example.com" }), true],
    ["no_proxy is *", () => ({ HTTP_PROXY: proxy.url, no_proxy: "*" }), false],
    ["HTTPS_PROXY is for https only", () => ({ HTTPS_PROXY: proxy.url }), false],
    [
      "HTTP_PROXY in a CGI script is the client's Proxy header",
      () => ({ HTTP_PROXY: proxy.url, REQUEST_METHOD: "GET" }),
      false,
    ],
  ];
  for (const [what, env, proxied] of rows) {
    test(what, async () => {
      const { exitCode, stdout, asked } = await whoami({ ...plain(), ...env() });
      expect(exitCode).toBe(0);
      expect(stdout).toContain("user/user1");
      expect(asked.map((one) => one.what)).toEqual(proxied ? [`POST ${cloud.sts.url}/`] : []);
    });
  }
});

test("the host name is resolved by the proxy only", async () => {
  const env = { AWS_ENDPOINT_URL_STS: "http://sts.example", HTTP_PROXY: withUser(), AWS_MAX_ATTEMPTS: "1" };
  const { asked } = await whoami(env);
  expect(asked).toEqual([{ what: "POST http://sts.example/", authorization: `Basic ${btoa("user:p@ss")}` }]);
});

describe("an https endpoint", () => {
  test("is reached through a tunnel, with user and password", async () => {
    const { exitCode, stderr, asked } = await whoami({ HTTPS_PROXY: withUser() }, ["--region", "eu-west-1", "-v"]);
    // The test proxy rejects the tunnel, because no test may reach AWS.
    expect(exitCode).toBe(1);
    expect(asked.length).toBeGreaterThan(0);
    for (const one of asked) {
      expect(one.what).toBe("CONNECT sts.eu-west-1.amazonaws.com:443");
      expect(one.authorization).toBe(`Basic ${btoa("user:p@ss")}`);
    }
    expect(stderr).toContain("error[sts-unreachable]");
    expect(stderr).toContain("the proxy rejected the connection: HTTP 403");
    expect(stderr).not.toContain("p@ss");
    expect(stderr).not.toContain("p%40ss");
  });

  test("a password that is not URL-encoded is an error that does not show the password", async () => {
    const HTTPS_PROXY = proxy.url.replace("http://", "http://user:hunter2%@");
    const { exitCode, stderr } = await whoami({ HTTPS_PROXY }, ["--region", "eu-west-1"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("variable HTTPS_PROXY");
    expect(stderr).not.toContain("hunter2");
  });

  test("an unsupported proxy URL is an error that does not show the password", async () => {
    const { exitCode, stderr } = await whoami({ HTTPS_PROXY: "socks5://user:hunter2@127.0.0.1:1" }, [
      "--region",
      "eu-west-1",
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("variable HTTPS_PROXY");
    expect(stderr).not.toContain("hunter2");
  });
});
