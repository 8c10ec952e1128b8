/** The network side of `login` and `logout`: AWS's own endpoints, proxies, and start URLs on other domains. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Server } from "node:tls";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { startProxy, type TestProxy } from "../cloud/proxy.ts";
import { type LoopbackServer, serve, type TestResponse } from "../cloud/server.ts";
import { makeSignInHome, type SignInHome, shownUrl, visit } from "../support/sign_in_home.ts";
import {
  type Certificate,
  HAS_OPENSSL,
  listenOnLoopback,
  makeCertificate,
  tlsServerFor,
} from "../support/tls_server.ts";

/** Rows of a partition and a variant: the region, settings of the profile, and the hosts of AWS. */
const ENDPOINTS: readonly [what: string, region: string, settings: string, oidc: string, portal: string][] = [
  ["the default", "eu-west-1", "", "oidc.eu-west-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com"],
  [
    "FIPS",
    "us-east-1",
    "use_fips_endpoint = true\n",
    "oidc-fips.us-east-1.amazonaws.com",
    "portal.sso-fips.us-east-1.amazonaws.com",
  ],
  [
    "dual stack",
    "eu-west-1",
    "use_dualstack_endpoint = true\n",
    "oidc.eu-west-1.api.aws",
    "portal.sso.eu-west-1.api.aws",
  ],
  ["China", "cn-north-1", "", "oidc.cn-north-1.amazonaws.com.cn", "portal.sso.cn-north-1.amazonaws.com.cn"],
  [
    "GovCloud with FIPS",
    "us-gov-west-1",
    "use_fips_endpoint = true\n",
    "oidc.us-gov-west-1.amazonaws.com",
    "portal.sso.us-gov-west-1.amazonaws.com",
  ],
  [
    "the European sovereign cloud",
    "eusc-de-east-1",
    "",
    "oidc.eusc-de-east-1.amazonaws.eu",
    "portal.sso.eusc-de-east-1.amazonaws.eu",
  ],
  [
    "an isolated partition",
    "us-iso-east-1",
    "",
    "oidc.us-iso-east-1.c2s.ic.gov",
    "portal.sso.us-iso-east-1.c2s.ic.gov",
  ],
];

const CONSOLE_HOST = "eu-west-1.signin.aws.amazon.com";

/** Variables that would lead to the simulated services directly. */
const NO_ENDPOINTS = {
  AWS_ENDPOINT_URL_SSO: "",
  AWS_ENDPOINT_URL_SSO_OIDC: "",
  AWS_ENDPOINT_URL_SIGNIN: "",
  AWS_REGION: "",
};

