/** Responses of a proxy or a captive portal: they are not what STS or IAM Identity Center says. */

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { type LoopbackServer, serve, type TestResponse } from "../cloud/server.ts";
import { inMinutes, keysSection } from "../support/aws_files.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome;
let server: LoopbackServer | undefined;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(async () => {
  home.remove();
  await server?.stop();
  await cloud.stop();
});

const RESPONSES: readonly [what: string, response: TestResponse][] = [
  [
    "401 with a page",
    { status: 401, headers: { "content-type": "text/html" }, body: "<html>Sign in, secret=x</html>" },
  ],
  ["403 with text", { status: 403, body: "Forbidden by corporate policy" }],
  ["407 without a body", { status: 407, headers: { "proxy-authenticate": "Basic" } }],
  ["429 with JSON", { status: 429, body: '["slow down"]' }],
];

for (const [what, response] of RESPONSES) {
  describe(what, () => {
    test("is not an error of STS", async () => {
      home = makeHome({
        credentials: keysSection("default", cloud.user1),
        env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
      });
      cloud.sts.react(response, response, response);
      const { stderr, exitCode } = await home.run(["whoami"]);
      expect(stderr).toContain("error[sts-unreachable]");
      expect(stderr).toContain(`is not from STS (HTTP ${response.status})`);
      expect(stderr).toContain("check the endpoint, and whether a proxy or captive portal intercepts the request");
      expect(stderr).not.toContain("STS says");
      expect(exitCode).toBe(1);
    });

    test("is not an error of IAM Identity Center, and needs no login", async () => {
      server = await serve(() => response);
      home = makeHome({
        config:
          "[profile a]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\n" +
          "[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n",
        env: { AWS_ENDPOINT_URL_SSO: server.url, AWS_MAX_ATTEMPTS: "1" },
      });
      const file = `${createHash("sha1").update("corp").digest("hex")}.json`;
      home.write(`.aws/sso/cache/${file}`, JSON.stringify({ accessToken: "token", expiresAt: inMinutes(60) }));
      const { stderr, exitCode } = await home.run(["export", "-p", "a"]);
      expect(stderr).toContain("error[sso-failed]");
      expect(stderr).toContain(`is not from IAM Identity Center (HTTP ${response.status})`);
      expect(stderr).not.toContain("rolecall login");
      expect(exitCode).toBe(1);
    });
  });
}
