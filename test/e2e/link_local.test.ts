/** The metadata services at their link-local addresses, in a network namespace. */
import { afterEach, describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { HAS_NETWORK_NAMESPACES, NETWORK_ENVIRONMENT } from "../support/machine.ts";
import { makeHome, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

const LINK_LOCAL_SERVICES = fileURLToPath(new URL("../support/link_local_services.ts", import.meta.url));

let home: TestHome;
afterEach(() => home.remove());

describe.skipIf(!HAS_NETWORK_NAMESPACES)("the default endpoints (needs a network namespace)", () => {
  const rows: readonly [what: string, env: Record<string, string>, arn: RegExp][] = [
    ["EC2 at 169.254.169.254", {}, /assumed-role\/instance\//],
    ["EC2 at fd00:ec2::254", { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "IPv6" }, /assumed-role\/instance\//],
    [
      "an EKS pod at 169.254.170.23",
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v2/credentials/x" },
      /assumed-role\/task\//,
    ],
    [
      "a container at 169.254.170.2",
      { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/x" },
      /assumed-role\/task\//,
    ],
  ];
  for (const [what, env, arn] of rows) {
    test(what, async () => {
      home = makeHome();
      const argv = ["unshare", "-rn", process.execPath, LINK_LOCAL_SERVICES, ...SUBJECT_ARGV, "export"];
      const { stdout, stderr } = await home.runProgram(argv, { env: { ...env, ...NETWORK_ENVIRONMENT } });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout).arn).toMatch(arn);
    });
  }
});
