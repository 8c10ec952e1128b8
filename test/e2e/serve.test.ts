/** `serve`: responses, rejected requests, output and refreshes. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, renameSync, statSync, symlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { errorResponse } from "../cloud/sts.ts";
import { keysSection } from "../support/aws_files.ts";
import { isInstalled } from "../support/machine.ts";
import { closedUrl } from "../support/scripted_server.ts";
import { type RequestOptions, sendRequest } from "../support/send_request.ts";
import {
  makeHome,
  parseEnvironment,
  REPLACES_PROCESS,
  type RunningProgram,
  type TestHome,
} from "../support/subject.ts";
import { waitUntil } from "../support/wait_until.ts";

/** A Python program that listens as systemd does. */
const PRINT_TWO_DATAGRAMS =
  "import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint('bound',flush=True)\nfor _ in range(2): print(s.recv(99).decode(),flush=True)";

const LONG_TOKEN = "0123456789abcdef0123456789abcdef";

let cloud: Cloud;
let home: TestHome;
let server: RunningProgram | undefined;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeHome({
    credentials:
      keysSection("user1", cloud.user1) +
      `[m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n` +
      `[guarded]\nrole_arn = ${roleArn("guarded")}\nsource_profile = user1\nmfa_serial = ${mfaArn("user1")}\n`,
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" },
  });
});
afterEach(async () => {
  await server?.stop("SIGKILL");
  server = undefined;
  home.remove();
  await cloud.stop();
});

/** Starts the server and waits for the variables that it prints. */
async function startServe(args: readonly string[], env: Record<string, string> = {}) {
  server = home.start(["serve", ...args], { env });
  await server.says(args.includes("imds") ? /SERVICE_ENDPOINT=\S+\n/ : /TOKEN(?:_FILE)?=\S+\n/);
  const variables = parseEnvironment(server.stdout().replaceAll("export ", ""));
  return {
    url: variables.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? variables.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? "",
    token: variables.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "",
    variables,
    running: server,
  };
}

/** Returns the ARN of the principal whose credentials the response contains. */
function principalIn(body: string): string | undefined {
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(body);
  const principal = cloud.iam.principal(AccessKeyId);
  const isComplete = principal?.secretAccessKey === SecretAccessKey && (principal?.sessionToken ?? "") === Token;
  return isComplete ? principal?.arn : undefined;
}

