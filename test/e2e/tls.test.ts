/** Which certificates are trusted. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Server } from "node:tls";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { startProxy } from "../cloud/proxy.ts";
import { inMinutes } from "../support/aws_files.ts";
import { makeHome, type TestHome } from "../support/subject.ts";
import { type Certificate, HAS_OPENSSL, makeCertificate, tlsServerFor } from "../support/tls_server.ts";

describe.skipIf(!HAS_OPENSSL)("an STS with a self-signed certificate (needs openssl)", () => {
  let cloud: Cloud;
  let secure: Server;
  let folder: string;
  let own: Certificate;
  let home: TestHome;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rolecall-tls-"));
    own = makeCertificate(folder, "own", "DNS:localhost,DNS:sts.eu-west-1.amazonaws.com,IP:127.0.0.1");
    cloud = await startCloud();
    secure = tlsServerFor(cloud.sts.port, own);
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    secure.close();
    await cloud.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => home.remove());

  const port = () => (secure.address() as AddressInfo).port;
  const bundle = () => own.cert;

  async function whoami(env: Record<string, string>, args: readonly string[] = [], config?: string) {
    const { accessKeyId, secretAccessKey } = cloud.user1;
    home = makeHome({ config, env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } });
    return await home.run(["whoami", "--region", "eu-west-1", ...args], { env });
  }
  const endpoint = () => ({ AWS_ENDPOINT_URL_STS: `https://localhost:${port()}` });

  test("is not trusted by default, is not tried again, and the error names ca_bundle", async () => {
    let connections = 0;
    const count = () => connections++;
    secure.on("connection", count);
    const { exitCode, stderr } = await whoami(endpoint());
    secure.off("connection", count);
    expect(stderr).toContain("error[sts-unreachable]");
    expect(stderr.toLowerCase()).toContain("self");
    expect(stderr).toContain("set ca_bundle, AWS_CA_BUNDLE or --ca-bundle");
    expect([exitCode, connections]).toEqual([1, 1]);
  });

  test("is not tried again for IAM Identity Center either", async () => {
    let connections = 0;
    const count = () => connections++;
    secure.on("connection", count);
    home = makeHome({
      config:
        "[profile a]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\n" +
        "[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n",
      env: { AWS_ENDPOINT_URL_SSO: `https://localhost:${port()}` },
    });
    const file = `${createHash("sha1").update("corp").digest("hex")}.json`;
    home.write(`.aws/sso/cache/${file}`, JSON.stringify({ accessToken: "token", expiresAt: inMinutes(60) }));
    const { exitCode, stderr } = await home.run(["export", "-p", "a"]);
    secure.off("connection", count);
    expect(stderr).toContain("error[sso-failed]");
    expect(stderr).toContain("set ca_bundle, AWS_CA_BUNDLE or --ca-bundle");
    expect([exitCode, connections]).toEqual([1, 1]);
  });

  const rows: readonly [
    what: string,
    env: () => Record<string, string>,
    args: () => string[],
    config: () => string | undefined,
  ][] = [
    ["AWS_CA_BUNDLE", () => ({ AWS_CA_BUNDLE: bundle() }), () => [], () => undefined],
    [
      "--ca-bundle before AWS_CA_BUNDLE",
      () => ({ AWS_CA_BUNDLE: "/no/such" }),
      () => ["--ca-bundle", bundle()],
      () => undefined,
    ],
    ["the profile's ca_bundle", () => ({}), () => [], () => `[default]\nca_bundle = ${bundle()}\n`],
  ];
  for (const [what, env, args, config] of rows) {
    test(`is trusted with ${what}`, async () => {
      const { stdout, stderr } = await whoami({ ...endpoint(), ...env() }, args(), config());
      expect(stderr).toBe("");
      expect(stdout).toContain("user/user1");
    });
  }

  test("is trusted through a proxy's tunnel", async () => {
    const proxy = await startProxy();
    proxy.tunnelTo = { port: port() };
    try {
      const { stdout, stderr } = await whoami({ HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle() });
      expect(stderr).toBe("");
      expect(stdout).toContain("user/user1");
      expect(proxy.requests.map((one) => one.what)).toEqual(["CONNECT sts.eu-west-1.amazonaws.com:443"]);
    } finally {
      await proxy.stop();
    }
  });

  const otherNames: readonly [what: string, host: string, isProxied: boolean][] = [
    ["another host name", "localhost", false],
    ["another IP address", "127.0.0.1", false],
    ["another host name, through a proxy", "localhost", true],
  ];
  for (const [what, host, isProxied] of otherNames) {
    test(`is rejected if its certificate is for ${what}`, async () => {
      const certificate = makeCertificate(folder, "other", "DNS:sts.elsewhere.example,IP:127.0.0.9");
      const other = tlsServerFor(cloud.sts.port, certificate);
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      const { port: otherPort } = other.address() as AddressInfo;
      const proxy = await startProxy();
      proxy.tunnelTo = { port: otherPort };
      try {
        const { exitCode, stderr } = await whoami({
          HTTPS_PROXY: isProxied ? proxy.url : "",
          AWS_CA_BUNDLE: certificate.cert,
          AWS_ENDPOINT_URL_STS: `https://${host}:${otherPort}`,
        });
        expect(stderr).toContain("error[sts-unreachable]");
        expect(stderr).toContain("does not match certificate");
        expect(stderr).toContain("help: check the endpoint, and whether a proxy or captive portal intercepts");
        expect(proxy.requests.length).toBe(isProxied ? 1 : 0);
        expect(exitCode).toBe(1);
      } finally {
        other.close();
        await proxy.stop();
      }
    });
  }

  test("a proxy over TLS, with user and password, for an IP address", async () => {
    const proxy = await startProxy();
    proxy.tunnelTo = { port: port() };
    const secureProxy = tlsServerFor(proxy.port, own);
    await new Promise<void>((resolve) => secureProxy.listen(0, "127.0.0.1", resolve));
    const { port: proxyPort } = secureProxy.address() as AddressInfo;
    try {
      const { stdout, stderr } = await whoami({
        HTTPS_PROXY: `https://me:p%40ss@localhost:${proxyPort}`,
        AWS_CA_BUNDLE: bundle(),
        AWS_ENDPOINT_URL_STS: "https://127.0.0.1:9",
      });
      expect(stderr).toBe("");
      expect(stdout).toContain("user/user1");
      expect(proxy.requests).toEqual([{ what: "CONNECT 127.0.0.1:9", authorization: `Basic ${btoa("me:p@ss")}` }]);
    } finally {
      secureProxy.close();
      await proxy.stop();
    }
  });

  const unusable: readonly [what: string, file: () => string, why: string][] = [
    ["does not exist", () => "/no/such/bundle", "does not exist"],
    ["contains no certificate", () => join(folder, "empty.pem"), "contains no PEM certificate"],
  ];
  for (const [what, file, why] of unusable) {
    test(`a bundle that ${what} is an error`, async () => {
      await Bun.write(join(folder, "empty.pem"), "nothing");
      const { exitCode, stderr } = await whoami({ ...endpoint(), AWS_CA_BUNDLE: file() });
      expect(stderr).toContain(why);
      expect(exitCode).toBe(2);
    });
  }
});
