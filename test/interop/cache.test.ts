/** The cache, shared with botocore's own code. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, type TestHome } from "../support/subject.ts";
import { PYTHON_BIN } from "./python.ts";

/** Prints the access key of a session with a file cache, as the AWS CLI creates it. */
const BOTOCORE = `
import sys, botocore.session, botocore.credentials as c
from botocore.utils import JSONFileCache
import os
session = botocore.session.Session(profile=sys.argv[1])
provider = session.get_component("credential_provider")
cache = JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))
for name in ("assume-role", "assume-role-with-web-identity", "sso"):
    try: provider.get_provider(name).cache = cache
    except Exception: pass
print(session.get_credentials().get_frozen_credentials().access_key)
`;

let cloud: Cloud;
let home: TestHome;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => await cloud.stop());
afterEach(() => home.remove());

describe.skipIf(PYTHON_BIN === undefined)(
  "the cache that botocore writes and reads (needs Python and a package index)",
  () => {
    const rows: readonly [description: string, lines: string][] = [
      ["a plain role", ""],
      [
        "with session name, external id and duration",
        "role_session_name = build-7\nexternal_id = partner-42/a:b@c\nduration_seconds = 1800\n",
      ],
    ];
    for (const [description, lines] of rows) {
      const makeRoleHome = () => {
        home = makeHome({
          credentials: keysSection("user1", cloud.user1),
          config: `[profile m]\nregion = eu-west-1\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n${lines}`,
          env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
        });
      };
      const byBotocore = async () => {
        const { stdout, stderr } = await home.runProgram([join(PYTHON_BIN ?? "", "python"), "-c", BOTOCORE, "m"]);
        expect(stderr).toBe("");
        return stdout.trim();
      };
      const byRolecall = async () => JSON.parse((await home.run(["export", "-p", "m"])).stdout).AccessKeyId as string;

      test(`${description}: botocore finds what rolecall cached`, async () => {
        makeRoleHome();
        const before = cloud.sts.calls.length;
        const ours = await byRolecall();
        expect(await byBotocore()).toBe(ours);
        expect(cloud.sts.calls.length).toBe(before + 1);
      });

      test(`${description}: rolecall finds what botocore cached`, async () => {
        makeRoleHome();
        const before = cloud.sts.calls.length;
        const theirs = await byBotocore();
        expect(await byRolecall()).toBe(theirs);
        expect(cloud.sts.calls.length).toBe(before + 1);
      });
    }
  },
);