describe("--as ecs", () => {
  test("returns a role session to clients that send the token", async () => {
    const { url, token } = await startServe(["-p", "m"]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/credentials$/);
    // 256 bits.
    expect(Buffer.from(token, "base64url").length).toBe(32);
    const { status, headers, body } = await sendRequest(url, { headers: { authorization: token } });
    expect([status, headers["content-type"], headers["cache-control"]]).toEqual([200, "application/json", "no-store"]);
    expect(principalIn(body)).toContain("assumed-role/marketingadminrole/");
    const { Expiration, AccountId } = JSON.parse(body);
    expect(Expiration).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(AccountId).toBe("123456789012");
    // The second response comes from memory.
    await sendRequest(url, { headers: { authorization: token } });
    expect(cloud.sts.calls.length).toBe(1);
  });

  test("a user's own keys have an empty token, and an expiration that is always in the future", async () => {
    const { url, token } = await startServe(["-p", "user1"]);
    const { body } = await sendRequest(url, { headers: { authorization: token } });
    expect(principalIn(body)).toBe(cloud.user1.arn);
    expect(new Date(JSON.parse(body).Expiration).getTime()).toBeGreaterThan(Date.now() + 30 * 60_000);
  });

  test("reads the token from a file, and prints the file's path, never the token", async () => {
    const file = home.write("token", LONG_TOKEN);
    const { url, variables, running } = await startServe(["-p", "m", "--token-file", "token", "-v"]);
    expect(Object.keys(variables)).toEqual([
      "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ]);
    expect(variables.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE).toBe(file);
    expect((await sendRequest(url, { headers: { authorization: LONG_TOKEN } })).status).toBe(200);
    expect((await sendRequest(url, { headers: { authorization: "x" } })).status).toBe(401);
    const { stdout, stderr } = await running.stop();
    expect(stdout + stderr).not.toContain(LONG_TOKEN);
  });

  test("reads the token again when its file is replaced; an invalid one changes nothing", async () => {
    home.write("token", LONG_TOKEN);
    const { url } = await startServe(["-p", "m", "--token-file", "token"]);
    const statusWith = async (authorization: string) => (await sendRequest(url, { headers: { authorization } })).status;
    const other = LONG_TOKEN.replaceAll("0", "9");
    home.write("token", "short");
    expect(await statusWith(LONG_TOKEN)).toBe(200);
    home.write("token", other);
    expect([await statusWith(LONG_TOKEN), await statusWith(other)]).toEqual([401, 200]);
  });

  test("listens on loopback only", async () => {
    const { running } = await startServe(["-p", "m"]);
    expect(listenersOf(running.pid)).toEqual(["127.0.0.1"]);
  });

  const rejected: readonly [
    description: string,
    request: RequestOptions,
    path: string | undefined,
    status: number,
    code: string,
  ][] = [
    ["no token", { headers: {} }, undefined, 401, "Unauthorized"],
    ["a wrong token", { headers: { authorization: "x".repeat(43) } }, undefined, 401, "Unauthorized"],
    ["a token of another length", { headers: { authorization: "x" } }, undefined, 401, "Unauthorized"],
    ["an empty token", { headers: { authorization: "" } }, undefined, 401, "Unauthorized"],
    ["a Bearer token", { headers: { authorization: "Bearer TOKEN" } }, undefined, 401, "Unauthorized"],
    ["another path", {}, "/", 404, "NotFound"],
    ["a path with a query", {}, "/credentials?x", 404, "NotFound"],
    ["POST", { method: "POST" }, undefined, 405, "MethodNotAllowed"],
    ["HEAD", { method: "HEAD" }, undefined, 405, ""],
    ["OPTIONS", { method: "OPTIONS" }, undefined, 405, "MethodNotAllowed"],
    ["a body", { method: "GET", body: "x", headers: { "content-length": "1" } }, undefined, 413, "BadRequest"],
    ["another host", { headers: { host: "evil.example" } }, undefined, 403, "Forbidden"],
    [
      "another host with the address as its first part",
      { headers: { host: "127.0.0.1.evil.example" } },
      undefined,
      403,
      "Forbidden",
    ],
    ["localhost with another port", { headers: { host: "localhost:1" } }, undefined, 403, "Forbidden"],
    ["the address with another port", { headers: { host: "127.0.0.1:1" } }, undefined, 403, "Forbidden"],
    ["the address of another machine", { headers: { host: "10.0.0.1" } }, undefined, 403, "Forbidden"],
    ["a page in a browser", { headers: { origin: "http://127.0.0.1" } }, undefined, 403, "Forbidden"],
    ["a link in a browser", { headers: { "sec-fetch-mode": "navigate" } }, undefined, 403, "Forbidden"],
    ["a forwarded request", { headers: { "x-forwarded-for": "10.0.0.1" } }, undefined, 403, "Forbidden"],
    ["a request through a proxy", { headers: { via: "1.1 proxy" } }, undefined, 403, "Forbidden"],
  ];
  test("accepts loopback addresses and localhost as the host, with the right port or none, as the AWS CRT sends them", async () => {
    const { url, token } = await startServe(["-p", "m"]);
    const { port } = new URL(url);
    const hosts = ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.0.0.2"];
    for (const host of hosts.flatMap((name) => [name, `${name}:${port}`])) {
      const { status } = await sendRequest(url, { headers: { authorization: token, host } });
      expect([host, status]).toEqual([host, 200]);
    }
  });

  test("rejects other requests, even with the right token, and logs one line for each", async () => {
    const { url, token, running } = await startServe(["-p", "m"]);
    const seen: unknown[] = [];
    for (const [description, request, path] of rejected) {
      const headers = { authorization: token, ...request.headers };
      const sent = description.startsWith("no ")
        ? {}
        : { ...headers, ...(description === "a Bearer token" ? { authorization: `Bearer ${token}` } : {}) };
      const { status, body } = await sendRequest(path === undefined ? url : new URL(path, url).href, {
        ...request,
        headers: sent,
      });
      expect(body).not.toContain("SecretAccessKey");
      seen.push([description, status, body === "" ? "" : JSON.parse(body).code]);
    }
    expect(seen).toEqual(rejected.map(([description, , , status, code]) => [description, status, code]));
    const log = (await running.stop()).stderr;
    expect(log).not.toContain(token);
    const lines = log.trimEnd().split("\n");
    expect(lines.length).toBe(rejected.length);
    expect(lines[0]).toBe(
      "warning: refused GET /credentials (HTTP 401): the Authorization header does not match AWS_CONTAINER_AUTHORIZATION_TOKEN",
    );
    expect(lines).toContain("warning: refused POST /credentials (HTTP 405): use GET");
    expect(lines).toContain(
      "warning: refused GET /credentials (HTTP 403): the Host header is not the address of this server",
    );
  });

  test("a refused request is logged without a token in its path, and without control characters", async () => {
    const { url, token, running } = await startServe(["-p", "m"]);
    const { host, port } = new URL(url);
    for (const path of [`/${token}`, `/credentials/${token}/x`, `/credentials?token=${token}`, "/\u001b[31m"]) {
      await exchange(Number(port), `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    }
    const { stderr } = await running.stop();
    expect(stderr).not.toContain(token);
    expect(stderr).not.toContain("\u001b[31m");
    expect(stderr).toContain("refused GET /… (HTTP 404)");
    expect(stderr).toContain("refused GET /credentials/…/x (HTTP 404)");
    expect(stderr).toContain("refused GET /credentials?… (HTTP 404)");
  });

  test("--quiet logs no refused request", async () => {
    const { url, running } = await startServe(["-p", "m", "--quiet"]);
    expect((await sendRequest(url)).status).toBe(401);
    expect((await running.stop()).stderr).toBe("");
  });

  test("rejects a duplicate Host header", async () => {
    const { url, token } = await startServe(["-p", "m"]);
    const { host, port } = new URL(url);
    const text = `GET /credentials HTTP/1.1\r\nHost: ${host}\r\nHost: evil\r\nAuthorization: ${token}\r\nConnection: close\r\n\r\n`;
    expect(await exchange(Number(port), text)).toStartWith("HTTP/1.1 400 ");
  });

  test("rejects headers that are too large", async () => {
    const { url, token, running } = await startServe(["-p", "m"]);
    const { host, port } = new URL(url);
    const text = `GET /credentials HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${token}\r\nX: ${"x".repeat(10_000)}\r\n\r\n`;
    expect(await exchange(Number(port), text)).toStartWith("HTTP/1.1 400 ");
    await running.complains(/warning: refused a request \(HTTP 400\): it is too slow, too large or not HTTP\n/);
  });

  test("slow clients do not block others, and are disconnected", async () => {
    const { url, token } = await startServe(["-p", "m"]);
    const { host, port } = new URL(url);
    const slow = Array.from({ length: 100 }, () =>
      exchange(Number(port), `GET /credentials HTTP/1.1\r\nHost: ${host}\r\n`),
    );
    expect((await sendRequest(url, { headers: { authorization: token } })).status).toBe(200);
    for (const response of await Promise.all(slow)) expect(response).not.toContain("SecretAccessKey");
  });

  test("more idle connections than the maximum do not lock out other clients", async () => {
    const { url, token } = await startServe(["-p", "m"]);
    const port = Number(new URL(url).port);
    let opened: Socket[] = [];
    await new Promise<void>((resolve) => {
      opened = Array.from({ length: 700 }, () => connect({ host: "127.0.0.1", port }).once("close", () => resolve()));
      for (const connection of opened) connection.on("error", () => {});
    });
    for (let times = 0; times < 10; times++) {
      expect((await sendRequest(url, { headers: { authorization: token } })).status).toBe(200);
    }
    for (const connection of opened) connection.destroy();
  });
});

describe("--as imds", () => {
  const path = (rest: string) => `/latest/${rest}`;

  async function tokenOf(url: string, ttl = "60"): Promise<string> {
    const { body } = await sendRequest(`${url}/latest/api/token`, {
      method: "PUT",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": ttl },
    });
    return body;
  }

  test("returns the role's session and the region to requests with a token", async () => {
    const { url } = await startServe(["-p", "m", "--as", "imds", "--region", "eu-west-1"]);
    const headers = { "x-aws-ec2-metadata-token": await tokenOf(url) };
    const get = async (rest: string) => (await sendRequest(url + path(rest), { headers })).body;
    const role = await get("meta-data/iam/security-credentials/");
    expect(role).toBe("marketingadminrole");
    const credentials = JSON.parse(await get(`meta-data/iam/security-credentials/${role}`));
    expect(credentials).toMatchObject({ Code: "Success", Type: "AWS-HMAC" });
    expect(principalIn(JSON.stringify(credentials))).toContain("assumed-role/marketingadminrole/");
    expect(await get("meta-data/placement/region")).toBe("eu-west-1");
    expect(await get("meta-data/placement/availability-zone")).toBe("eu-west-1a");
    expect(JSON.parse(await get("dynamic/instance-identity/document")).region).toBe("eu-west-1");
  });

  test("returns nothing to requests without a valid token", async () => {
    const { url } = await startServe(["-p", "m", "--as", "imds"]);
    const good = await tokenOf(url);
    const [end = "", nonce = "", signature = ""] = good.split(".");
    const rows: readonly [description: string, headers: Record<string, string>, status: number][] = [
      ["a valid token", { "x-aws-ec2-metadata-token": good }, 200],
      ["no token (IMDSv1)", {}, 401],
      ["an invented token", { "x-aws-ec2-metadata-token": "invented" }, 401],
      [
        "a token with a changed expiration",
        { "x-aws-ec2-metadata-token": `${Number(end) + 1}.${nonce}.${signature}` },
        401,
      ],
      [
        "a valid token in a forwarded request",
        { "x-aws-ec2-metadata-token": good, "x-forwarded-for": "10.0.0.1" },
        403,
      ],
    ];
    for (const [description, headers, status] of rows) {
      const response = await sendRequest(`${url}/latest/meta-data/iam/security-credentials/`, { headers });
      expect([description, response.status]).toEqual([description, status]);
    }
  });

  test("a token is valid for one second to six hours", async () => {
    const { url } = await startServe(["-p", "m", "--as", "imds"]);
    const statusFor = async (headers: Record<string, string>) =>
      (await sendRequest(`${url}/latest/api/token`, { method: "PUT", headers })).status;
    const ttl = (text: string) => ({ "x-aws-ec2-metadata-token-ttl-seconds": text });
    expect(await Promise.all(["1", "21600"].map((text) => statusFor(ttl(text))))).toEqual([200, 200]);
    expect(await Promise.all([{}, ...["0", "21601", "x", "-1", "1.5"].map(ttl)].map(statusFor))).toEqual(
      Array.from({ length: 6 }, () => 400),
    );
    expect((await sendRequest(`${url}/latest/api/token`)).status).toBe(405);
  });

  test("a token has at most 64 characters, as the AWS CRT requires", async () => {
    const { url } = await startServe(["-p", "m", "--as", "imds"]);
    const token = await tokenOf(url, "21600");
    expect(token.length).toBeLessThanOrEqual(64);
    expect(await tokenOf(url, "21600")).not.toBe(token);
  });

  test("says at iam/info that there are credentials, which the SDK for .NET requires", async () => {
    const { url } = await startServe(["-p", "m", "--as", "imds"]);
    const headers = { "x-aws-ec2-metadata-token": await tokenOf(url) };
    const { status, body } = await sendRequest(`${url}/latest/meta-data/iam/info`, { headers });
    expect([status, JSON.parse(body)]).toEqual([
      200,
      { Code: "Success", LastUpdated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) },
    ]);
    expect((await sendRequest(`${url}/latest/meta-data/iam/info`)).status).toBe(401);
  });

  const proxies: readonly [description: string, env: Record<string, string>, warning: string][] = [
    ["HTTP_PROXY", { HTTP_PROXY: "http://proxy.example:1" }, "HTTP_PROXY is set: boto3"],
    [
      "a NO_PROXY for other hosts",
      { http_proxy: "http://p", NO_PROXY: "a.example" },
      "set NO_PROXY=a.example,127.0.0.1",
    ],
    ["an exempted address", { HTTP_PROXY: "http://p", NO_PROXY: "localhost,127.0.0.1" }, ""],
    ["a proxy for https only", { HTTPS_PROXY: "http://p" }, ""],
  ];
  for (const [description, env, warning] of proxies) {
    test(`${warning === "" ? "does not warn" : "warns"} with ${description}`, async () => {
      // With credentials in the environment, no request to STS goes to the proxy.
      const keys = { AWS_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "x", AWS_SESSION_TOKEN: "t" };
      const { running } = await startServe(["--as", "imds"], { ...env, ...keys });
      const { stderr } = await running.stop();
      if (warning === "") expect(stderr).toBe("");
      else expect(stderr).toContain(warning);
    });
  }

  test("--as ecs does not warn with HTTP_PROXY: no SDK asks a proxy for container credentials", async () => {
    const { running } = await startServe(["-p", "user1"], { HTTP_PROXY: "http://proxy.example:1" });
    expect((await running.stop()).stderr).toBe("");
  });

  test("warns that some clients do not accept a user's own keys, which have no session token", async () => {
    const { running } = await startServe(["-p", "user1", "--as", "imds"]);
    expect((await running.stop()).stderr).toContain("without a session token");
  });
});

describe("/health", () => {
  for (const args of [[], ["--as", "imds"]]) {
    test(`shows when the credentials expire, to requests without a token (serve ${args.join(" ")})`, async () => {
      cloud.sts.sessionSeconds = 3600;
      const { url } = await startServe(["-p", "m", ...args]);
      const health = new URL("/health", url).href;
      const { status, body } = await sendRequest(health);
      expect(status).toBe(200);
      const { expiration, ...rest } = JSON.parse(body);
      expect(rest).toEqual({});
      expect(Date.parse(expiration)).toBeWithin(Date.now() + 3500_000, Date.now() + 3601_000);
      expect((await sendRequest(health, { method: "HEAD" })).status).toBe(200);
      expect((await sendRequest(health, { method: "POST" })).status).toBe(405);
      expect((await sendRequest(health, { headers: { host: "evil.example" } })).status).toBe(403);
    });
  }

  test("shows null for keys that do not expire", async () => {
    const { url } = await startServe(["-p", "user1"]);
    const { status, body } = await sendRequest(new URL("/health", url).href);
    expect([status, JSON.parse(body)]).toEqual([200, { expiration: null }]);
  });
});

describe("at its start", () => {
  const formats: readonly [format: string, pattern: RegExp][] = [
    ["env", /^export AWS_CONTAINER_CREDENTIALS_FULL_URI=http:\S+\nexport AWS_CONTAINER_AUTHORIZATION_TOKEN=\S+\n$/],
    ["env-no-export", /^AWS_CONTAINER_CREDENTIALS_FULL_URI=http:\S+\nAWS_CONTAINER_AUTHORIZATION_TOKEN=\S+\n$/],
    [
      "fish",
      /^set -gx AWS_CONTAINER_CREDENTIALS_FULL_URI "http:\S+"\nset -gx AWS_CONTAINER_AUTHORIZATION_TOKEN "\S+"\n$/,
    ],
    [
      "powershell",
      /^\$Env:AWS_CONTAINER_CREDENTIALS_FULL_URI="http:\S+"\n\$Env:AWS_CONTAINER_AUTHORIZATION_TOKEN="\S+"\n$/,
    ],
    ["windows-cmd", /^set AWS_CONTAINER_CREDENTIALS_FULL_URI=http:\S+\nset AWS_CONTAINER_AUTHORIZATION_TOKEN=\S+\n$/],
  ];
  for (const [format, pattern] of formats) {
    test(`prints the variables as ${format}`, async () => {
      server = home.start(["serve", "-p", "m", "--format", format]);
      await server.says(pattern);
    });
  }

  test("writes the variables for GitHub Actions", async () => {
    const file = home.write("github-env", "");
    server = home.start(["serve", "-p", "m", "--format", "github"], { env: { GITHUB_ENV: file } });
    const [, token = ""] = await server.says(/^::add-mask::(\S+)\n$/);
    // The file is written after the mask.
    await waitUntil(() => readFileSync(file, "utf8").includes("TOKEN"));
    expect(readFileSync(file, "utf8")).toContain(`AWS_CONTAINER_AUTHORIZATION_TOKEN=${token}\n`);
  });

  test("listens on the given port", async () => {
    const { running } = await startServe(["-p", "m"]);
    const port = new URL(/http:\S+/.exec(running.stdout())?.[0] ?? "").port;
    const second = await home.run(["serve", "-p", "m", "--port", port]);
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain("error[server-failed]");
    expect(second.stderr).toContain("Address already in use");
    await running.stop();
    const { url } = await startServe(["-p", "m", "--port", port]);
    expect(new URL(url).port).toBe(port);
  });

  test("listens on a Unix socket, too, which only its owner can use and which is removed at the end", async () => {
    const socket = join(home.path, "rolecall.sock");
    const { token, running } = await startServe(["-p", "m", "--socket", socket]);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const { status, body } = await sendRequest("http://localhost/credentials", {
      socketPath: socket,
      headers: { authorization: token, host: "localhost" },
    });
    expect([status, principalIn(body)?.includes("marketingadminrole")]).toEqual([200, true]);
    await running.stop();
    expect(existsSync(socket)).toBe(false);
  });

  test("replaces a socket that a killed server left behind, but no other file", async () => {
    const socket = join(home.path, "rolecall.sock");
    const { running } = await startServe(["-p", "m", "--socket", socket]);
    expect((await home.run(["serve", "-p", "m", "--socket", socket])).stderr).toContain("Address already in use");
    await running.stop("SIGKILL");
    expect(existsSync(socket)).toBe(true);
    await startServe(["-p", "m", "--socket", socket]);
    const file = home.write("file", "precious");
    expect((await home.run(["serve", "-p", "m", "--socket", file])).stderr).toContain("not a socket");
    const link = join(home.path, "link.sock");
    symlinkSync("nowhere", link);
    expect((await home.run(["serve", "-p", "m", "--socket", link])).stderr).toContain("not a socket");
    expect(readFileSync(file, "utf8")).toBe("precious");
  });

  const wrong: readonly [description: string, args: readonly string[], exitCode: number, stderr: string][] = [
    ["a service that does not exist", ["--as", "gce"], 2, "invalid-option"],
    ["an invalid port", ["--port", "65536"], 2, "invalid-option"],
    ["a format that only fits credentials", ["--format", "process"], 2, "invalid-option"],
    ["a token file that does not exist", ["--token-file", "none"], 2, "invalid-option"],
    ["a token file for imds", ["--as", "imds", "--token-file", "t"], 2, "option-conflict"],
    ["a token with a line break", ["--token-file", "line"], 2, "printf"],
    ["a token that is too short", ["--token-file", "short"], 2, "too short"],
    ["a token with a character that headers do not allow", ["--token-file", "odd"], 2, "character"],
    ["a token file whose path the output cannot carry", ["--token-file", "a b"], 1, "unsafe-value"],
    ["a socket path that is too long", ["-p", "user1", "--socket", "x".repeat(200)], 1, "107 bytes"],
    ["an argument", ["x"], 2, "unexpected-argument"],
    ["a profile without credentials", ["-p", "none"], 2, "profile-not-found"],
  ];
  for (const [description, args, exitCode, stderr] of wrong) {
    test(`rejects ${description}`, async () => {
      home.write("line", `${LONG_TOKEN}\n`);
      home.write("short", "0123456789");
      home.write("odd", `${LONG_TOKEN} x`);
      home.write("a b", LONG_TOKEN);
      const outcome = await home.run(["serve", ...args]);
      expect(outcome.exitCode).toBe(exitCode);
      expect(outcome.stderr).toContain(stderr);
      expect(outcome.stdout).toBe("");
    });
  }

  test.skipIf(!isInstalled("python3") || !REPLACES_PROCESS)(
    "notifies systemd when it is ready and when it stops",
    async () => {
      const socket = join(home.path, "notify");
      const listener = home.startProgram(["python3", "-c", PRINT_TWO_DATAGRAMS, socket]);
      await listener.says(/bound/);
      const { running } = await startServe(["-p", "m"], { NOTIFY_SOCKET: socket });
      await listener.says(/READY=1/);
      await running.stop();
      expect((await listener.ended).stdout).toBe("bound\nREADY=1\nSTOPPING=1\n");
    },
  );

  test.skipIf(!isInstalled("python3") || !REPLACES_PROCESS)(
    "notifies systemd that it is ready only once it has credentials",
    async () => {
      const socket = join(home.path, "notify");
      const listener = home.startProgram(["python3", "-c", PRINT_TWO_DATAGRAMS, socket]);
      await listener.says(/bound/);
      cloud.sts.down = true;
      const { running } = await startServe(["-p", "m"], { NOTIFY_SOCKET: socket, AWS_MAX_ATTEMPTS: "1" });
      // Stopped without ever having had credentials.
      await running.stop();
      await listener.says(/STOPPING=1/);
      expect(listener.stdout()).toBe("bound\nSTOPPING=1\n");
      cloud.sts.down = false;
      await startServe(["-p", "m"], { NOTIFY_SOCKET: socket });
      expect((await listener.ended).stdout).toBe("bound\nSTOPPING=1\nREADY=1\n");
    },
  );
});

describe("keys in the credentials file that another tool replaces", () => {
  const keysIn = (n: number) =>
    `[t]\naws_access_key_id = ASIAIOSFODNN7EXAMP${n}\naws_secret_access_key = secret${n}\naws_session_token = token${n}\n`;
  const keyIdOf = (body: string) => JSON.parse(body).AccessKeyId;

  test("are served to the very next request (--as ecs)", async () => {
    home.write(".aws/credentials", keysIn(1));
    const { url, token } = await startServe(["-p", "t"]);
    const request = async () => (await sendRequest(url, { headers: { authorization: token } })).body;
    expect(keyIdOf(await request())).toBe("ASIAIOSFODNN7EXAMP1");
    for (const n of [2, 3, 4]) {
      // As most tools do: a new file is renamed over the old one.
      renameSync(home.write("new", keysIn(n)), join(home.path, ".aws/credentials"));
      expect(JSON.parse(await request())).toMatchObject({
        AccessKeyId: `ASIAIOSFODNN7EXAMP${n}`,
        SecretAccessKey: `secret${n}`,
        Token: `token${n}`,
      });
    }
    home.write(".aws/credentials", keysIn(5));
    expect(keyIdOf(await request())).toBe("ASIAIOSFODNN7EXAMP5");
  });

  test("are served to the very next request (--as imds)", async () => {
    home.write(".aws/credentials", keysIn(1));
    const { url } = await startServe(["-p", "t", "--as", "imds"]);
    const { body: token } = await sendRequest(`${url}/latest/api/token`, {
      method: "PUT",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
    });
    const headers = { "x-aws-ec2-metadata-token": token };
    const request = async () =>
      (await sendRequest(`${url}/latest/meta-data/iam/security-credentials/rolecall`, { headers })).body;
    expect(keyIdOf(await request())).toBe("ASIAIOSFODNN7EXAMP1");
    home.write(".aws/credentials", keysIn(2));
    expect(keyIdOf(await request())).toBe("ASIAIOSFODNN7EXAMP2");
  });

  test("expire for clients within half an hour, so that they ask again", async () => {
    home.write(".aws/credentials", keysIn(1));
    const { url, token } = await startServe(["-p", "t"]);
    const { body } = await sendRequest(url, { headers: { authorization: token } });
    const left = Date.parse(JSON.parse(body).Expiration) - Date.now();
    expect(left / 60_000).toBeWithin(20, 26);
  });

  test("are served again after the file was unreadable for a while", async () => {
    home.write(".aws/credentials", keysIn(1));
    const { url, token, running } = await startServe(["-p", "t"]);
    const request = async () => (await sendRequest(url, { headers: { authorization: token } })).body;
    home.write(".aws/credentials", "[t\n");
    expect(keyIdOf(await request())).toBe("ASIAIOSFODNN7EXAMP1");
    await running.complains(/could not refresh the credentials, .*: file-syntax/);
    home.write(".aws/credentials", keysIn(2));
    expect(keyIdOf(await request())).toBe("ASIAIOSFODNN7EXAMP2");
  });
});

describe("if STS cannot be reached at the start, as at boot", () => {
  test("it serves the reason, tries again, and serves the role once STS responds", async () => {
    cloud.sts.down = true;
    const { url, token, running } = await startServe(["-p", "m"], { AWS_MAX_ATTEMPTS: "1" });
    const health = new URL("/health", url).href;
    const early = await sendRequest(health);
    expect([early.status, JSON.parse(early.body).code]).toEqual([503, "sts-unreachable"]);
    expect((await sendRequest(url, { headers: { authorization: token } })).status).toBe(503);
    await running.complains(/could not get the credentials, trying again in /);
    cloud.sts.down = false;
    await waitUntil(async () => (await sendRequest(health)).status === 200);
    const { body } = await sendRequest(url, { headers: { authorization: token } });
    expect(principalIn(body)).toContain("assumed-role/marketingadminrole/");
    expect(await running.stop()).toMatchObject({ exitCode: 0 });
  });

  test("it tries again if nothing listens at the address of STS, or its name cannot be resolved", async () => {
    for (const address of [await closedUrl(), "http://sts.invalid"]) {
      const { url, running } = await startServe(["-p", "m"], {
        AWS_MAX_ATTEMPTS: "1",
        AWS_ENDPOINT_URL_STS: address,
      });
      expect((await sendRequest(new URL("/health", url).href)).status).toBe(503);
      await running.stop();
    }
  });

  test("it tries again if STS limits the number of requests", async () => {
    cloud.sts.react(errorResponse(400, "Throttling", "Rate exceeded"));
    const { url } = await startServe(["-p", "m"], { AWS_MAX_ATTEMPTS: "1" });
    await waitUntil(async () => (await sendRequest(new URL("/health", url).href)).status === 200);
  });

  test("/health responds with 503 while the first request to STS has no response yet", async () => {
    let release = () => {};
    cloud.sts.hold = new Promise((resolve) => {
      release = resolve;
    });
    const port = new URL(await closedUrl()).port;
    server = home.start(["serve", "-p", "m", "--port", port]);
    await waitUntil(() => cloud.sts.calls.length > 0);
    const { status, body } = await sendRequest(`http://127.0.0.1:${port}/health`);
    expect([status, JSON.parse(body).message]).toEqual([503, "the first credentials are being requested"]);
    expect(server.stdout()).toBe("");
    release();
    await server.says(/TOKEN=\S+\n/);
    expect((await sendRequest(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  });

  test("it waits for the instance's metadata, and serves the instance's region once it is known (--as imds)", async () => {
    cloud.imds.behavior.always = { status: 503 };
    const { url } = await startServe(["--as", "imds"], {
      AWS_EC2_METADATA_DISABLED: "false",
      ...imdsVariables(cloud.imds),
    });
    expect((await sendRequest(`${url}/health`)).status).toBe(503);
    cloud.imds.behavior.always = undefined;
    await waitUntil(async () => (await sendRequest(`${url}/health`)).status === 200);
    const { body: token } = await sendRequest(`${url}/latest/api/token`, {
      method: "PUT",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
    });
    const headers = { "x-aws-ec2-metadata-token": token };
    const { body } = await sendRequest(`${url}/latest/meta-data/placement/region`, { headers });
    expect(body).toBe(cloud.imds.behavior.region);
  });

  test("SIGTERM ends it with exit code 0 while it waits for STS", async () => {
    cloud.sts.hold = new Promise(() => {});
    server = home.start(["serve", "-p", "m"]);
    await waitUntil(() => cloud.sts.calls.length > 0);
    expect(await server.stop()).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test("an error that another attempt cannot cure ends it at once", async () => {
    cloud.sts.react(errorResponse(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"));
    const outcome = await home.run(["serve", "-p", "m"]);
    expect(outcome).toMatchObject({ exitCode: 1, stdout: "" });
    expect(outcome.stderr).toContain("error[sts-denied]");
  });

  test("an error that another attempt cannot cure ends it later, too", async () => {
    cloud.sts.react(
      errorResponse(503, "ServiceUnavailable", "down"),
      errorResponse(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"),
    );
    const outcome = await home.run(["serve", "-p", "m"], { env: { AWS_MAX_ATTEMPTS: "1" } });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain("error[sts-denied]");
  });

  test("it ends at once if another attempt would need another MFA code", async () => {
    cloud.sts.react(errorResponse(503, "ServiceUnavailable", "down"));
    const outcome = await home.run(["serve", "-p", "guarded", "--mfa-code", "012345"], {
      env: { AWS_MAX_ATTEMPTS: "1" },
    });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain("error[sts-unreachable]");
  });
});

describe("at a signal it ends", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`with exit code 0 after ${signal}`, async () => {
      const { running } = await startServe(["-p", "m"]);
      expect(await running.stop(signal)).toMatchObject({ exitCode: 0, signal: undefined, stderr: "" });
    });
  }
});

describe("a refresh", () => {
  /**
   * Repeats the request until the response is as expected, and returns its body. In between there may be the current
   * credentials, or none if a slow refresh is still running when they expire.
   */
  async function waitForResponse(
    url: string,
    token: string,
    isExpected: (status: number, body: Record<string, string>) => boolean,
  ): Promise<string> {
    let last = "";
    await waitUntil(async () => {
      const { status, body } = await sendRequest(url, { headers: { authorization: token } });
      last = body;
      return isExpected(status, JSON.parse(body));
    });
    return last;
  }

  /** Waits until the credentials have expired after a refresh that failed. */
  const waitForError = (url: string, token: string) =>
    waitForResponse(url, token, (status, { code }) => status === 503 && code !== "credentials-expired");

  test("happens in the background before the credentials expire", async () => {
    // The refresh begins after half of it.
    cloud.sts.sessionSeconds = 12;
    const { url, token } = await startServe(["-p", "m", "--no-cache"]);
    const keyId = async () => {
      const { status, body } = await sendRequest(url, { headers: { authorization: token } });
      expect(status).toBe(200);
      return JSON.parse(body).AccessKeyId;
    };
    const first = await keyId();
    const gate = Promise.withResolvers<void>();
    cloud.sts.hold = gate.promise;
    await waitUntil(() => cloud.sts.calls.length > 1);
    expect(await keyId()).toBe(first);
    gate.resolve();
    const body = await waitForResponse(url, token, (_, { AccessKeyId }) => ![first, undefined].includes(AccessKeyId));
    expect(principalIn(body)).toContain("marketingadminrole");
  });

  test("that fails: serves the cause once the last credentials have expired, and recovers without a restart", async () => {
    cloud.sts.sessionSeconds = 2;
    const { url, token, running } = await startServe(["-p", "m", "--no-cache"], { AWS_MAX_ATTEMPTS: "1" });
    cloud.sts.down = true;
    const body = await waitForError(url, token);
    expect(JSON.parse(body).code).toBe("sts-unreachable");
    expect(JSON.parse(body).message).toContain("503");
    cloud.sts.down = false;
    await waitForResponse(url, token, (status) => status === 200);
    await running.complains(/could not refresh the credentials/);
    expect(running.stderr()).not.toContain(cloud.user1.secretAccessKey);
  });

  test("that would need an MFA code: warns at the start, and says so in the error", async () => {
    cloud.sts.sessionSeconds = 2;
    const { url, token, running } = await startServe(["-p", "guarded", "--mfa-code", "012345", "--no-cache"]);
    await running.complains(new RegExp(`cannot be refreshed without an MFA code from ${mfaArn("user1")}`));
    expect(JSON.parse(await waitForError(url, token)).code).toBe("mfa-code-needed");
    // The code was sent only once: AWS would reject it the second time.
    expect(cloud.sts.calls.length).toBe(1);
  });
});

/** Sends the text, and returns everything until the server closes the connection. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.on("data", (data: Buffer) => {
      received += data.toString("latin1");
    });
    socket.on("error", () => {});
    socket.once("close", () => resolve(received));
    socket.once("connect", () => socket.write(text));
  });
}

/** Returns the addresses that the process listens on, from /proc. */
function listenersOf(pid: number): string[] {
  const lines = ["tcp", "tcp6"].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, "utf8").split("\n").slice(1),
  );
  const inodes = new Set(
    Bun.spawnSync(["sh", "-c", `ls -l /proc/${pid}/fd`])
      .stdout.toString()
      .match(/(?<=socket:\[)\d+/g) ?? [],
  );
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    if (state !== "0A" || !inodes.has(inode)) return [];
    const address = local.split(":")[0] ?? "";
    return [
      (address.match(/../g) ?? [])
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join("."),
    ];
  });
}
