/** The connections to STS: how many there are, and when they are opened. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { startProxy } from "../cloud/proxy.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, type TestHome, USES_BUN } from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome;
let connections = 0;
/** Called when STS accepts a connection. */
let onConnection: () => void = () => {};

beforeAll(async () => {
  cloud = await startCloud();
  cloud.sts.server.on("connection", () => {
    connections++;
    onConnection();
  });
});
afterAll(async () => await cloud.stop());
beforeEach(() => {
  connections = 0;
  onConnection = () => {};
  cloud.imds.behavior.hold = undefined;
  home = makeHome({
    config: `[profile hub]
role_arn = ${roleArn("hub")}
source_profile = user1
[profile deploy]
role_arn = ${roleArn("deploy")}
source_profile = hub
[profile instance]
role_arn = ${roleArn("marketingadminrole")}
credential_source = Ec2InstanceMetadata
region = eu-west-1
`,
    credentials: keysSection("user1", cloud.user1),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, ...imdsVariables(cloud.imds) },
  });
});
afterEach(() => home.remove());

// The portable client opens a connection for each request, when it sends it.
describe.skipIf(!USES_BUN)("one connection", () => {
  test("serves the roles of a chain, and whoami after them", async () => {
    const { stdout, stderr } = await home.run(["whoami", "-p", "deploy"]);
    expect([stderr, connections]).toEqual(["", 1]);
    expect(stdout).toContain("assumed-role/deploy");
  });

  test.skipIf(process.platform !== "linux")("is not inherited by the command", async () => {
    const { stdout, exitCode } = await home.run(["exec", "-p", "deploy", "--", "ls", "-l", "/proc/self/fd"]);
    expect([exitCode, connections]).toEqual([0, 1]);
    expect(stdout).toContain("->");
    // The standard streams may be sockets.
    expect(stdout).not.toMatch(/ (?:[3-9]|\d\d+) -> socket:/);
  });

  test("serves the attempts of a call that fails", async () => {
    const failing = await home.run(["exec", "-p", "hub", "--role-arn", roleArn("closed"), "--", "true"]);
    expect([failing.exitCode, connections]).toEqual([125, 1]);
  });
});

describe.skipIf(!USES_BUN)("the connection is opened", () => {
  /**
   * A promise that is settled when STS accepts a connection. If it never does, the test fails by its time limit. (Without
   * a request, the server accepts it after a second: TCP_DEFER_ACCEPT.)
   */
  const connected = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    onConnection = resolve;
    return promise;
  };

  for (const [command = "", ...args] of [["exec", "-p", "instance", "--", "true"], ["whoami"]]) {
    test(`before the instance metadata responds: ${command}`, async () => {
      cloud.imds.behavior.hold = connected();
      const { exitCode, stderr } = await home.run([command, "-v", ...args], { env: { AWS_REGION: "eu-west-1" } });
      expect([exitCode, connections]).toEqual([0, 1]);
      const lines = stderr.split("\n");
      const indexOf = (text: string) => lines.findIndex((line) => line.includes(text));
      const order = [
        indexOf("STS: the connection to http"),
        indexOf("IMDS GET"),
        indexOf(`at ${cloud.sts.url}: succeeded`),
      ];
      expect(order).toEqual([...order].sort((one, other) => one - other));
      expect(order).not.toContain(-1);
    });
  }

  test("before the MFA code is known", async () => {
    const file = join(home.path, "connected");
    onConnection = () => writeFileSync(file, "");
    const wait = home.write("wait", `#!/bin/sh\nuntil [ -e ${file} ]; do sleep 0.05; done\necho 012345\n`, 0o755);
    const args = ["--role-arn", roleArn("guarded"), "--mfa-serial", mfaArn("user1"), "--mfa-process", wait];
    const { exitCode, stderr } = await home.run(["export", "-p", "user1", ...args]);
    expect([stderr, exitCode, connections]).toEqual(["", 0, 1]);
  });
});

describe("no connection is opened", () => {
  test("if the session is cached, whatever the source", async () => {
    for (const profile of ["hub", "instance"]) {
      await home.run(["export", "-p", profile]);
      connections = 0;
      const { exitCode } = await home.run(["export", "-p", profile]);
      expect([exitCode, connections]).toEqual([0, 0]);
    }
  });

  test("by explain", async () => {
    for (const profile of ["deploy", "instance"]) {
      const { exitCode } = await home.run(["explain", "-p", profile]);
      expect([exitCode, connections]).toEqual([0, 0]);
    }
  });

  test("if the command only needs the credentials of the instance", async () => {
    const { exitCode } = await home.run(["export"]);
    expect([exitCode, connections]).toEqual([0, 0]);
  });

  test("past a proxy", async () => {
    const proxy = await startProxy();
    try {
      const { exitCode } = await home.run(["whoami", "-p", "instance"], { env: { HTTP_PROXY: proxy.url } });
      expect([exitCode, proxy.requests.length]).toEqual([0, 2]);
      // Those of the proxy.
      expect(connections).toBeLessThanOrEqual(2);
    } finally {
      await proxy.stop();
    }
  });
});
