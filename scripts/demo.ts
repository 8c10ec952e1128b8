/** The main job, shown against the simulated cloud of the tests: four ways to the same role. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../test/cloud/cloud.ts";
import { mfaArn, roleArn } from "../test/cloud/iam.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SHOW =
  'echo "the command has: $(env | sed -n "s/^\\(AWS_[A-Z_]*\\)=.*/\\1/p" | sort | tr "\\n" " ")"; rolecall whoami';

const home = mkdtempSync(join(tmpdir(), "rolecall-demo-"));
const cloud = await startCloud();
try {
  await demonstrate(cloud, home);
} finally {
  await cloud.stop();
  rmSync(home, { recursive: true });
}

async function demonstrate({ user1, sts, imds, container }: Cloud, home: string): Promise<void> {
  // The names of the sessions keep the three apart in the cache: for the AWS CLI, too, a role of one name is one.
  await Bun.write(
    join(home, ".aws/credentials"),
    `[user1]
aws_access_key_id = ${user1.accessKeyId}
aws_secret_access_key = ${user1.secretAccessKey}

[marketingadmin]
role_arn = ${roleArn("marketingadminrole")}
source_profile = user1

[on-ec2]
role_arn = ${roleArn("marketingadminrole")}
credential_source = Ec2InstanceMetadata
role_session_name = on-ec2

[in-a-task]
role_arn = ${roleArn("marketingadminrole")}
credential_source = EcsContainer
role_session_name = in-a-task

[guarded]
role_arn = ${roleArn("guarded")}
source_profile = user1
mfa_serial = ${mfaArn("user1")}
`,
  );
  const environment = {
    HOME: home,
    PATH: `${ROOT}dist:${process.env.PATH}`,
    // The simulated cloud; without these, the same commands ask AWS.
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url,
  };
  const inTask = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/v2/credentials/demo` };

  await show("a role, assumed with the keys of user1", ["--profile", "marketingadmin"], environment);
  await show("the same role, assumed with an EC2 instance's own", ["--profile", "on-ec2"], environment);
  await show("and with a container's", ["--profile", "in-a-task"], { ...environment, ...inTask });
  await show("a role that wants an MFA code", ["--profile", "guarded", "--mfa-code", "012345"], environment);
  await show(
    "fresh credentials for a command that runs for days",
    ["--profile", "marketingadmin", "--serve"],
    environment,
  );
  await say("what would be done, and why", ["explain", "--profile", "marketingadmin"], environment);
  await say("what every credential source holds", ["probe"], environment);
}

async function show(what: string, options: readonly string[], environment: Record<string, string>): Promise<void> {
  const words = ["exec", ...options, "--"];
  console.log(`\n# ${what}\n$ rolecall ${words.join(" ")} sh -c '…'`);
  await run(what, [...words, "sh", "-c", SHOW], environment);
}

async function say(what: string, words: readonly string[], environment: Record<string, string>): Promise<void> {
  console.log(`\n# ${what}\n$ rolecall ${words.join(" ")}`);
  await run(what, words, environment);
}

async function run(what: string, words: readonly string[], environment: Record<string, string>): Promise<void> {
  const child = Bun.spawn([`${ROOT}dist/rolecall`, ...words], {
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) throw new Error(`the demo failed: ${what}`);
}