describe.skipIf(!HAS_OPENSSL)("the hosts of AWS, through a proxy (needs openssl)", () => {
  let cloud: Cloud;
  let proxy: TestProxy;
  let secure: Server;
  let folder: string;
  let certificate: Certificate;
  let home: SignInHome;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rolecall-tls-"));
    const hosts = [...ENDPOINTS.flatMap(([, , , oidc, portal]) => [oidc, portal]), CONSOLE_HOST, "localhost"];
    const names = [...new Set(hosts)].map((host) => `DNS:${host}`).join(",");
    certificate = makeCertificate(folder, "aws", names);
    [cloud, proxy] = await Promise.all([startCloud(), startProxy()]);
    secure = tlsServerFor(cloud.signIn.port, certificate);
    proxy.tunnelTo = { port: await listenOnLoopback(secure) };
    cloud.signIn.oidc.isPreauthorized = true;
  });
  afterAll(async () => {
    secure.close();
    await Promise.all([cloud.stop(), proxy.stop()]);
    rmSync(folder, { recursive: true });
  });
  afterEach(() => home.remove());

  const makeProxiedHome = (config: string, proxyUrl = proxy.url) =>
    makeSignInHome(cloud, config, { ...NO_ENDPOINTS, HTTPS_PROXY: proxyUrl, AWS_CA_BUNDLE: certificate.cert });

  for (const [what, region, settings, oidc, portal] of ENDPOINTS) {
    test(what, async () => {
      const before = proxy.requests.length;
      home = makeProxiedHome(
        `[profile dev]\nsso_session = corp\n${settings}[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = ${region}\n`,
      );
      const login = await home.signIn("-p", "dev", "--use-device-code").ended;
      expect([login.stderr, login.exitCode]).toEqual(["", 0]);
      expect((await home.run(["logout", "-p", "dev"])).stdout).toContain("signed out of");
      const hosts = proxy.requests.slice(before).map((one) => one.what);
      expect([...new Set(hosts)]).toEqual([`CONNECT ${oidc}:443`, `CONNECT ${portal}:443`]);
      expect(cloud.signIn.requests.at(-1)?.target).toBe("/logout");
    });
  }

  test("the URL for the browser has the host of the OIDC service", async () => {
    home = makeProxiedHome(
      "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    const program = home.signIn("--sso-session", "corp");
    const url = await shownUrl(program);
    expect(url).toStartWith("https://oidc.eu-west-1.amazonaws.com/authorize?response_type=code&client_id=");
    expect(url).toContain("&scopes=sso%3Aaccount%3Aaccess&");
    await visit(cloud.signIn.oidc.decide(url, "allow"));
    expect((await program.ended).exitCode).toBe(0);
  });

  test("console credentials", async () => {
    const before = proxy.requests.length;
    home = makeProxiedHome("[default]\nregion = eu-west-1\n");
    const program = home.signIn();
    const url = await shownUrl(program);
    expect(url).toStartWith(`https://${CONSOLE_HOST}/v1/authorize?response_type=code&client_id=arn%3Aaws%3Asignin`);
    await visit(cloud.signIn.login.allow(url));
    const { stderr, exitCode } = await program.ended;
    expect([stderr.includes("error"), exitCode]).toEqual([false, 0]);
    expect(proxy.requests.slice(before).map((one) => one.what)).toEqual([`CONNECT ${CONSOLE_HOST}:443`]);
  });

  test("a proxy with a password", async () => {
    const before = proxy.requests.length;
    home = makeProxiedHome(
      "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n",
      proxy.url.replace("http://", "http://user:p%40ss@"),
    );
    const { stderr, exitCode } = await home.signIn("--sso-session", "corp", "--use-device-code", "-v").ended;
    expect(exitCode).toBe(0);
    expect(proxy.requests[before]?.authorization).toBe(`Basic ${btoa("user:p@ss")}`);
    expect(stderr).not.toMatch(/p@ss|p%40ss/);
  });
});

