/** Demonstrates rolecall with the simulated AWS services of the tests. */
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
  // The session names keep the profiles apart in the cache, whose key (the AWS CLI's) does not contain the source.
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
    // The simulated services. Without these variables the same commands call AWS.
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url,
  };
  const inTask = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/v2/credentials/demo` };

  await runExec("assume a role with the keys of user1", ["--profile", "marketingadmin"], environment);
  await runExec("assume it with the credentials of an EC2 instance", ["--profile", "on-ec2"], environment);
  await runExec("assume it with the credentials of a container", ["--profile", "in-a-task"], {
    ...environment,
    ...inTask,
  });
  await runExec(
    "assume a role that requires an MFA code",
    ["--profile", "guarded", "--mfa-code", "012345"],
    environment,
  );
  await runExec(
    "serve refreshed credentials to a command that runs for days",
    ["--profile", "marketingadmin", "--serve"],
    environment,
  );
  await runCommand("show what would happen, and why", ["explain", "--profile", "marketingadmin"], environment);
  await runCommand("check every credential source", ["probe"], environment);
}

async function runExec(title: string, options: readonly string[], environment: Record<string, string>): Promise<void> {
  const args = ["exec", ...options, "--"];
  console.log(`\n# ${title}\n$ rolecall ${args.join(" ")} sh -c '…'`);
  await run(title, [...args, "sh", "-c", SHOW], environment);
}

async function runCommand(title: string, args: readonly string[], environment: Record<string, string>): Promise<void> {
  console.log(`\n# ${title}\n$ rolecall ${args.join(" ")}`);
  await run(title, args, environment);
}

async function run(title: string, args: readonly string[], environment: Record<string, string>): Promise<void> {
  const child = Bun.spawn([`${ROOT}dist/rolecall`, ...args], {
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) throw new Error(`the demo failed: ${title}`);
}