describe("a service that does not respond", () => {
  let cloud: Cloud;
  let home: SignInHome;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(async () => await cloud.stop());
  afterEach(() => home.remove());

  const rows: readonly [what: string, reaction: "reset" | TestResponse, texts: readonly string[]][] = [
    [
      "closes the connection",
      "reset",
      ["could not register a client: cannot reach IAM Identity Center", "check the network"],
    ],
    [
      "is a captive portal",
      { status: 200, headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" },
      ["IAM Identity Center returned an incomplete client registration"],
    ],
    [
      "is a proxy that wants a password",
      { status: 407, body: "<html>secret</html>" },
      ["the response is not from IAM Identity Center (HTTP 407)", "check the endpoint, and whether a proxy"],
    ],
    ["has an internal error", { status: 500, body: "{}" }, ["could not register a client: HTTP 500"]],
    [
      "rejects the scopes",
      { status: 400, body: JSON.stringify({ error: "invalid_scope", error_description: "secret" }) },
      ["a scope is not valid", "check sso_registration_scopes"],
    ],
    [
      "rejects the region, and names no OAuth error",
      { status: 400, headers: { "x-amzn-errortype": "InvalidRequestRegionException" }, body: "{}" },
      ["the region is not that of IAM Identity Center", "check sso_region"],
    ],
    [
      "has another time",
      {
        status: 400,
        headers: { date: new Date(Date.now() + 3_600_000).toUTCString() },
        body: JSON.stringify({ error: "invalid_request" }),
      },
      ["set the clock: this machine's clock is ", " slow"],
    ],
  ];
  for (const [what, reaction, texts] of rows) {
    test(what, async () => {
      home = makeSignInHome(cloud, undefined, { AWS_MAX_ATTEMPTS: "1" });
      cloud.signIn.next.push(reaction);
      const { stderr, exitCode } = await home.signIn("-p", "dev").ended;
      expect(stderr).toContain("error[sign-in-failed]");
      for (const text of texts) expect(stderr).toContain(text);
      expect(stderr).not.toContain("secret");
      expect(exitCode).toBe(1);
    });
  }
});

describe.skipIf(!HAS_OPENSSL)("a start URL on another domain (needs openssl)", () => {
  let cloud: Cloud;
  let web: LoopbackServer;
  let secure: Server;
  let folder: string;
  let certificate: Certificate;
  let home: SignInHome;
  let origin = "";
  let received: string[] = [];
  /** The responses of the customer's web server, to HEAD and GET. */
  let responses: { HEAD?: TestResponse; GET?: TestResponse } = {};

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rolecall-tls-"));
    certificate = makeCertificate(folder, "customer", "DNS:localhost");
    cloud = await startCloud();
    cloud.signIn.oidc.isPreauthorized = true;
    web = await serve(({ method, target }) => {
      received.push(`${method} ${target}`);
      return responses[method === "HEAD" ? "HEAD" : "GET"] ?? { status: 404 };
    });
    secure = tlsServerFor(web.port, certificate);
    origin = `https://localhost:${await listenOnLoopback(secure)}`;
  });
  afterAll(async () => {
    secure.close();
    await Promise.all([cloud.stop(), web.stop()]);
    rmSync(folder, { recursive: true });
  });
  afterEach(() => home.remove());

  const signIn = async (answers: typeof responses, settings = "", args: readonly string[] = ["--use-device-code"]) => {
    responses = answers;
    received = [];
    home = makeSignInHome(cloud, `[sso-session own]\nsso_start_url = ${origin}/start\n${settings}`, {
      AWS_CA_BUNDLE: certificate.cert,
    });
    const program = home.signIn("--sso-session", "own", ...args);
    return program;
  };
  const to = (location: string, status = 302): TestResponse => ({ status, headers: { location } });
  const PORTAL = "https://ssoins-1.portal.eu-central-1.app.aws/";

  const good: readonly [what: string, answers: typeof responses, settings: string, requests: readonly string[]][] = [
    ["that redirects HEAD", { HEAD: to(PORTAL) }, "", ["HEAD /start"]],
    ["that redirects only GET", { HEAD: { status: 405 }, GET: to(PORTAL, 301) }, "", ["HEAD /start", "GET /start"]],
    ["of a server without HEAD", { HEAD: { status: 501 }, GET: to(PORTAL, 308) }, "", ["HEAD /start", "GET /start"]],
    ["with another sso_region", { HEAD: to(PORTAL) }, "sso_region = us-east-1\n", ["HEAD /start"]],
  ];
  for (const [what, answers, settings, requests] of good) {
    test(what, async () => {
      const program = await signIn(answers, settings);
      const { exitCode, stderr } = await program.ended;
      expect([stderr, exitCode]).toEqual(["", 0]);
      expect(received).toEqual([...requests]);
      // The issuer is the resolved URL. The token keeps the configured one.
      expect(cloud.signIn.oidc.devices.at(-1)?.startUrl).toBe("https://ssoins-1.portal.eu-central-1.app.aws");
      expect(home.token("own")).toMatchObject({ startUrl: `${origin}/start`, region: "eu-central-1" });
    });
  }

  test("that leads to a portal without a region has the configured region", async () => {
    const program = await signIn({ HEAD: to("https://d-1.awsapps.com/start") }, "sso_region = eu-west-3\n", []);
    await visit(cloud.signIn.oidc.decide(await shownUrl(program), "allow"));
    expect((await program.ended).exitCode).toBe(0);
    expect(home.token("own")?.region).toBe("eu-west-3");
    expect([...cloud.signIn.oidc.clients.values()].at(-1)?.issuerUrl).toBe("https://d-1.awsapps.com/start");
  });

  const bad: readonly [what: string, answers: typeof responses, text: string][] = [
    ["that redirects nowhere", { HEAD: { status: 200 } }, "it leads to localhost"],
    ["that leads elsewhere", { HEAD: to("https://evil.example/awsapps.com") }, "it leads to evil.example"],
    ["that leads to AWS without TLS", { HEAD: to("http://d-1.awsapps.com/start") }, "does not begin with https://"],
    ["without a location", { HEAD: { status: 302 } }, "a redirect without a valid location"],
    ["that does not exist", { HEAD: { status: 404 } }, "HTTP 404"],
    ["that leads to a portal without a region", { HEAD: to("https://d-1.awsapps.com/start") }, "set sso_region"],
  ];
  for (const [what, answers, text] of bad) {
    test(`${what} is an error`, async () => {
      const { exitCode, stderr } = await (await signIn(answers)).ended;
      expect(stderr).toContain("error[sign-in-failed]");
      expect(stderr).toContain(text);
      expect(exitCode).toBe(1);
    });
  }
});
